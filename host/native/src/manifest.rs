use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use deskhook_hooks::Hook;
use deskhook_policy::LocalText;
use serde::{Deserialize, Serialize};

use crate::copy::{LibraryError, hash_of, read_library};

/// The manifest's file name.
pub const MANIFEST: &str = "deskhook-plugin.json";
/// The largest manifest, in bytes.
const LARGEST: u64 = 64 << 10;
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

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It cannot be read.
    #[error("cannot read the manifest {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is no file that can be read; a symbolic link is none.
    #[error("the manifest is no file that can be read")]
    Unreadable(#[source] LibraryError),
    /// It is not UTF-8.
    #[error("{} is not UTF-8", path.display())]
    Text {
        /// Which file.
        path: PathBuf,
        /// Where.
        #[source]
        source: std::str::Utf8Error,
    },
    /// It is larger than a manifest is.
    #[error("the manifest {} is larger than 64 KiB", .0.display())]
    TooLarge(PathBuf),
    /// It is not JSON, lacks a field, or has a field of the wrong type.
    #[error("{} is not a plugin's manifest", path.display())]
    Shape {
        /// Which file.
        path: PathBuf,
        /// Line, column, and what is wrong.
        #[source]
        source: serde_json::Error,
    },
    /// A field's value is not one.
    #[error("in the manifest {}, {field} is {found:?}: it must be {wanted}", path.display())]
    Field {
        /// Which file.
        path: PathBuf,
        /// Which field.
        field: &'static str,
        /// Its value.
        found: String,
        /// What it must be.
        wanted: &'static str,
    },
    /// It asks for what is no capability.
    #[error("in the manifest {}, {message}", path.display())]
    Capability {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// The library that it is made for cannot be read.
    #[error("cannot make a manifest for the library")]
    Library(#[source] LibraryError),
}

impl Manifest {
    /// Reads and checks the manifest in `folder`. Loads nothing.
    pub fn read(folder: &Path) -> Result<Self, ManifestError> {
        let path = folder.join(MANIFEST);
        let failed = |source| ManifestError::Read {
            path: path.clone(),
            source,
        };
        let file = std::fs::File::open(&path).map_err(failed)?;
        let mut bytes = vec![];
        file.take(LARGEST + 1)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        Self::of_bytes(&bytes, &path)
    }

    /// Checks what was read of the manifest at `path`.
    pub(crate) fn of_bytes(bytes: &[u8], path: &Path) -> Result<Self, ManifestError> {
        let manifest = Self::parse(text(bytes, path)?, path)?;
        manifest.check_hash(path)?;
        Ok(manifest)
    }

    /// Reads the manifest at `path`, which may have no hash yet, and its text.
    pub(crate) fn read_template(path: &Path) -> Result<(Self, String), ManifestError> {
        let read = read_library(path).map_err(|error| match error {
            LibraryError::Read { path, source } => ManifestError::Read { path, source },
            other => ManifestError::Unreadable(other),
        })?;
        let text = text(&read.bytes, path)?;
        Ok((Self::parse(text, path)?, text.to_owned()))
    }

    /// Reads a manifest that has no hash yet.
    pub fn template(text: &str) -> Result<Self, ManifestError> {
        Self::parse(text, Path::new("template"))
    }

    /// This manifest for `library`: with its hash and its file name.
    pub fn for_library(mut self, library: &Path) -> Result<Self, ManifestError> {
        self.sha256 = hash_of(library).map_err(ManifestError::Library)?.0;
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

    fn parse(text: &str, path: &Path) -> Result<Self, ManifestError> {
        let shape = |source| ManifestError::Shape {
            path: path.to_owned(),
            source,
        };
        let manifest: Self = serde_json::from_str(text).map_err(shape)?;
        manifest.check(path)?;
        Ok(manifest)
    }

    fn check(&self, path: &Path) -> Result<(), ManifestError> {
        let field = |field, found: &str, wanted| ManifestError::Field {
            path: path.to_owned(),
            field,
            found: found.to_owned(),
            wanted,
        };
        if !is_id(&self.id) {
            return Err(field(
                "id",
                &self.id,
                "in reverse-domain form, a-z 0-9 - only",
            ));
        }
        if !is_word(&self.version) {
            return Err(field(
                "version",
                &self.version,
                "1 to 64 visible ASCII characters",
            ));
        }
        if !self.library.as_deref().is_none_or(is_file_name) {
            let found = self.library.as_deref().unwrap_or_default();
            return Err(field(
                "library",
                found,
                "the name of a file beside the manifest",
            ));
        }
        let mut asked = self.capabilities.iter();
        let judged = asked.try_for_each(|asked| deskhook_policy::check_capability(asked));
        judged.map_err(|message| ManifestError::Capability {
            path: path.to_owned(),
            message,
        })
    }

    fn check_hash(&self, path: &Path) -> Result<(), ManifestError> {
        let is_hash = self.sha256.len() == 64 && self.sha256.bytes().all(|b| b.is_ascii_hexdigit());
        if is_hash {
            return Ok(());
        }
        Err(ManifestError::Field {
            path: path.to_owned(),
            field: "sha256",
            found: self.sha256.clone(),
            wanted: "the library's SHA-256 in 64 hex digits",
        })
    }
}

/// The text of a manifest's file.
fn text<'b>(bytes: &'b [u8], path: &Path) -> Result<&'b str, ManifestError> {
    if bytes.len() as u64 > LARGEST {
        return Err(ManifestError::TooLarge(path.to_owned()));
    }
    std::str::from_utf8(bytes).map_err(|source| ManifestError::Text {
        path: path.to_owned(),
        source,
    })
}

fn is_id(id: &str) -> bool {
    let parts: Vec<&str> = id.split('.').collect();
    let letters = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    id.len() <= LONGEST_ID
        && parts.len() > 1
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.chars().all(letters))
}

fn is_word(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

fn is_file_name(name: &str) -> bool {
    let mut parts = Path::new(name).components();
    let first = parts.next();
    matches!(first, Some(std::path::Component::Normal(only)) if only == name)
        && parts.next().is_none()
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

mod schema;

pub use schema::manifest_schema;

#[cfg(test)]
mod tests;
