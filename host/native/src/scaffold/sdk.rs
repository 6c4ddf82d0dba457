use std::path::{Path, PathBuf};

/// The Rust SDK for plugins, in a folder of this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sdk {
    folder: PathBuf,
    text: String,
}

/// The line of its manifest that says what it is.
const NAME: &str = "name = \"deskhook-sdk\"";

impl Sdk {
    /// The SDK in that folder; nothing where it is not there, or its path is not UTF-8, which no
    /// `Cargo.toml` could name.
    pub fn at(folder: &Path) -> Option<Self> {
        let manifest = std::fs::read_to_string(folder.join("Cargo.toml")).ok()?;
        if !manifest.lines().any(|line| line.trim() == NAME) {
            return None;
        }
        let folder = folder.canonicalize().ok()?;
        let text = folder.to_str()?.to_owned();
        Some(Self { folder, text })
    }

    /// Its folder, from the root.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its folder as a string of TOML, which escapes as JSON does.
    pub(super) fn quoted(&self) -> String {
        serde_json::Value::from(self.text.as_str()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_the_sdk_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Sdk::at(folder.path()), None);
        let other = "[package]\nname = \"other\"\n";
        std::fs::write(folder.path().join("Cargo.toml"), other).unwrap();
        assert_eq!(Sdk::at(folder.path()), None);
        // Windows allows no quotation marks in names, but parts every path with what TOML escapes.
        let name = if cfg!(windows) {
            "odd"
        } else {
            "an \"odd\" name"
        };
        let odd = folder.path().join(name);
        std::fs::create_dir(&odd).unwrap();
        std::fs::write(odd.join("Cargo.toml"), NAME).unwrap();
        let sdk = Sdk::at(&odd).unwrap();
        let end = if cfg!(windows) {
            "\\\\odd\""
        } else {
            "/an \\\"odd\\\" name\""
        };
        assert!(sdk.quoted().ends_with(end), "{}", sdk.quoted());
    }
}
