use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use deskhook_policy::{PublisherKeyError, nearest};

use crate::file::{FileError, read_file};
use crate::folder::{FolderError, trusted_folder};
use crate::manifest::LARGEST as LARGEST_MANIFEST;
use crate::open::{Judged, judge, trusted_file};
use crate::{
    Admitted, Evidence, MANIFEST, Manifest, ManifestError, OpenError, PublisherKey,
    SIGNATURE_SUFFIX, SignatureError, Terms, Versions, VersionsError,
};

/// The largest signature's file, in bytes.
const LARGEST_SIGNATURE: u64 = 4096;

/// Why nobody vouches for a plugin, or not for this one.
#[derive(Debug, thiserror::Error)]
pub enum AdmissionError {
    /// The folder could have been filled by somebody else.
    #[error("the place of the plugin in {} is not trusted", path.display())]
    Place {
        /// The plugin's folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: FolderError,
    },
    /// It says nothing of itself.
    #[error("the plugin in {} has no manifest that can be used", path.display())]
    Manifest {
        /// The plugin's folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: ManifestError,
    },
    /// Its publisher is nobody whom the organisation trusts, and its files are not named either.
    #[error(
        "nobody vouches for {id}: its publisher {publisher:?} is not among Extensions.Publishers{meant}, and Extensions.Packages.{id}.Sha256 names no library"
    )]
    Nobody {
        /// Which plugin.
        id: String,
        /// Whom it names.
        publisher: String,
        /// Whom policy has instead, who is called nearly the same.
        meant: Meant,
    },
    /// What the organisation wrote down as the publisher's key is none.
    #[error("Extensions.Publishers.{publisher} is no key")]
    Key {
        /// Whose.
        publisher: String,
        /// Why.
        #[source]
        source: PublisherKeyError,
    },
    /// There is no signature.
    #[error("the plugin has no signature of {publisher:?} that can be read")]
    Unsigned {
        /// Whose it should be.
        publisher: String,
        /// Why.
        #[source]
        source: FileError,
    },
    /// The signature does not hold.
    #[error("the signature {} is not one of {publisher}", path.display())]
    Signature {
        /// Its file.
        path: PathBuf,
        /// Whose it should be.
        publisher: String,
        /// Why.
        #[source]
        source: SignatureError,
    },
    /// A newer one ran here before.
    #[error(
        "version {found} of {id} is older than {before}, which ran here: name its library in Extensions.Packages.{id}.Sha256 if it is meant"
    )]
    Downgrade {
        /// Which plugin.
        id: String,
        /// The version that is there.
        found: String,
        /// The newest that ran.
        before: String,
    },
    /// Which versions ran cannot be told.
    #[error("cannot tell which versions of plugins ran here")]
    Versions(#[source] VersionsError),
    /// It is not what was vouched for, or not for this host.
    #[error(transparent)]
    Open(#[from] OpenError),
}

/// A name that was perhaps meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant(pub Option<String>);

impl fmt::Display for Meant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Some(name) => write!(f, " (did the policy mean it by {name:?}?)"),
            None => Ok(()),
        }
    }
}

