use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use deskhook_policy::Policy;
use ed25519_dalek::VerifyingKey;

use super::trust::Ground;
use crate::Refusal;

/// Both ways to write the end of a base64 text are read; root writes this file by hand.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Longest key or device file, in bytes.
const SMALL: u64 = 512;

/// The files that `deskhook elevate` believes: those that root alone can change.
#[derive(Clone, Debug)]
pub struct Places {
    pub(crate) ground: Ground,
    pub(crate) policy: PathBuf,
    pub(crate) portal_key: PathBuf,
    pub(crate) device: PathBuf,
    pub(crate) used: PathBuf,
}

impl Places {
    /// Where they are on every machine.
    pub fn installed() -> Self {
        Self {
            ground: Ground::of_root(),
            policy: PathBuf::from("/etc/deskhook/policy.d"),
            portal_key: PathBuf::from("/etc/deskhook/portal.pub"),
            device: PathBuf::from("/etc/deskhook/device"),
            used: PathBuf::from("/var/lib/deskhook/used"),
        }
    }

    /// The portal's Ed25519 public key: base64, one line.
    pub(crate) fn portal_key(&self) -> Result<VerifyingKey, Refusal> {
        let text = self.ground.text(&self.portal_key, SMALL);
        let text = text.map_err(Refusal::KeyFile)?;
        let key = || {
            let bytes = BASE64.decode(text.trim()).ok()?;
            let key = VerifyingKey::from_bytes(&bytes.try_into().ok()?).ok()?;
            (!key.is_weak()).then_some(key)
        };
        key().ok_or_else(|| Refusal::KeyContent(self.portal_key.clone()))
    }

    /// The device's name, as the portal gave it: one line.
    pub(crate) fn device(&self) -> Result<String, Refusal> {
        let text = self.ground.text(&self.device, SMALL);
        Ok(text.map_err(Refusal::DeviceFile)?.trim().to_owned())
    }

    /// The policy, read by `load` once every file of it is believed.
    pub(crate) fn policy(
        &self,
        load: impl FnOnce(&Path) -> Result<Policy, String>,
    ) -> Result<Policy, Refusal> {
        let folder = self.ground.tree(&self.policy);
        load(&folder.map_err(Refusal::PolicyFile)?).map_err(Refusal::PolicyContent)
    }
}
