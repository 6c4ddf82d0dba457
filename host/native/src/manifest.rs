use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use deskhook_hooks::Hook;
use deskhook_policy::LocalText;
use serde::{Deserialize, Serialize};

use crate::file::{FileError, read_file, read_library};

/// The manifest's file name.
pub const MANIFEST: &str = "deskhook-plugin.json";
/// The largest manifest, in bytes.
pub(crate) const LARGEST: u64 = 64 << 10;
/// The longest id, in bytes.
pub(crate) const LONGEST_ID: usize = 128;

/// What a plugin says of itself before any of its code is loaded. Unknown fields are ignored: a
/// manifest may be newer than its reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Reverse-domain form: `org.deskhook.free-space`. At most 128 bytes.
    pub id: String,
    /// The plugin's own version, at most 64 bytes without blanks.
    pub version: String,
    /// The interface that it needs at least: `1.0`.
    pub abi: AbiVersion,
    /// The hooks that it hears.
    pub hooks: Vec<Hook>,
    /// The capabilities that it asks for: `facts:power`, `policy:FreeSpace`.
    #[serde(default)]
    pub capabilities: Vec<String>,
    /// SHA-256 of the library, in hex. A template leaves it out.
    #[serde(default)]
    pub sha256: String,
    /// Who made it: the name by which policy knows their key. The signatures beside manifest and library
    /// confirm it.
    pub publisher: String,
    /// The library's file name; without it, the id's last part as the platform names libraries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub library: Option<String>,
    /// Seconds between two calls of its `timer`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<u32>,
    /// Its texts for people, by key: one text, or one for each language.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<String, LocalText>,
}

/// A version of the interface: `1.0`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AbiVersion {
    /// Must be the host's.
    pub major: u16,
    /// The oldest that the plugin can live with.
    pub minor: u16,
}

/// A manifest as its author wrote it.
pub(crate) struct Template {
    pub(crate) manifest: Manifest,
    pub(crate) text: String,
    /// What was most likely not meant, each with its place.
    pub(crate) slips: Vec<String>,
}

impl Manifest {
    /// Reads and checks the manifest in `folder`. Loads nothing.
    pub fn read(folder: &Path) -> Result<Self, ManifestError> {
        Ok(Self::read_told(folder)?.0)
    }

    /// The same, and what its author most likely did not mean.
    pub(crate) fn read_told(folder: &Path) -> Result<(Self, Vec<String>), ManifestError> {
        let path = folder.join(MANIFEST);
        let read = read_file(&path, LARGEST).map_err(|error| match error {
            FileError::Missing(_) => ManifestError::None(folder.to_owned()),
            other => ManifestError::File(other),
        })?;
        let document = Document::of(text(&read.bytes, &path)?, &path)?;
        Ok((packed(&document, &path)?, told(&document)))
    }

    /// Checks what was read of the manifest at `path`.
    pub(crate) fn of_bytes(bytes: &[u8], path: &Path) -> Result<Self, ManifestError> {
        packed(&Document::of(text(bytes, path)?, path)?, path)
    }

    /// Reads the manifest at `path`, which may have no hash yet. Links, as builds leave them, are followed.
    pub(crate) fn read_template(path: &Path) -> Result<Template, ManifestError> {
        let real = path.canonicalize();
        let read = read_file(real.as_deref().unwrap_or(path), LARGEST);
        let read = read.map_err(ManifestError::File)?;
        Template::of(text(&read.bytes, path)?, path)
    }

    /// Reads a manifest that has no hash yet.
    pub fn template(text: &str) -> Result<Self, ManifestError> {
        Ok(Template::of(text, Path::new("template"))?.manifest)
    }

    /// This manifest for `library`: with its hash and its file name.
    pub fn for_library(mut self, library: &Path) -> Result<Self, ManifestError> {
        let read = read_library(library).map_err(ManifestError::Library)?;
        self.sha256 = read.sha256;
        self.library = library
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        Ok(self)
    }

    /// The library beside this manifest.
    pub fn library_in(&self, folder: &Path) -> PathBuf {
        let own = || {
            let last = self
                .id
                .rsplit('.')
                .next()
                .unwrap_or_default()
                .replace('-', "_");
            format!(
                "{}{last}{}",
                std::env::consts::DLL_PREFIX,
                std::env::consts::DLL_SUFFIX
            )
        };
        folder.join(self.library.clone().unwrap_or_else(own))
    }

    /// The manifest as it is written into its file.
    pub fn to_json(&self) -> String {
        let text = serde_json::to_string_pretty(self).unwrap_or_default();
        text + "\n"
    }
}

impl Template {
    pub(crate) fn of(text: &str, path: &Path) -> Result<Self, ManifestError> {
        let document = Document::of(text, path)?;
        Ok(Self {
            manifest: document.manifest()?,
            text: text.to_owned(),
            slips: told(&document),
        })
    }
}

/// What a manifest says that goes to devices: one with a hash.
fn packed(document: &Document, path: &Path) -> Result<Manifest, ManifestError> {
    let manifest = document.manifest()?;
    if manifest.sha256.is_empty() {
        return Err(ManifestError::Unpacked(path.to_owned()));
    }
    document.check_hash()?;
    Ok(manifest)
}

fn told(document: &Document) -> Vec<String> {
    document.slips().iter().map(sentence).collect()
}

/// The text of a manifest's file.
fn text<'b>(bytes: &'b [u8], path: &Path) -> Result<&'b str, ManifestError> {
    std::str::from_utf8(bytes)
        .map_err(|error| ManifestError::not_utf8(path, bytes, error.valid_up_to()))
}

impl std::fmt::Display for AbiVersion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

/// A text that is no version of the interface.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a version such as \"1.0\"")]
pub struct BadVersion(String);

impl FromStr for AbiVersion {
    type Err = BadVersion;

    fn from_str(text: &str) -> Result<Self, BadVersion> {
        let parts = text.split_once('.');
        let read =
            parts.and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)));
        let (major, minor) = read.ok_or_else(|| BadVersion(text.to_owned()))?;
        Ok(Self { major, minor })
    }
}

impl TryFrom<String> for AbiVersion {
    type Error = BadVersion;

    fn try_from(text: String) -> Result<Self, BadVersion> {
        text.parse()
    }
}

impl From<AbiVersion> for String {
    fn from(version: AbiVersion) -> Self {
        version.to_string()
    }
}

mod document;
mod error;
mod form;
mod schema;
mod slips;

use document::Document;
pub use error::ManifestError;
use error::sentence;
pub use schema::manifest_schema;

#[cfg(test)]
mod tests;
