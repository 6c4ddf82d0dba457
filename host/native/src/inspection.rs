use std::path::{Path, PathBuf};

use deskhook_abi::ENTRY_SYMBOL;

use crate::copy::{LibraryError, read_library};
use crate::library::check_version;
use crate::{MANIFEST, Manifest, ManifestError};

/// The most plugins of one folder.
const MOST: usize = 256;

/// What can be told of a plugin without running it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// Its folder.
    pub folder: PathBuf,
    /// Its manifest.
    pub manifest: Manifest,
    /// Its library.
    pub library: PathBuf,
    /// The library's size in bytes.
    pub bytes: u64,
    /// The library's SHA-256, in hex.
    pub sha256: String,
    /// Whether the library has the entry's name in it. A name is no proof, its absence is.
    pub names_entry: bool,
}

impl Inspection {
    /// Whether the library is the one that the manifest is for.
    pub fn matches(&self) -> bool {
        self.sha256.eq_ignore_ascii_case(&self.manifest.sha256)
    }

    /// Why this host refuses a plugin of the manifest's interface, if it does; names both.
    pub fn refusal(&self) -> Option<String> {
        let refused = check_version(self.manifest.abi).err();
        refused.map(|error| error.to_string())
    }
}

/// Why nothing can be told of a plugin.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// It has no manifest, or a wrong one.
    #[error("{} is no plugin", path.display())]
    Manifest {
        /// What was looked at.
        path: PathBuf,
        /// Why.
        #[source]
        source: ManifestError,
    },
    /// Its library cannot be read.
    #[error("the plugin {id} has no library that can be read")]
    Library {
        /// Which plugin.
        id: String,
        /// Why.
        #[source]
        source: LibraryError,
    },
}

/// The plugins in `folder`: its sub-folders that hold a manifest, in order of name. Symbolic
/// links are left out. Nothing is read, and a folder that is not there holds none.
pub fn discover(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let is_folder = |entry: &std::fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let folders = entries.filter(is_folder).map(|entry| entry.path());
    let mut found: Vec<PathBuf> = folders
        .filter(|path| path.join(MANIFEST).is_file())
        .collect();
    found.sort();
    found.truncate(MOST);
    found
}

/// Tells what is in a plugin's folder, or beside a library of one, without running any of it.
pub fn inspect(path: &Path) -> Result<Inspection, InspectError> {
    let folder = if path.is_dir() {
        path
    } else {
        let parent = path.parent().unwrap_or(path);
        // A bare name lies in the folder that this process is in.
        match parent.as_os_str().is_empty() {
            true => Path::new("."),
            false => parent,
        }
    };
    let manifest = Manifest::read(folder).map_err(|source| InspectError::Manifest {
        path: path.to_owned(),
        source,
    })?;
    let library = manifest.library_in(folder);
    let read = read_library(&library).map_err(|source| InspectError::Library {
        id: manifest.id.clone(),
        source,
    })?;
    let names_entry = memory_holds(&read.bytes, ENTRY_SYMBOL.as_bytes());
    Ok(Inspection {
        folder: folder.to_owned(),
        manifest,
        library,
        bytes: read.bytes.len() as u64,
        sha256: read.sha256,
        names_entry,
    })
}

fn memory_holds(bytes: &[u8], name: &[u8]) -> bool {
    bytes.windows(name.len()).any(|window| window == name)
}
