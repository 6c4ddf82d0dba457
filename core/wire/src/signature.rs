use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use sha2::{Digest as _, Sha256};

/// The device's name.
pub const HEADER_DEVICE: &str = "deskhook-device";
/// Names one start of the agent: 16 random bytes in hex.
pub const HEADER_BOOT: &str = "deskhook-boot";
/// Rises by one with each request of one start; none is accepted twice.
pub const HEADER_COUNTER: &str = "deskhook-counter";
/// Seconds since 1970; the portal accepts 300 seconds either way.
pub const HEADER_TIME: &str = "deskhook-time";
/// Ed25519 over the canonical text of [`RequestParts`], base64.
pub const HEADER_SIGNATURE: &str = "deskhook-signature";

/// What a device signs of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestParts<'a> {
    /// `GET`, `POST`.
    pub method: &'a str,
    /// Path and query, as sent.
    pub path: &'a str,
    /// The body's bytes; empty where there is none.
    pub body: &'a [u8],
    /// The device's name.
    pub device: &'a str,
    /// The agent's start.
    pub boot: &'a str,
    /// The counter.
    pub counter: u64,
    /// Seconds since 1970.
    pub time: u64,
}

/// Why a request's signature does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// Not base64 of 64 bytes, or a key that is none.
    #[error("the signature or the key is malformed")]
    Malformed,
    /// Made by another key, or over another text.
    #[error("the signature does not fit the request")]
    Wrong,
}

impl RequestParts<'_> {
    fn canonical(&self) -> String {
        let body = Sha256::digest(self.body)
            .iter()
            .fold(String::new(), |text, byte| format!("{text}{byte:02x}"));
        let Self {
            method,
            path,
            device,
            boot,
            counter,
            time,
            ..
        } = self;
        format!("deskhook-request/1\n{method}\n{path}\n{body}\n{device}\n{boot}\n{counter}\n{time}")
    }

    /// The signature header's value.
    pub fn sign(&self, key: &SigningKey) -> String {
        BASE64.encode(key.sign(self.canonical().as_bytes()).to_bytes())
    }

    /// Checks the signature header's value, strictly (no malleable or small-order forms).
    pub fn verify(&self, key: &VerifyingKey, signature: &str) -> Result<(), SignatureError> {
        let signature = read(signature)?;
        key.verify_strict(self.canonical().as_bytes(), &signature)
            .map_err(|_| SignatureError::Wrong)
    }
}

fn enrolment_text(body: &[u8]) -> Vec<u8> {
    [
        b"deskhook-enrol/1\n".as_slice(),
        Sha256::digest(body).as_slice(),
    ]
    .concat()
}

/// The signature header's value of an enrolment: over `deskhook-enrol/1`, a line feed and the
/// SHA-256 of the body as it is sent, which holds token, public key and what the device says of
/// itself. By it the portal knows that the sender has the key, and not only read it somewhere.
pub fn sign_enrolment(body: &[u8], key: &SigningKey) -> String {
    BASE64.encode(key.sign(&enrolment_text(body)).to_bytes())
}

/// Checks the signature header's value of an enrolment, strictly.
pub fn verify_enrolment(
    body: &[u8],
    key: &VerifyingKey,
    signature: &str,
) -> Result<(), SignatureError> {
    let signature = read(signature)?;
    key.verify_strict(&enrolment_text(body), &signature)
        .map_err(|_| SignatureError::Wrong)
}

fn read(signature: &str) -> Result<Signature, SignatureError> {
    let bytes = BASE64
        .decode(signature)
        .map_err(|_| SignatureError::Malformed)?;
    Signature::from_slice(&bytes).map_err(|_| SignatureError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_enrolment_is_signed_by_the_key_that_enrols_and_over_its_whole_body() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let signature = sign_enrolment(b"{\"token\":1}", &key);
        let verify = |body: &[u8], key: &SigningKey, signature: &str| {
            verify_enrolment(body, &key.verifying_key(), signature)
        };
        assert_eq!(verify(b"{\"token\":1}", &key, &signature), Ok(()));
        let other = SigningKey::from_bytes(&[8; 32]);
        for refused in [
            verify(b"{\"token\":2}", &key, &signature),
            verify(b"{\"token\":1}", &other, &signature),
        ] {
            assert_eq!(refused, Err(SignatureError::Wrong));
        }
        let malformed = verify(b"{\"token\":1}", &key, "");
        assert_eq!(malformed, Err(SignatureError::Malformed));
    }

    #[test]
    fn a_change_of_any_part_breaks_the_signature() {
        let key = SigningKey::from_bytes(&[7; 32]);
        let parts = RequestParts {
            method: "POST",
            path: "/a?b=1",
            body: b"{}",
            device: "d",
            boot: "b",
            counter: 1,
            time: 2,
        };
        let signature = parts.sign(&key);
        assert_eq!(parts.verify(&key.verifying_key(), &signature), Ok(()));
        for other in [
            RequestParts {
                method: "GET",
                ..parts.clone()
            },
            RequestParts {
                path: "/a",
                ..parts.clone()
            },
            RequestParts {
                body: b"{ }",
                ..parts.clone()
            },
            RequestParts {
                device: "e",
                ..parts.clone()
            },
            RequestParts {
                boot: "c",
                ..parts.clone()
            },
            RequestParts {
                counter: 2,
                ..parts.clone()
            },
            RequestParts {
                time: 3,
                ..parts.clone()
            },
        ] {
            assert_eq!(
                other.verify(&key.verifying_key(), &signature),
                Err(SignatureError::Wrong)
            );
        }
        assert_eq!(
            parts.verify(&key.verifying_key(), "x"),
            Err(SignatureError::Malformed)
        );
    }
}
