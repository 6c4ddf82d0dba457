use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use deskhook_wire::Enrolled;
use ed25519_dalek::SigningKey;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// Who this device is to its portal: an Ed25519 key that never leaves it, and the enrolment.
///
/// One file in the state folder, `identity.json`, readable by this account alone and replaced in
/// one step: key and enrolment are always of the same device.
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

const IDENTITY_FILE: &str = "identity.json";
const PENDING_FILE: &str = "enrolling.json";

/// What stands in the file: the key (32 bytes, base64) beside the enrolment.
#[derive(Serialize, Deserialize)]
struct Kept {
    key: String,
    #[serde(flatten)]
    enrolled: Enrolled,
}

/// A key that was offered to a portal and not answered yet.
#[derive(Serialize, Deserialize)]
struct Pending {
    portal: String,
    key: String,
}

impl Identity {
    /// The identity kept in `state`.
    pub fn load(state: &Path) -> Result<Self, IdentityError> {
        let path = state.join(IDENTITY_FILE);
        let kept: Kept = match read(&path)? {
            Some(kept) => kept,
            None => return Err(IdentityError::NotEnrolled(path)),
        };
        let key = decode(&kept.key).ok_or(IdentityError::Damaged { path })?;
        Ok(Self {
            key,
            enrolled: kept.enrolled,
        })
    }

    /// Keeps a fresh enrolment in `state`, whole or not at all; its key is no longer pending.
    pub fn keep(state: &Path, key: SigningKey, enrolled: Enrolled) -> Result<Self, IdentityError> {
        let kept = Kept {
            key: encode(&key),
            enrolled,
        };
        write(&state.join(IDENTITY_FILE), &kept)?;
        forget_pending(state)?;
        Ok(Self {
            key,
            enrolled: kept.enrolled,
        })
    }

    /// The key to enrol with at `portal`: on disk before it is offered, and the same again until
    /// there is an answer, so that a lost answer can be asked for again. Never the key of the
    /// identity that is kept: a device that enrols anew is a new one.
    pub(crate) fn pending_key(state: &Path, portal: &str) -> Result<SigningKey, IdentityError> {
        let path = state.join(PENDING_FILE);
        // What cannot be read was never offered: it is replaced.
        let pending: Option<Pending> = read(&path).ok().flatten();
        let known = pending.filter(|pending| pending.portal == portal);
        let own = Self::load(state).ok().map(|identity| identity.key);
        let key = known.and_then(|pending| decode(&pending.key));
        if let Some(key) = key.filter(|key| own.as_ref() != Some(key)) {
            return Ok(key);
        }
        let key = new_key()?;
        let pending = Pending {
            portal: portal.to_owned(),
            key: encode(&key),
        };
        write(&path, &pending)?;
        Ok(key)
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

/// The pending key is worth nothing: the next enrolment makes another one.
pub(crate) fn forget_pending(state: &Path) -> Result<(), IdentityError> {
    let path = state.join(PENDING_FILE);
    match fs::remove_file(&path) {
        Err(source) if source.kind() != std::io::ErrorKind::NotFound => {
            Err(IdentityError::File { path, source })
        }
        _ => Ok(()),
    }
}

fn new_key() -> Result<SigningKey, IdentityError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(IdentityError::Random)?;
    Ok(SigningKey::from_bytes(&seed))
}

fn encode(key: &SigningKey) -> String {
    BASE64.encode(key.to_bytes())
}

fn decode(text: &str) -> Option<SigningKey> {
    let bytes: [u8; 32] = BASE64.decode(text).ok()?.try_into().ok()?;
    Some(SigningKey::from_bytes(&bytes))
}

/// What a file holds; none where there is no file.
fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, IdentityError> {
    let path = path.to_owned();
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(IdentityError::File { path, source }),
    };
    let read = serde_json::from_slice(&bytes);
    read.map(Some).map_err(|_| IdentityError::Damaged { path })
}

fn write(path: &Path, value: &impl Serialize) -> Result<(), IdentityError> {
    let written = || {
        let text = serde_json::to_vec_pretty(value)?;
        make_private(path.parent().unwrap_or(Path::new(".")))?;
        write_private(path, &text)
    };
    written().map_err(|source| IdentityError::File {
        path: path.to_owned(),
        source,
    })
}

/// Makes a folder that is this account's alone; one that is there stays as it is.
fn make_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
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

    const PORTAL: &str = "https://portal.example";

    fn enrolled() -> Enrolled {
        let answer = EnrolAnswer {
            device: "d1".into(),
            portal_key: String::new(),
            organization: "Acme".into(),
            person_verified: false,
            group: None,
        };
        Enrolled {
            portal: PORTAL.into(),
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
        let key = new_key().unwrap();
        Identity::keep(state.path(), key.clone(), enrolled()).unwrap();
        let loaded = Identity::load(state.path()).unwrap();
        assert_eq!(
            (loaded.key.to_bytes(), loaded.enrolled),
            (key.to_bytes(), enrolled())
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let file = fs::metadata(state.path().join(IDENTITY_FILE)).unwrap();
            assert_eq!(file.permissions().mode() & 0o077, 0);
        }
    }

    #[test]
    fn a_key_is_offered_again_until_there_is_an_answer_and_never_twice_after_it() {
        let state = tempfile::tempdir().unwrap();
        let pending =
            |portal| Identity::pending_key(state.path(), portal).map(|key| key.to_bytes());
        let first = pending(PORTAL).unwrap();
        assert_eq!(pending(PORTAL).unwrap(), first, "after a lost answer");
        let elsewhere = pending("https://other.example").unwrap();
        assert_ne!(elsewhere, first, "one portal learns nothing of another");
        let key = SigningKey::from_bytes(&pending(PORTAL).unwrap());
        let offered = fs::read(state.path().join(PENDING_FILE)).unwrap();
        Identity::keep(state.path(), key.clone(), enrolled()).unwrap();
        // As if the agent was killed before the pending key was forgotten.
        fs::write(state.path().join(PENDING_FILE), offered).unwrap();
        assert_ne!(pending(PORTAL).unwrap(), key.to_bytes());
        assert_eq!(Identity::load(state.path()).unwrap().key, key);
    }

    #[test]
    fn a_damaged_file_is_named() {
        let state = tempfile::tempdir().unwrap();
        Identity::keep(state.path(), new_key().unwrap(), enrolled()).unwrap();
        let path = state.path().join(IDENTITY_FILE);
        let text = fs::read_to_string(&path).unwrap();
        for damaged in [
            &text[..text.len() / 2],
            &text.replace("\"key\": \"", "\"key\": \"!"),
        ] {
            fs::write(&path, damaged).unwrap();
            assert!(
                matches!(Identity::load(state.path()), Err(IdentityError::Damaged { path }) if path.ends_with(IDENTITY_FILE))
            );
        }
    }
}
