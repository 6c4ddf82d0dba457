use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use deskhook_policy::ElevationMethod;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

/// What the portal signs so that the elevation helper need not believe the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ElevationOrder {
    /// The device that it is for.
    pub device: String,
    /// The order's number: used once.
    pub order: String,
    /// Absolute path of the program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// How the rights are to be had: the device's policy may forbid the way.
    pub method: ElevationMethod,
    /// How long the program may run, in minutes.
    pub minutes: u32,
    /// Who asked.
    pub supporter: String,
    /// Seconds since 1970 after which it is void, and the program is ended if it still runs.
    pub expires: u64,
}

/// An [`ElevationOrder`] as text: base64url of its bytes, a dot, base64url of the signature over
/// `deskhook-elevation/1`, a line feed and those bytes. Verified before it is parsed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedOrder(pub String);

/// Why a signed order is not believed.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// Not two base64url parts.
    #[error("the elevation order is malformed")]
    Malformed,
    /// Larger than any device reads.
    #[error("the elevation order is larger than 16 KiB")]
    TooLarge,
    /// Made by another key, or changed since.
    #[error("the elevation order is not signed by this portal")]
    Signature,
    /// Signed, but not the shape that this version knows.
    #[error("the elevation order cannot be read")]
    Shape(#[source] serde_json::Error),
}

const LONGEST: usize = 16 * 1024;

fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    [b"deskhook-elevation/1\n".as_slice(), payload].concat()
}

impl SignedOrder {
    /// Signs an order.
    pub fn sign(order: &ElevationOrder, key: &SigningKey) -> Result<Self, OrderError> {
        let payload = serde_json::to_vec(order).map_err(OrderError::Shape)?;
        let signature = key.sign(&signed_bytes(&payload)).to_bytes();
        let signed = format!("{}.{}", BASE64.encode(payload), BASE64.encode(signature));
        if signed.len() > LONGEST {
            return Err(OrderError::TooLarge);
        }
        Ok(Self(signed))
    }

    /// The order, if `key` signed it. Expiry, device and use are for the caller to judge.
    pub fn verify(&self, key: &VerifyingKey) -> Result<ElevationOrder, OrderError> {
        if self.0.len() > LONGEST {
            return Err(OrderError::TooLarge);
        }
        let (payload, signature) = self.0.split_once('.').ok_or(OrderError::Malformed)?;
        let payload = BASE64.decode(payload).map_err(|_| OrderError::Malformed)?;
        let signature = BASE64
            .decode(signature)
            .map_err(|_| OrderError::Malformed)?;
        let signature = Signature::from_slice(&signature).map_err(|_| OrderError::Malformed)?;
        key.verify_strict(&signed_bytes(&payload), &signature)
            .map_err(|_| OrderError::Signature)?;
        serde_json::from_slice(&payload).map_err(OrderError::Shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_whole_signed_text_is_believed() {
        let key = SigningKey::from_bytes(&[3; 32]);
        let order = ElevationOrder {
            device: "d".into(),
            order: "1".into(),
            program: "/usr/bin/id".into(),
            arguments: vec![],
            method: ElevationMethod::LocalApproval,
            minutes: 5,
            supporter: "Sam".into(),
            expires: 1,
        };
        let wide = ElevationOrder {
            arguments: vec!["x".repeat(LONGEST)],
            ..order.clone()
        };
        assert!(matches!(
            SignedOrder::sign(&wide, &key),
            Err(OrderError::TooLarge)
        ));
        let signed = SignedOrder::sign(&order, &key).unwrap();
        assert_eq!(signed.verify(&key.verifying_key()).unwrap(), order);
        for cut in 0..signed.0.len() {
            assert!(
                SignedOrder(signed.0[..cut].to_owned())
                    .verify(&key.verifying_key())
                    .is_err()
            );
        }
        let other = SigningKey::from_bytes(&[4; 32]).verifying_key();
        assert!(matches!(signed.verify(&other), Err(OrderError::Signature)));
    }
}
