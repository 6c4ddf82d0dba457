use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use ed25519_dalek::SigningKey;

use crate::secret::random;

/// Why the portal's key cannot be read or made.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file cannot be read or written.
    #[error("could not read or make the portal's key {path}")]
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The file is not a key.
    #[error("{0} is not 32 bytes of key")]
    Shape(PathBuf),
}

/// The Ed25519 key that signs elevation orders; made where there is none. Devices keep its
/// public half from their enrolment on, so a backup without it means to enrol all of them again.
pub(crate) fn load_or_make(folder: &Path) -> Result<SigningKey, KeyError> {
    let path = folder.join("portal.key");
    let failed = |source| KeyError::Io {
        path: path.clone(),
        source,
    };
    match fs::read(&path) {
        Ok(bytes) => {
            let bytes = bytes
                .try_into()
                .map_err(|_| KeyError::Shape(path.clone()))?;
            Ok(SigningKey::from_bytes(&bytes))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let bytes = random();
            make(folder, &path, &bytes).map_err(failed)?;
            Ok(SigningKey::from_bytes(&bytes))
        }
        Err(error) => Err(failed(error)),
    }
}

/// Whole or not at all, and readable by its owner only.
fn make(folder: &Path, path: &Path, bytes: &[u8]) -> io::Result<()> {
    let half = folder.join("portal.key.new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&half)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&half, path)?;
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let key = load_or_make(folder.path()).unwrap();
        assert_eq!(
            load_or_make(folder.path()).unwrap().to_bytes(),
            key.to_bytes()
        );
        let path = folder.path().join("portal.key");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(
                fs::metadata(&path).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        fs::write(&path, "short").unwrap();
        assert!(matches!(
            load_or_make(folder.path()),
            Err(KeyError::Shape(_))
        ));
    }
}
