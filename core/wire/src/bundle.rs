//! Signed policy: layer files in a container whose signatures cover its exact bytes.
//!
//! A bundle is a few lines of text, an empty line, and a JSON document:
//!
//! ```text
//! deskhook-bundle/1
//! signature critical 1f0c… mZq1…==
//!
//! {"version":1,"role":"critical",…}
//! ```
//!
//! Each signature is Ed25519 over `deskhook-bundle/1`, a line feed, the role, a line feed and
//! everything after the empty line. Nothing of that is parsed before a trusted key's signature
//! over it was verified: see [`BundleFrame`].

mod error;
mod frame;
mod key;
mod signer;

use serde::{Deserialize, Serialize};

pub use error::BundleError;
pub use frame::{BundleFrame, LARGEST_BUNDLE, Signed, is_bundle};
pub use key::{KeyError, PolicyKey, Role};
pub use signer::PolicySigner;

use frame::write;

/// The longest that a bundle may hold, in seconds: 400 days.
pub const LONGEST_VALIDITY: u64 = 400 * 24 * 60 * 60;

/// What is signed: layer files, or a key that takes over from the one that signs.
///
/// Unknown fields are refused, unlike elsewhere: what a newer program meant to forbid by one
/// must not be passed over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyBundle {
    /// The form of this document: 1.
    pub version: u32,
    /// What it may decide.
    pub role: Role,
    /// Rises with each bundle of a role; a device takes none that is lower than one it had.
    pub serial: u64,
    /// When it was signed, in seconds since 1970.
    pub issued: u64,
    /// From when on it is frozen, in seconds since 1970.
    pub expires: u64,
    /// The layer files; none takes all policy of this role away.
    #[serde(default)]
    pub layers: Vec<BundledLayer>,
    /// The key that is trusted from now on instead of the one that signed; then there are no layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<PolicyKey>,
}

/// One layer file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundledLayer {
    /// Its name, without folders: `10-acme.json`, `Berlin.kv`.
    pub file: String,
    /// Its exact text.
    pub text: String,
}

impl PolicyBundle {
    /// The version that this program writes and reads.
    pub const VERSION: u32 = 1;

    /// The bundle as a file, signed by each of these keys.
    ///
    /// # Errors
    /// When it is larger than 8 MiB, a signer is for another role, or what it says is not a
    /// bundle's: see [`BundleError`].
    pub fn sign(&self, signers: &[PolicySigner]) -> Result<Vec<u8>, BundleError> {
        self.sound()?;
        if let Some(other) = signers.iter().find(|signer| signer.role() != self.role) {
            return Err(BundleError::Role {
                id: other.public().id,
                key: other.role(),
                bundle: self.role,
            });
        }
        let payload = serde_json::to_vec(self).map_err(BundleError::Content)?;
        let bytes = write(self.role, signers, &payload);
        // Nothing is written that nobody reads.
        BundleFrame::parse(&bytes)?;
        Ok(bytes)
    }

    /// Whether all that it says of itself can be so, whatever the time.
    fn sound(&self) -> Result<(), BundleError> {
        if self.version != Self::VERSION {
            return Err(BundleError::Version(self.version));
        }
        let seconds = self.expires.checked_sub(self.issued);
        if !seconds.is_some_and(|seconds| (1..=LONGEST_VALIDITY).contains(&seconds)) {
            return Err(BundleError::Validity);
        }
        if let Some(next) = &self.next {
            if !self.layers.is_empty() {
                return Err(BundleError::Both);
            }
            if next.role != self.role {
                let (id, key) = (next.id.clone(), next.role);
                let bundle = self.role;
                return Err(BundleError::Role { id, key, bundle });
            }
        }
        let mut names = std::collections::BTreeSet::new();
        for BundledLayer { file, .. } in &self.layers {
            if !is_plain(file) || !names.insert(file.to_lowercase()) {
                return Err(BundleError::FileName(file.escape_debug().to_string()));
            }
        }
        Ok(())
    }
}

/// A file's name that is none of a folder, nor anything that a terminal would act on.
fn is_plain(file: &str) -> bool {
    let odd = |c: char| c.is_control() || matches!(c, '/' | '\\');
    (1..=200).contains(&file.len()) && !file.starts_with('.') && !file.chars().any(odd)
}

#[cfg(test)]
mod tests;
