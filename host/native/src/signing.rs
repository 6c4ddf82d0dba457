use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::admission::signature_of;
use crate::copy::{LibraryError, read_library};
use crate::{InspectError, MANIFEST, PublisherKey, SignatureError, Signer, inspect};

/// Why a plugin's files cannot be signed, or their signatures not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum SigningError {
    /// It is no plugin, or has no library.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// A file cannot be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: LibraryError,
    },
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    /// The file.
    pub file: PathBuf,
    /// Its signature's trusted comment, or why it does not hold; none where it has no signature.
    pub signature: Option<Result<String, SignatureError>>,
}

impl Checked {
    /// Whether the signature is there and holds.
    pub fn holds(&self) -> bool {
        matches!(self.signature, Some(Ok(_)))
    }
}

/// Signs manifest and library of the plugin at `path` (its folder, its manifest or its library), which
/// have to be for each other; the signatures that were written.
pub fn sign(path: &Path, signer: &Signer) -> Result<Vec<PathBuf>, SigningError> {
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
    Ok(made)
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
        let signature = match read_library(&signature_of(&file)) {
            Err(LibraryError::Read { source, .. })
                if source.kind() == std::io::ErrorKind::NotFound =>
            {
                None
            }
            Err(source) => {
                let path = signature_of(&file);
                return Err(SigningError::Read { path, source });
            }
            Ok(signature) => {
                let signature = String::from_utf8_lossy(&signature.bytes).into_owned();
                let held = publisher.check(&bytes, &signature);
                Some(held.map(str::to_owned))
            }
        };
        Ok(Checked { file, signature })
    };
    files.into_iter().map(check).collect()
}

fn read(path: &Path) -> Result<Vec<u8>, SigningError> {
    let read = read_library(path).map_err(|source| SigningError::Read {
        path: path.to_owned(),
        source,
    })?;
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
