use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use deskhook_wire::Enrolled;
use ed25519_dalek::SigningKey;

/// Who this device is to its portal: an Ed25519 key that never leaves it, and the enrolment.
///
/// Two files in the state folder, readable by this account alone: `device.key` (32 bytes, base64)
/// and `enrolment.json`.
#[derive(Clone)]
pub struct Identity {
    key: SigningKey,
    enrolled: Enrolled,
}

/// Why the identity cannot be read or kept.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The device is not enrolled.
    #[error("this device is not enrolled: {0} is missing")]
    NotEnrolled(PathBuf),
    /// A file cannot be read or written.
    #[error("cannot use {path}")]
    File {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file is damaged.
    #[error("{path} is damaged; enrol this device again")]
    Damaged {
        /// Which file.
        path: PathBuf,
    },
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[source] getrandom::Error),
}

const KEY_FILE: &str = "device.key";
const ENROLMENT_FILE: &str = "enrolment.json";

impl Identity {
    /// The identity kept in `state`.
    pub fn load(state: &Path) -> Result<Self, IdentityError> {
        let path = state.join(ENROLMENT_FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(IdentityError::NotEnrolled(path));
            }
            Err(source) => return Err(IdentityError::File { path, source }),
        };
        let enrolled =
            serde_json::from_slice(&bytes).map_err(|_| IdentityError::Damaged { path })?;
        Ok(Self {
            key: load_key(&state.join(KEY_FILE))?,
            enrolled,
        })
    }

    /// Keeps a fresh enrolment in `state`, both files written whole or not at all.
    pub fn keep(state: &Path, key: SigningKey, enrolled: Enrolled) -> Result<Self, IdentityError> {
        let file = |path: PathBuf| move |source| IdentityError::File { path, source };
        fs::create_dir_all(state).map_err(file(state.to_owned()))?;
        let key_path = state.join(KEY_FILE);
        write_private(&key_path, BASE64.encode(key.to_bytes()).as_bytes())
            .map_err(file(key_path.clone()))?;
        let path = state.join(ENROLMENT_FILE);
        let text = serde_json::to_vec_pretty(&enrolled)
            .map_err(|_| IdentityError::Damaged { path: path.clone() })?;
        write_private(&path, &text).map_err(file(path.clone()))?;
        Ok(Self { key, enrolled })
    }

    /// A fresh key.
    pub fn new_key() -> Result<SigningKey, IdentityError> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).map_err(IdentityError::Random)?;
        Ok(SigningKey::from_bytes(&seed))
    }

    /// The enrolment.
    pub fn enrolled(&self) -> &Enrolled {
        &self.enrolled
    }

    /// The device's name.
    pub fn device(&self) -> &str {
        &self.enrolled.answer.device
    }

    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }
}

fn load_key(path: &Path) -> Result<SigningKey, IdentityError> {
    let text = fs::read_to_string(path).map_err(|source| IdentityError::File {
        path: path.to_owned(),
        source,
    })?;
    let damaged = || IdentityError::Damaged {
        path: path.to_owned(),
    };
    let bytes = BASE64.decode(text.trim()).map_err(|_| damaged())?;
    let bytes: [u8; 32] = bytes.try_into().map_err(|_| damaged())?;
    Ok(SigningKey::from_bytes(&bytes))
}

/// Replaces a file in one step; `tempfile` makes it readable by this account alone.
pub(crate) fn write_private(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder)
}

/// Makes a rename or removal in `folder` last over a power cut.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    if cfg!(unix) {
        fs::File::open(folder)?.sync_all()
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use deskhook_wire::EnrolAnswer;

    fn enrolled() -> Enrolled {
        let answer = EnrolAnswer {
            device: "d1".into(),
            portal_key: String::new(),
            organization: "Acme".into(),
            person_verified: false,
            group: None,
        };
        Enrolled {
            portal: "https://portal.example".into(),
            answer,
        }
    }

    #[test]
    fn an_identity_comes_back_as_it_was_kept_and_is_private() {
        let state = tempfile::tempdir().unwrap();
        assert!(matches!(
            Identity::load(state.path()),
            Err(IdentityError::NotEnrolled(_))
        ));
        let key = Identity::new_key().unwrap();
        Identity::keep(state.path(), key.clone(), enrolled()).unwrap();
        let loaded = Identity::load(state.path()).unwrap();
        assert_eq!(
            (loaded.key.to_bytes(), loaded.enrolled),
            (key.to_bytes(), enrolled())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(state.path().join(KEY_FILE))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o077, 0);
        }
    }

    #[test]
    fn a_damaged_file_is_named() {
        let state = tempfile::tempdir().unwrap();
        Identity::keep(state.path(), Identity::new_key().unwrap(), enrolled()).unwrap();
        fs::write(state.path().join(KEY_FILE), "short").unwrap();
        assert!(
            matches!(Identity::load(state.path()), Err(IdentityError::Damaged { path }) if path.ends_with(KEY_FILE))
        );
    }
}
