//! A small system in a temporary folder, in which the account that runs the tests is root.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deskhook_policy::{ElevationMethod, ElevationPolicy, Policy};
use deskhook_wire::{ElevationOrder, SignedOrder};
use ed25519_dalek::SigningKey;
use tempfile::TempDir;

use super::places::Places;
use super::trust::Ground;

pub(crate) struct Bench {
    folder: TempDir,
    pub(crate) key: SigningKey,
}

impl Bench {
    /// Key, device `desk-7`, an empty policy folder, and the program `bin/tool`, which writes its
    /// second argument into the file that is its first.
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = SigningKey::from_bytes(&[5; 32]);
        let bench = Self { folder, key };
        bench.mode("", 0o700);
        let public = STANDARD.encode(bench.key.verifying_key().as_bytes());
        bench.file("etc/deskhook/portal.pub", &format!("{public}\n"));
        bench.file("etc/deskhook/device", "desk-7\nreception\n\n kiosk\n");
        bench.file(
            "etc/passwd",
            "root:x:0:0::/:/bin/sh\nnils:x:1007:7::/:/bin/sh\n",
        );
        bench.file("etc/deskhook/policy.d/10-tenant.json", "{}");
        bench.script("bin/tool", "echo \"$2\" >> \"$1\"");
        bench
    }

    /// With all links resolved, as the system's own folders are.
    pub(crate) fn path(&self, path: &str) -> PathBuf {
        let top = self.folder.path().canonicalize().unwrap();
        if path.is_empty() { top } else { top.join(path) }
    }

    pub(crate) fn file(&self, path: &str, content: &str) {
        let path = self.path(path);
        self.parents(&path);
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    }

    /// Written by another process: a file that one of our threads has open for writing cannot be
    /// run while another thread starts a process.
    pub(crate) fn script(&self, path: &str, body: &str) {
        let path = self.path(path);
        self.parents(&path);
        let mut install = Command::new("install")
            .args(["-m", "755", "/dev/stdin"])
            .arg(&path)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = install.stdin.take().unwrap();
        write!(input, "#!/bin/sh\n{body}\n").unwrap();
        drop(input);
        assert!(install.wait().unwrap().success());
    }

    pub(crate) fn mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.path(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.path(path)).ok()
    }

    pub(crate) fn ground(&self) -> Ground {
        Ground {
            top: self.path(""),
            owner: rustix::process::geteuid().as_raw(),
        }
    }

    pub(crate) fn places(&self) -> Places {
        Places {
            ground: self.ground(),
            deskhook: self.path("usr/bin/deskhook"),
            policy: self.path("etc/deskhook/policy.d"),
            trust: self.path("etc/deskhook/policy-trust.json"),
            accepted: self.path("var/lib/deskhook/policy"),
            portal_key: self.path("etc/deskhook/portal.pub"),
            device: self.path("etc/deskhook/device"),
            accounts: self.path("etc/passwd"),
            used: self.path("var/lib/deskhook/used"),
        }
    }

    /// An order that nothing is wrong with: `tool <out> done`.
    pub(crate) fn order(&self) -> ElevationOrder {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        ElevationOrder {
            device: "desk-7".into(),
            order: "41".into(),
            program: self.path("bin/tool").display().to_string(),
            arguments: vec![self.path("out").display().to_string(), "done".into()],
            method: ElevationMethod::LocalApproval,
            minutes: 5,
            supporter: "Sam".into(),
            expires: now.as_secs() + 300,
        }
    }

    pub(crate) fn sign(&self, order: &ElevationOrder) -> String {
        SignedOrder::sign(order, &self.key).unwrap().0
    }

    /// A policy that allows `bin/tool`.
    pub(crate) fn policy(&self) -> Policy {
        Policy {
            elevation: ElevationPolicy {
                enabled: true,
                programs: vec![self.path("bin/tool").display().to_string()],
                ..ElevationPolicy::default()
            },
            ..Policy::default()
        }
    }

    /// Folders are made whatever the tester's umask is.
    fn parents(&self, path: &Path) {
        let parent = path.parent().unwrap();
        fs::create_dir_all(parent).unwrap();
        let top = self.path("");
        for folder in parent.ancestors().take_while(|folder| **folder != top) {
            fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}
