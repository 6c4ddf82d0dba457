use std::path::PathBuf;

use deskhook_policy::Subject;
use deskhook_source::{Loaded, Signing, load_signed};
use deskhook_wire::{BundledLayer, PolicyBundle, PolicySigner, Role};

/// A moment, in seconds since 1970.
pub(crate) const NOW: u64 = 1_800_000_000;
/// As long as the bundles of the office hold, in seconds.
pub(crate) const DAY: u64 = 86_400;

/// A client, rights and a time limit: what only a critical bundle may say.
pub(crate) const CLIENT: &str = r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.Enabled": true,
    "Integration.AnyDesk.BootstrapperUrl": "https://files.example/a", "Session.MaxMinutes": 60,
    "Elevation": {"Enabled": true, "Programs": ["/usr/bin/id"]}}}"#;

/// A layer with a time limit alone.
pub(crate) fn tenant(minutes: u32) -> String {
    format!(r#"{{"scope": "tenant", "settings": {{"Session.MaxMinutes": {minutes}}}}}"#)
}

pub(crate) fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.problems.iter().map(|problem| problem.code).collect()
}

pub(crate) fn minutes(loaded: &Loaded) -> Option<u32> {
    loaded.resolved.policy.session.max_minutes
}

/// What holds, in short.
pub(crate) fn effect(loaded: &Loaded) -> String {
    loaded.resolved.policy.version.clone()
}

/// Who signs, and a device with a policy folder, a trust file and a memory of its own.
pub(crate) struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let office = Self { folder };
        std::fs::create_dir(office.policy()).expect("a folder in it");
        let lines = Role::ALL.map(|role| office.signer(role).public().line());
        office.trusts(&lines.join("\n"));
        office
    }

    pub(crate) fn trusts(&self, text: &str) {
        std::fs::write(self.trust(), text).expect("the trust file is written");
        #[cfg(unix)]
        {
            // Whatever the tester's umask is.
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(0o644);
            std::fs::set_permissions(self.trust(), mode).expect("its mode is set");
        }
    }

    pub(crate) fn policy(&self) -> PathBuf {
        self.folder.path().join("policy.d")
    }

    pub(crate) fn trust(&self) -> PathBuf {
        self.folder.path().join("trust.json")
    }

    pub(crate) fn memory(&self) -> PathBuf {
        self.folder.path().join("state/bundles")
    }

    pub(crate) fn put(&self, name: &str, bytes: &[u8]) {
        std::fs::write(self.policy().join(name), bytes).expect("the file is written");
    }

    pub(crate) fn take_away(&self, name: &str) {
        std::fs::remove_file(self.policy().join(name)).expect("it was there");
    }

    /// The key of a role that the trust file names.
    pub(crate) fn signer(&self, role: Role) -> PolicySigner {
        let seed = match role {
            Role::Critical => 1,
            Role::Routine => 2,
        };
        PolicySigner::new(role, &[seed; 32])
    }

    /// A bundle of one layer that holds for a day from now on.
    pub(crate) fn bundle(&self, role: Role, serial: u64, layer: &str) -> PolicyBundle {
        PolicyBundle {
            version: PolicyBundle::VERSION,
            role,
            serial,
            issued: NOW,
            expires: NOW + DAY,
            layers: vec![BundledLayer {
                file: "layer.json".into(),
                text: layer.into(),
            }],
            next: None,
        }
    }

    pub(crate) fn sign(&self, bundle: &PolicyBundle) -> Vec<u8> {
        let signed = bundle.sign(&[self.signer(bundle.role)]);
        signed.expect("it makes sense")
    }

    pub(crate) fn critical(&self, serial: u64, layer: &str) -> Vec<u8> {
        self.sign(&self.bundle(Role::Critical, serial, layer))
    }

    pub(crate) fn routine(&self, serial: u64, layer: &str) -> Vec<u8> {
        self.sign(&self.bundle(Role::Routine, serial, layer))
    }

    /// The same, issued at another time.
    pub(crate) fn issued(&self, at: u64, mut bundle: PolicyBundle) -> Vec<u8> {
        bundle.issued = at;
        bundle.expires = at + DAY;
        self.sign(&bundle)
    }

    /// The key of the role hands over to `next`.
    pub(crate) fn handing_over(&self, next: &PolicySigner) -> Vec<u8> {
        let role = next.role();
        let bundle = PolicyBundle {
            layers: vec![],
            next: Some(next.public()),
            ..self.bundle(role, 1, "")
        };
        let next = PolicySigner::from_text(&next.to_text()).expect("a signer");
        let signed = bundle.sign(&[self.signer(role), next]);
        signed.expect("both are of the role")
    }

    pub(crate) fn load(&self) -> Loaded {
        self.load_at(NOW)
    }

    pub(crate) fn load_at(&self, now: u64) -> Loaded {
        self.load_for(&Subject::everyone(), now)
    }

    pub(crate) fn load_for(&self, subject: &Subject, now: u64) -> Loaded {
        let signing = Signing {
            trust: self.trust(),
            memory: Some(self.memory()),
            now,
        };
        load_signed(&[self.policy()], subject, &signing)
    }
}
