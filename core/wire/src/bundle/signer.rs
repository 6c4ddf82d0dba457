use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signature, Signer as _, SigningKey};
use serde::{Deserialize, Serialize};

use super::{PolicyKey, Role};

/// A key that signs policy of one role. Its file is the whole secret: it has no passphrase.
pub struct PolicySigner {
    role: Role,
    key: SigningKey,
}

/// What says of a file what it is.
const ABOUT: &str = "A Deskhook policy signing key. Keep it secret: whoever has it signs policy for your devices. \
                     Keep a critical one offline.";

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    about: String,
    version: u32,
    role: Role,
    id: String,
    secret: String,
}

impl PolicySigner {
    /// The signer of a seed of 32 random bytes.
    pub fn new(role: Role, seed: &[u8; 32]) -> Self {
        let key = SigningKey::from_bytes(seed);
        Self { role, key }
    }

    /// What it signs.
    pub fn role(&self) -> Role {
        self.role
    }

    /// Its public half.
    pub fn public(&self) -> PolicyKey {
        PolicyKey::new(self.role, self.key.verifying_key())
    }

    /// The text of its file.
    pub fn to_text(&self) -> String {
        let kept = Kept {
            about: ABOUT.to_owned(),
            version: 1,
            role: self.role,
            id: self.public().id,
            secret: BASE64.encode(self.key.to_bytes()),
        };
        let text = serde_json::to_string_pretty(&kept).expect("texts and a number are JSON");
        text + "\n"
    }

    /// The signer of such a file; none where the text is none, or is damaged. Why is not told
    /// more exactly: it would be about a secret.
    pub fn from_text(text: &str) -> Option<Self> {
        let kept: Kept = serde_json::from_str(text).ok()?;
        let seed: [u8; 32] = BASE64.decode(&kept.secret).ok()?.try_into().ok()?;
        let signer = Self::new(kept.role, &seed);
        (kept.version == 1 && signer.public().id == kept.id).then_some(signer)
    }

    pub(super) fn sign(&self, bytes: &[u8]) -> Signature {
        self.key.sign(bytes)
    }
}

/// Without the secret.
impl std::fmt::Debug for PolicySigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PolicySigner({} {})", self.role, self.public().id)
    }
}
