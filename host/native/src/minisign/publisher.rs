use deskhook_policy::{PublisherKeyError, check_publisher_key};
use minisign_verify::{PublicKey, Signature};

use super::form::trusted_comment;

/// A publisher's public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublisherKey(PublicKey);

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
        check_publisher_key(line)?;
        let key = PublicKey::from_base64(line).map_err(|_| PublisherKeyError::Form)?;
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
