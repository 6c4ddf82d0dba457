use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::admission::{read_signature, signature_of};
use crate::file::{FileError, read_library};
use crate::{InspectError, MANIFEST, PublisherKey, SignatureError, Signer, inspect};

/// Why a plugin's files cannot be signed, or their signatures not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// It is no plugin, or has no library.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// A file cannot be read.
    #[error("a file of the plugin cannot be used")]
    File(#[source] FileError),
    /// The manifest names another library.
    #[error(
        "{} is for another library: it names the SHA-256 {named}, and the library has {found}", manifest.display()
    )]
    Hash {
        /// The manifest.
        manifest: PathBuf,
        /// The hash that it names.
        named: String,
        /// The hash that the library has.
        found: String,
    },
    /// A file cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// What became of one file's signature.
#[derive(Debug)]
pub struct Checked {
    /// The file.
    pub file: PathBuf,
    /// Its signature's trusted comment, or why it does not hold.
    pub signature: Result<String, Unsigned>,
}

/// Why a file bears no signature that holds.
#[derive(Debug, thiserror::Error)]
pub enum Unsigned {
    /// It has none.
    #[error("it is not signed: there is no {}", .0.display())]
    Missing(PathBuf),
    /// Its signature's file cannot be used.
    #[error("its signature cannot be read")]
    File(#[source] FileError),
    /// Its signature does not hold.
    #[error(transparent)]
    Signature(SignatureError),
}

impl Checked {
    /// Whether the signature is there and holds.
    pub fn holds(&self) -> bool {
        self.signature.is_ok()
    }
}

/// What `sign` did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The signatures that were written.
    pub files: Vec<PathBuf>,
    /// What is most likely not as it is meant: slips of the manifest, what the library says of itself.
    pub notes: Vec<String>,
}

/// Signs manifest and library of the plugin at `path` (its folder, its manifest or its library), which
/// have to be for each other.
pub fn sign(path: &Path, signer: &Signer) -> Result<Signed, SigningError> {
    let inspection = inspect(path)?;
    let (manifest, found) = (&inspection.manifest, &inspection.sha256);
    if !inspection.matches() {
        return Err(SigningError::Hash {
            manifest: inspection.folder.join(MANIFEST),
            named: manifest.sha256.clone(),
            found: found.clone(),
        });
    }
    let comment = format!("{} {} sha256:{found}", manifest.id, manifest.version);
    let files = [inspection.folder.join(MANIFEST), inspection.library.clone()];
    let mut made = vec![];
    for file in files {
        let bytes = read(&file)?;
        let signature = signer.sign(&bytes, &comment);
        made.push(write(signature_of(&file), &signature)?);
    }
    Ok(Signed {
        files: made,
        notes: inspection.notes,
    })
}

/// Looks whether manifest and library of the plugin at `path` bear signatures of `publisher`.
pub fn check_signatures(
    path: &Path,
    publisher: &PublisherKey,
) -> Result<Vec<Checked>, SigningError> {
    let inspection = inspect(path)?;
    let files = [inspection.folder.join(MANIFEST), inspection.library];
    let check = |file: PathBuf| {
        let bytes = read(&file)?;
        let signature = held(&file, &bytes, publisher);
        Ok(Checked { file, signature })
    };
    files.into_iter().map(check).collect()
}

fn held(file: &Path, bytes: &[u8], publisher: &PublisherKey) -> Result<String, Unsigned> {
    let signature = read_signature(file).map_err(|error| match error {
        FileError::Missing(path) => Unsigned::Missing(path),
        other => Unsigned::File(other),
    })?;
    let held = publisher.check_file(bytes, &signature);
    held.map_err(Unsigned::Signature)
}

fn read(path: &Path) -> Result<Vec<u8>, SigningError> {
    let read = read_library(path).map_err(SigningError::File)?;
    Ok(read.bytes)
}

/// Writes a file whole, or not at all.
fn write(path: PathBuf, text: &str) -> Result<PathBuf, SigningError> {
    let folder = path.parent().filter(|it| !it.as_os_str().is_empty());
    let fresh = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
    let written = fresh.and_then(|mut fresh| {
        fresh.write_all(text.as_bytes())?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::Permissions::from_mode(0o644);
            fresh.as_file().set_permissions(mode)?;
        }
        fresh.persist(&path).map_err(|error| error.error)
    });
    match written {
        Ok(_) => Ok(path),
        Err(source) => Err(SigningError::Write { path, source }),
    }
}