/// Judges the plugin in `folder` without running any of it. What comes back may be loaded:
///
/// 1. the place is trusted, and the manifest is one;
/// 2. its publisher is one of `terms.publishers`, and both manifest and library bear that key's
///    signature; or `terms.pinned` names the library;
/// 3. library, manifest and policy agree on the hash;
/// 4. no newer version ran here before, unless `terms.pinned` names the library or `terms.versions` lets
///    any in.
pub fn admit(folder: &Path, terms: &Terms) -> Result<Admitted, AdmissionError> {
    let place = |source| AdmissionError::Place {
        path: folder.to_owned(),
        source,
    };
    let folder = trusted_folder(folder, terms.owner).map_err(place)?;
    let (manifest, text) = manifest(&folder, terms)?;
    let key = publisher(&manifest, &terms.publishers)?;
    if key.is_none() && terms.pinned.is_none() {
        let Manifest { id, publisher, .. } = manifest;
        let meant = nearest(&publisher, terms.publishers.keys().map(String::as_str));
        let meant = Meant(meant.map(str::to_owned));
        return Err(AdmissionError::Nobody {
            id,
            publisher,
            meant,
        });
    }
    let library = manifest.library_in(&folder);
    let judged = judge(&library, &manifest, terms)?;
    let own_name = |path: &Path| path.file_name().map(PathBuf::from).unwrap_or_default();
    let mut files = vec![];
    if let Some(key) = &key {
        let signed = [
            (folder.join(MANIFEST), &*text),
            (library.clone(), judged.bytes()),
        ];
        for (path, bytes) in signed {
            let signature = check(&path, bytes, (&manifest.publisher, key))?;
            files.push((own_name(&signature_of(&path)), signature));
        }
    }
    if terms.pinned.is_none() && terms.versions == Versions::NoOlder {
        no_older(&manifest, &terms.copies)?;
    }
    files.push((PathBuf::from(MANIFEST), text));
    Ok(Admitted {
        verified: Judged::keep(judged, manifest, terms)?,
        evidence: Evidence {
            library: own_name(&library),
            files,
        },
    })
}

/// The manifest in a trusted folder, and its bytes as they were read, from a file that nobody else
/// can write to.
fn manifest(folder: &Path, terms: &Terms) -> Result<(Manifest, Vec<u8>), AdmissionError> {
    let path = folder.join(MANIFEST);
    let wrong = |source| AdmissionError::Manifest {
        path: folder.to_owned(),
        source,
    };
    let read = read_file(&path, LARGEST_MANIFEST).map_err(|error| {
        wrong(match error {
            FileError::Missing(_) => ManifestError::None(folder.to_owned()),
            other => ManifestError::File(other),
        })
    })?;
    let judged = trusted_file(&path, &read.metadata, terms.owner);
    judged.map_err(|source| AdmissionError::Place {
        path: folder.to_owned(),
        source,
    })?;
    let manifest = Manifest::of_bytes(&read.bytes, &path).map_err(wrong)?;
    Ok((manifest, read.bytes))
}

/// The key of the manifest's publisher, where the organisation trusts them.
fn publisher(
    manifest: &Manifest,
    trusted: &BTreeMap<String, String>,
) -> Result<Option<PublisherKey>, AdmissionError> {
    let mut named = trusted.iter();
    let named = named.find(|(name, _)| name.eq_ignore_ascii_case(&manifest.publisher));
    let Some((name, key)) = named else {
        return Ok(None);
    };
    let key = PublisherKey::read(key).map_err(|source| AdmissionError::Key {
        publisher: name.clone(),
        source,
    })?;
    Ok(Some(key))
}

fn check(
    signed: &Path,
    bytes: &[u8],
    (publisher, key): (&str, &PublisherKey),
) -> Result<Vec<u8>, AdmissionError> {
    let owned = || publisher.to_owned();
    let signature = read_signature(signed).map_err(|source| AdmissionError::Unsigned {
        publisher: owned(),
        source,
    })?;
    let held = key.check_file(bytes, &signature);
    held.map(drop).map_err(|source| AdmissionError::Signature {
        path: signature_of(signed),
        publisher: owned(),
        source,
    })?;
    Ok(signature)
}

/// The signature beside a file, as it lies there.
pub(crate) fn read_signature(signed: &Path) -> Result<Vec<u8>, FileError> {
    Ok(read_file(&signature_of(signed), LARGEST_SIGNATURE)?.bytes)
}

/// Where the signature of a file lies: beside it.
pub fn signature_of(signed: &Path) -> PathBuf {
    let mut name = signed.as_os_str().to_owned();
    name.push(SIGNATURE_SUFFIX);
    PathBuf::from(name)
}

fn no_older(manifest: &Manifest, copies: &Path) -> Result<(), AdmissionError> {
    let ran = crate::versions::newest(copies, &manifest.id).map_err(AdmissionError::Versions)?;
    match ran {
        Some(before) if crate::versions::is_older(&manifest.version, &before) => {
            Err(AdmissionError::Downgrade {
                id: manifest.id.clone(),
                found: manifest.version.clone(),
                before,
            })
        }
        _ => Ok(()),
    }
}
