use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;
use minisign_verify::{PublicKey, Signature};

use super::form::trusted_comment;
use super::signer::SECRET_LINE;

/// "Ed" and the key's id stand before the 32 bytes of the key itself.
const BEFORE_POINT: usize = 10;

/// A publisher's public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublisherKey(PublicKey);

/// Why a text is no publisher's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublisherKeyError {
    /// It is not in minisign's form.
    #[error("this is no minisign public key: it is one line of 56 characters that begins with RW")]
    Form,
    /// It is the secret half of a key.
    #[error(
        "this is a secret key, which is for nobody's eyes: the public one is in the file beside it that ends in .pub"
    )]
    Secret,
    /// It is in the form, and no key pair has such a public half: it was altered.
    #[error(
        "this is no key that anybody made: copy the line that begins with RW from minisign.pub anew"
    )]
    NoPoint,
    /// It is a point of small order, such as all zeros: signatures for it need no secret.
    #[error(
        "this stands in a key's place and protects nothing: copy the line that begins with RW from minisign.pub"
    )]
    Weak,
}

/// Why a signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It is not in minisign's form.
    #[error("this is no minisign signature: {0}")]
    Form(&'static str),
    /// Another key made it.
    #[error("it was made with another key")]
    Key,
    /// It is in the form of minisign before 2015, which signs the file and not its hash.
    #[error("it is in minisign's legacy form: sign anew with a minisign of today")]
    Legacy,
    /// The bytes, or the signature, are not what they were when it was made.
    #[error("what it signs was changed since, or it was itself")]
    Changed,
}

impl PublisherKey {
    /// Reads a key: the line that begins with `RW`, alone or as `minisign.pub` has it, below a comment.
    pub fn read(text: &str) -> Result<Self, PublisherKeyError> {
        let line = text.lines().map(str::trim).find(|line| {
            let is_comment = line.starts_with("untrusted comment:");
            !line.is_empty() && !is_comment
        });
        let line = line.ok_or(PublisherKeyError::Form)?;
        if line.len() == SECRET_LINE && line.starts_with("RW") {
            return Err(PublisherKeyError::Secret);
        }
        let key = PublicKey::from_base64(line).map_err(|_| PublisherKeyError::Form)?;
        is_strong(line)?;
        Ok(Self(key))
    }

    /// The same for the bytes of a `.minisig` file.
    pub(crate) fn check_file(&self, bytes: &[u8], file: &[u8]) -> Result<String, SignatureError> {
        let text = std::str::from_utf8(file);
        let text = text.map_err(|_| SignatureError::Form("it is not UTF-8"))?;
        Ok(self.check(bytes, text)?.to_owned())
    }

    /// Whether `signature`, the text of a `.minisig` file, was made with this key's secret half over
    /// exactly `bytes`; then its trusted comment.
    pub fn check<'s>(&self, bytes: &[u8], signature: &'s str) -> Result<&'s str, SignatureError> {
        let comment = trusted_comment(signature)?;
        let unknown = |_| SignatureError::Form("it is of a kind that nobody knows");
        let decoded = Signature::decode(signature).map_err(unknown)?;
        let verified = self.0.verify(bytes, &decoded, false);
        verified.map_err(|error| match error {
            minisign_verify::Error::UnexpectedKeyId => SignatureError::Key,
            minisign_verify::Error::UnexpectedAlgorithm => SignatureError::Legacy,
            _ => SignatureError::Changed,
        })?;
        Ok(comment)
    }
}

/// Whether the point in a key's line lies on the curve, and in no small subgroup of it.
fn is_strong(line: &str) -> Result<(), PublisherKeyError> {
    let bytes = STANDARD.decode(line).map_err(|_| PublisherKeyError::Form)?;
    let point = bytes
        .get(BEFORE_POINT..)
        .and_then(|point| point.try_into().ok());
    let point = point.ok_or(PublisherKeyError::Form)?;
    let key = VerifyingKey::from_bytes(point).map_err(|_| PublisherKeyError::NoPoint)?;
    if key.is_weak() {
        return Err(PublisherKeyError::Weak);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_a_point_that_somebody_can_have_made() {
        let line = "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3";
        assert!(PublisherKey::read(line).is_ok());
        let refused = |change: &dyn Fn(&mut [u8])| {
            let mut bytes = STANDARD.decode(line).unwrap();
            change(&mut bytes);
            PublisherKey::read(&STANDARD.encode(bytes)).unwrap_err()
        };
        let zeros = refused(&|bytes| bytes[BEFORE_POINT..].fill(0));
        assert_eq!(zeros, PublisherKeyError::Weak);
        // No x belongs to y = 2.
        let two = refused(&|bytes| {
            bytes[BEFORE_POINT..].fill(0);
            bytes[BEFORE_POINT] = 2;
        });
        assert_eq!(two, PublisherKeyError::NoPoint);
        let other = refused(&|bytes| bytes[0] = b'X');
        assert_eq!(other, PublisherKeyError::Form);
        assert_eq!(
            PublisherKey::read("RWQ").unwrap_err(),
            PublisherKeyError::Form
        );
    }
}
