use std::path::{Path, PathBuf};

use crate::file::{FileError, read_library};
use crate::identity::{names_entry, unsaid};
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
    /// What is most likely not as it is meant: slips of the manifest, what the library says of itself.
    pub notes: Vec<String>,
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
    /// Nothing is there.
    #[error("there is no {}: a plugin's folder is wanted, or the manifest or the library in it", .0.display())]
    Nowhere(PathBuf),
    /// It lies beside a plugin's manifest and is no part of that plugin.
    #[error(
        "{} is no part of the plugin {id}, which is {MANIFEST} and {}", path.display(), library.display()
    )]
    Stranger {
        /// What was looked at.
        path: PathBuf,
        /// Which plugin lies there.
        id: String,
        /// That plugin's library.
        library: PathBuf,
    },
    /// It has no manifest, or a wrong one.
    #[error("{} is no packed plugin", path.display())]
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
        source: FileError,
    },
}

/// The plugins in `folder`: its sub-folders that hold a manifest, in order of name, and symbolic
/// links to such, which [`crate::admit`] refuses by name. Nothing is read, and a folder that is not there
/// holds none.
pub fn discover(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let paths = entries.map(|entry| entry.path());
    let mut found: Vec<PathBuf> = paths.filter(|path| path.join(MANIFEST).is_file()).collect();
    found.sort();
    found.truncate(MOST);
    found
}

/// Tells what is in a plugin's folder, or beside a library of one, without running any of it.
pub fn inspect(path: &Path) -> Result<Inspection, InspectError> {
    if !path.exists() && !path.is_symlink() {
        return Err(InspectError::Nowhere(path.to_owned()));
    }
    let folder = folder_of(path);
    let (manifest, mut notes) =
        Manifest::read_told(folder).map_err(|source| InspectError::Manifest {
            path: path.to_owned(),
            source,
        })?;
    let library = manifest.library_in(folder);
    is_part(path, &manifest, &library)?;
    let read = read_library(&library).map_err(|source| InspectError::Library {
        id: manifest.id.clone(),
        source,
    })?;
    notes.extend(unsaid(&manifest, &read.bytes));
    Ok(Inspection {
        folder: folder.to_owned(),
        names_entry: names_entry(&read.bytes),
        manifest,
        library,
        bytes: read.bytes.len() as u64,
        sha256: read.sha256,
        notes,
    })
}

/// The folder that is meant: the one that a file lies in.
fn folder_of(path: &Path) -> &Path {
    if path.is_dir() {
        return path;
    }
    let parent = path.parent().unwrap_or(path);
    // A bare name lies in the folder that this process is in.
    match parent.as_os_str().is_empty() {
        true => Path::new("."),
        false => parent,
    }
}

fn is_part(path: &Path, manifest: &Manifest, library: &Path) -> Result<(), InspectError> {
    let own = [Some(MANIFEST.as_ref()), library.file_name()];
    if path.is_dir() || own.contains(&path.file_name()) {
        return Ok(());
    }
    let library = library.file_name().unwrap_or_default();
    Err(InspectError::Stranger {
        path: path.to_owned(),
        id: manifest.id.clone(),
        library: library.into(),
    })
}
