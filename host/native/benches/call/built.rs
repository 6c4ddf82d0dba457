use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use deskhook_native::{Manifest, Owner, Plugin, Terms, Verified, install, verify};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A plugin that cargo builds, in release mode.
#[derive(Clone, Copy)]
pub(crate) enum Built {
    /// The example that ships.
    FreeSpace,
    /// One of the SDK's own tests, which abstains unless it is told to misbehave.
    Abstainer,
}

/// A plugin in a folder of its own.
pub(crate) struct Installed {
    place: TempDir,
    folder: PathBuf,
}

impl fmt::Display for Built {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FreeSpace => "free-space",
            Self::Abstainer => "abstains",
        })
    }
}

impl Built {
    /// The library as cargo made it.
    pub(crate) fn library(self) -> PathBuf {
        let arguments: &[&str] = match self {
            Self::FreeSpace => &["-p", "free-space"],
            Self::Abstainer => &["-p", "deskhook-sdk", "--example", "unruly"],
        };
        let made = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--release"])
            .args(["--message-format", "json-render-diagnostics"])
            .args(arguments)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        let errors = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{errors}");
        let text = String::from_utf8(made.stdout).expect("cargo writes JSON");
        let artifacts = text
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut files = artifacts
            .flat_map(|told| told["filenames"].as_array().cloned().unwrap_or_default())
            .filter_map(|file| file.as_str().map(PathBuf::from));
        let is_library = |file: &PathBuf| {
            let kind = file.extension().unwrap_or_default();
            kind == std::env::consts::DLL_EXTENSION
        };
        files.find(is_library).expect("a dynamic library is built")
    }

    /// In a folder, with its manifest beside it.
    pub(crate) fn installed(self) -> Installed {
        let place = tempfile::tempdir().expect("a temporary folder");
        let template = self.template();
        let folder = install(&template, &self.library(), place.path()).expect("it installs");
        Installed { place, folder }
    }

    /// Ready to be called.
    pub(crate) fn open(self) -> Plugin {
        self.installed().open()
    }

    fn template(self) -> String {
        let example = "../../plugins/examples/free-space/deskhook-plugin.json";
        match self {
            Self::FreeSpace => {
                let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(example);
                std::fs::read_to_string(path).expect("the example has a manifest")
            }
            Self::Abstainer => json!({
                "id": "org.deskhook.unruly", "version": "1.0.0", "abi": "1.0",
                "publisher": "Deskhook", "hooks": ["session.request"]
            })
            .to_string(),
        }
    }
}

impl Installed {
    /// Judged, copied and loaded.
    pub(crate) fn open(&self) -> Plugin {
        let marks = self.place.path().join("marks");
        Plugin::load_marked(&self.verified(), &marks).expect("it opens")
    }

    /// Judged and copied.
    pub(crate) fn verified(&self) -> Verified {
        let manifest = Manifest::read(&self.folder).expect("it has a manifest");
        let terms = Terms {
            owner: Owner::RootOrSelf,
            pinned: None,
            copies: self.place.path().join("copies"),
            publishers: BTreeMap::new(),
            versions: Default::default(),
        };
        let library = manifest.library_in(&self.folder);
        verify(&library, &manifest, &terms).expect("it is what its manifest says")
    }
}
