use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use deskhook_hooks::About;
use serde::{Deserialize, Serialize};

use crate::copy::{self, CopyError};
use crate::file::{self, FileError};
use crate::folder::{FolderError, Owner, trusted_folder};
use crate::library::{self, LoadError};
use crate::{Manifest, Plugin};

/// On which terms a plugin is loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Who may own its folder.
    pub owner: Owner,
    /// The SHA-256 that policy names for it, in hex; none: the manifest's alone counts.
    pub pinned: Option<String>,
    /// The folder for private copies, ours alone; made where it is missing.
    pub copies: PathBuf,
    /// The publishers whom policy trusts, and their minisign public keys.
    pub publishers: BTreeMap<String, String>,
    /// Which versions may run.
    pub versions: Versions,
}

/// Which versions of a plugin may run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Versions {
    /// None that is older than what ran.
    #[default]
    NoOlder,
    /// Any: newer files failed while they were new, and those that ran before them take their place.
    Any,
}

/// A plugin that was judged and may be loaded: its manifest, and the private copy of its library.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    pub(crate) manifest: Manifest,
    pub(crate) library: PathBuf,
    pub(crate) own: Option<PathBuf>,
}

impl Terms {
    /// Whether policy names both the publisher of such a plugin and its library.
    pub fn names_both(&self, manifest: &Manifest) -> bool {
        let mut trusted = self.publishers.keys();
        let publisher = &manifest.publisher;
        self.pinned.is_some() && trusted.any(|name| name.eq_ignore_ascii_case(publisher))
    }
}

impl Verified {
    /// A plugin that nobody judged: for a vendor who tries their own.
    pub fn unjudged(manifest: Manifest, library: PathBuf) -> Self {
        Self {
            manifest,
            library,
            own: None,
        }
    }

    /// The same with a folder of its own, which is there, for its files.
    #[must_use]
    pub fn with_folder(self, own: PathBuf) -> Self {
        let own = Some(own);
        Self { own, ..self }
    }

    /// What the manifest says, as the chain wants it.
    pub fn about(&self) -> About {
        crate::plugin::about(&self.manifest)
    }

    /// The plugin's manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Whether the private copy is still what its name says; another file is none of ours.
    pub fn is_intact(&self) -> bool {
        let name = self.library.file_stem().and_then(|name| name.to_str());
        let hash =
            name.filter(|name| name.len() == 64 && name.bytes().all(|b| b.is_ascii_hexdigit()));
        hash.is_none_or(|hash| {
            let read = file::read_library(&self.library);
            read.is_ok_and(|read| read.sha256.eq_ignore_ascii_case(hash))
        })
    }

    /// The private copy, named by its hash: what is loaded.
    pub fn library(&self) -> &Path {
        &self.library
    }
}

/// Why a plugin is not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or the file could have been put there by somebody else.
    #[error("the place of the plugin {id} is not trusted")]
    Place {
        /// Which plugin.
        id: String,
        /// Why.
        #[source]
        source: FolderError,
    },
    /// The library cannot be read.
    #[error("the library of the plugin {id} cannot be used")]
    Library {
        /// Which plugin.
        id: String,
        /// Why.
        #[source]
        source: FileError,
    },
    /// The library is another than the one that was meant.
    #[error("{}: {by} expects the SHA-256 {expected}, found {found}", path.display())]
    Hash {
        /// The library.
        path: PathBuf,
        /// `the manifest` or `the policy`.
        by: &'static str,
        /// The hash that it should have.
        expected: String,
        /// The hash that it has.
        found: String,
    },
    /// No private copy of it can be made.
    #[error("no private copy of the plugin {id} can be made")]
    Copy {
        /// Which plugin.
        id: String,
        /// Why.
        #[source]
        source: CopyError,
    },
    /// It is not for this host, or not what its manifest says.
    #[error("the plugin {id} cannot be loaded")]
    Load {
        /// Which plugin.
        id: String,
        /// Why.
        #[source]
        source: LoadError,
    },
}

/// Judges the plugin at `library` without running any of it: version, place, owner, hash. What
/// was judged is copied, and the copy alone is loaded, so that nobody can swap it in between.
pub fn verify(library: &Path, manifest: &Manifest, terms: &Terms) -> Result<Verified, OpenError> {
    judge(library, manifest, terms)?.keep(manifest.clone(), terms)
}

/// A library that is what manifest and policy say, as it was read.
pub(crate) struct Judged(file::Library);

impl Judged {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0.bytes
    }

    /// Makes the private copy.
    pub(crate) fn keep(self, manifest: Manifest, terms: &Terms) -> Result<Verified, OpenError> {
        let id = || manifest.id.clone();
        let copy = copy::keep(&self.0, &terms.copies);
        let library = copy.map_err(|source| OpenError::Copy { id: id(), source })?;
        Ok(Verified {
            manifest,
            library,
            own: None,
        })
    }
}

pub(crate) fn judge(
    library: &Path,
    manifest: &Manifest,
    terms: &Terms,
) -> Result<Judged, OpenError> {
    let id = || manifest.id.clone();
    library::check_version(manifest.abi).map_err(|source| OpenError::Load { id: id(), source })?;
    let path = trusted_path(library, terms.owner)
        .map_err(|source| OpenError::Place { id: id(), source })?;
    let read =
        file::read_library(&path).map_err(|source| OpenError::Library { id: id(), source })?;
    trusted_file(&path, &read.metadata, terms.owner)
        .map_err(|source| OpenError::Place { id: id(), source })?;
    let hashes = [
        ("the policy", terms.pinned.as_deref()),
        ("the manifest", Some(manifest.sha256.as_str())),
    ];
    for (by, expected) in hashes {
        let Some(expected) = expected else { continue };
        if !expected.eq_ignore_ascii_case(&read.sha256) {
            let (expected, found) = (expected.to_owned(), read.sha256);
            return Err(OpenError::Hash {
                path,
                by,
                expected,
                found,
            });
        }
    }
    Ok(Judged(read))
}

impl Plugin {
    /// Judges the plugin at `library` and loads it into this process: [`verify`], then
    /// [`Plugin::load`].
    pub fn open(library: &Path, manifest: &Manifest, terms: &Terms) -> Result<Self, OpenError> {
        let verified = verify(library, manifest, terms)?;
        Self::load(&verified).map_err(|source| OpenError::Load {
            id: manifest.id.clone(),
            source,
        })
    }
}

fn trusted_path(library: &Path, owner: Owner) -> Result<PathBuf, FolderError> {
    let no_folder = || FolderError::NoFolder(library.to_owned());
    let folder = library.parent().ok_or_else(no_folder)?;
    let name = library.file_name().ok_or_else(no_folder)?;
    Ok(trusted_folder(folder, owner)?.join(name))
}

pub(crate) fn trusted_file(
    path: &Path,
    metadata: &std::fs::Metadata,
    owner: Owner,
) -> Result<(), FolderError> {
    crate::folder::judge(path, metadata, owner, crate::folder::Standing::Itself)
}
