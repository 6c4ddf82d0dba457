use std::path::PathBuf;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use deskhook_policy::{Policy, Subject};
use ed25519_dalek::VerifyingKey;

use super::trust::{Distrust, Ground};
use crate::{PolicyFiles, Refusal};

/// Both ways to write the end of a base64 text are read; root writes this file by hand.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Longest key or device file, in bytes.
const SMALL: u64 = 4096;
/// Longest file of accounts, in bytes.
const LARGE: u64 = 4 * 1024 * 1024;

/// What root wrote of this device.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Device {
    pub(crate) name: String,
    pub(crate) groups: Vec<String>,
}

/// The files that `deskhook elevate` believes: those that root alone can change.
#[derive(Clone, Debug)]
pub struct Places {
    pub(crate) ground: Ground,
    pub(crate) deskhook: PathBuf,
    pub(crate) policy: PathBuf,
    pub(crate) trust: PathBuf,
    pub(crate) accepted: PathBuf,
    pub(crate) portal_key: PathBuf,
    pub(crate) device: PathBuf,
    pub(crate) accounts: PathBuf,
    pub(crate) used: PathBuf,
}

impl Places {
    /// Where they are on every machine.
    pub fn installed() -> Self {
        Self {
            ground: Ground::of_root(),
            deskhook: PathBuf::from("/usr/bin/deskhook"),
            policy: PathBuf::from("/etc/deskhook/policy.d"),
            trust: PathBuf::from("/etc/deskhook/policy-trust.json"),
            accepted: PathBuf::from("/var/lib/deskhook/policy"),
            portal_key: PathBuf::from("/etc/deskhook/portal.pub"),
            device: PathBuf::from("/etc/deskhook/device"),
            accounts: PathBuf::from("/etc/passwd"),
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

    /// What root wrote of the device: the name that the portal gave it on the first line, and on
    /// each further line a group that it is in.
    pub(crate) fn device(&self) -> Result<Device, Refusal> {
        let text = self.ground.text(&self.device, SMALL);
        let text = text.map_err(Refusal::DeviceFile)?;
        let mut lines = text.lines().map(|line| line.trim().to_owned());
        Ok(Device {
            name: lines.next().unwrap_or_default(),
            groups: lines.filter(|line| !line.is_empty()).collect(),
        })
    }

    /// The name of an account, from the file of accounts; elsewhere (a directory) its number, as
    /// the agent does.
    pub(crate) fn account(&self, id: u32) -> Result<String, Refusal> {
        let accounts = self.ground.text(&self.accounts, LARGE);
        let accounts = accounts.map_err(Refusal::Accounts)?;
        let named = accounts.lines().find_map(|line| {
            let mut columns = line.split(':');
            let name = columns.next()?;
            (columns.nth(1)?.parse() == Ok(id)).then(|| name.to_owned())
        });
        Ok(named.unwrap_or_else(|| id.to_string()))
    }

    /// The policy, read by `load` once every file of it is believed.
    pub(crate) fn policy(
        &self,
        subject: &Subject,
        load: impl FnOnce(&PolicyFiles, &Subject) -> Result<Policy, String>,
    ) -> Result<Policy, Refusal> {
        let files = self.policy_files().map_err(Refusal::PolicyFile)?;
        load(&files, subject).map_err(Refusal::PolicyContent)
    }

    fn policy_files(&self) -> Result<PolicyFiles, Distrust> {
        let folder = self.ground.tree(&self.policy)?;
        // The folder that it would lie in is believed as well: nobody else can take it away.
        let missing = |error: std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
        let signing = if self.trust.symlink_metadata().is_err_and(missing) {
            None
        } else {
            let trust = self.ground.file(&self.trust)?;
            Some((trust, self.ground.private_folder(&self.accepted)?))
        };
        Ok(PolicyFiles { folder, signing })
    }
}
