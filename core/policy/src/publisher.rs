//! What stands in policy as a publisher's key.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::VerifyingKey;

/// The characters of a secret key's line: 158 bytes in base64.
const SECRET_LINE: usize = 212;
/// "Ed" and the key's id stand before the 32 bytes of the key itself.
const BEFORE_POINT: usize = 10;

/// Why a text is no publisher's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublisherKeyError {
    /// It is not in minisign's form.
    #[error(
        "a publisher's key is one line of 56 characters that begins with RW, as in minisign.pub"
    )]
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

/// Whether a text is a minisign public key (the base64 of "Ed", 8 bytes of its id and 32 of the key)
/// that somebody can have made, and that protects something.
pub fn check_publisher_key(line: &str) -> Result<(), PublisherKeyError> {
    if line.len() == SECRET_LINE && line.starts_with("RW") {
        return Err(PublisherKeyError::Secret);
    }
    let bytes = STANDARD.decode(line).map_err(|_| PublisherKeyError::Form)?;
    let point = bytes
        .strip_prefix(b"Ed")
        .and_then(|rest| rest.get(BEFORE_POINT - 2..)?.try_into().ok());
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
        assert_eq!(check_publisher_key(line), Ok(()));
        let refused = |change: &dyn Fn(&mut Vec<u8>)| {
            let mut bytes = STANDARD.decode(line).unwrap();
            change(&mut bytes);
            check_publisher_key(&STANDARD.encode(bytes)).unwrap_err()
        };
        let zeros = refused(&|bytes| bytes[BEFORE_POINT..].fill(0));
        assert_eq!(zeros, PublisherKeyError::Weak);
        // No x belongs to y = 2.
        let two = refused(&|bytes| {
            bytes[BEFORE_POINT..].fill(0);
            bytes[BEFORE_POINT] = 2;
        });
        assert_eq!(two, PublisherKeyError::NoPoint);
        let form = PublisherKeyError::Form;
        assert_eq!(refused(&|bytes| bytes[0] = b'X'), form);
        assert_eq!(refused(&|bytes| bytes.push(0)), form);
        assert_eq!(refused(&|bytes| bytes.truncate(20)), form);
        let secret = format!("RW{}", "A".repeat(SECRET_LINE - 2));
        assert_eq!(check_publisher_key(&secret), Err(PublisherKeyError::Secret));
        for text in ["", "RWQ", "R\u{fc}", "RW example"] {
            assert_eq!(check_publisher_key(text), Err(form), "{text}");
        }
    }
}
