use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use deskhook_hooks::{HostError, HostReply};
use serde_json::Value;

use super::failed;

const LARGEST_VALUE: usize = 64 * 1024;
const LARGEST_STORE: usize = 1024 * 1024;

/// What packages keep: one JSON file a package, replaced in one step.
pub(super) struct Stores {
    folder: PathBuf,
    /// One writer at a time; packages share the folder.
    turn: Mutex<()>,
}

type Values = BTreeMap<String, Value>;

impl Stores {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self {
            folder,
            turn: Mutex::default(),
        }
    }

    pub(super) fn get(&self, package: &str, key: &str) -> HostReply {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(self.load(package)?.remove(key).unwrap_or(Value::Null))
    }

    pub(super) fn set(&self, package: &str, key: &str, value: Value) -> HostReply {
        if key.len() > 256 || value.to_string().len() > LARGEST_VALUE {
            return Err(failed(
                "a stored value has at most 64 KiB, its key 256 bytes",
            ));
        }
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let mut values = self.load(package)?;
        if value.is_null() {
            values.remove(key);
        } else {
            values.insert(key.to_owned(), value);
        }
        self.save(package, &values)?;
        Ok(Value::Null)
    }

    fn load(&self, package: &str) -> Result<Values, HostError> {
        let path = self.path(package);
        match std::fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|_| failed(format!("{} is damaged", path.display()))),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Values::new()),
            Err(error) => Err(failed(format!("cannot read {}: {error}", path.display()))),
        }
    }

    fn save(&self, package: &str, values: &Values) -> Result<(), HostError> {
        let bytes = serde_json::to_vec(values).map_err(|error| failed(error.to_string()))?;
        if bytes.len() > LARGEST_STORE {
            return Err(failed("the package's store has at most 1 MiB"));
        }
        let write = || {
            std::fs::create_dir_all(&self.folder)?;
            let mut file = tempfile::NamedTempFile::new_in(&self.folder)?;
            file.write_all(&bytes)?;
            file.as_file().sync_all()?;
            file.persist(self.path(package))?;
            std::io::Result::Ok(())
        };
        write().map_err(|error| failed(format!("cannot keep the package's store: {error}")))
    }

    /// A package's name is a folder's name or an id in reverse-domain form; anything else in it
    /// is written as its code, so that no name leads out of the folder.
    fn path(&self, package: &str) -> PathBuf {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        let name: String = package
            .chars()
            .map(|c| {
                if plain(c) {
                    c.to_string()
                } else {
                    format!("%{:x}", c as u32)
                }
            })
            .collect();
        self.folder.join(format!("{name}.json"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_and_packages_do_not_see_each_other() {
        let folder = tempfile::tempdir().unwrap();
        let stores = Stores::new(folder.path().join("store"));
        stores.set("a", "k", Value::from(1)).unwrap();
        stores.set("../a", "k", Value::from(2)).unwrap();
        let again = Stores::new(folder.path().join("store"));
        assert_eq!(
            (
                again.get("a", "k").unwrap(),
                again.get("../a", "k").unwrap()
            ),
            (1.into(), 2.into())
        );
        again.set("a", "k", Value::Null).unwrap();
        assert_eq!(again.get("a", "k").unwrap(), Value::Null);
        assert!(
            again
                .set("a", "k", Value::from("x".repeat(LARGEST_VALUE)))
                .is_err()
        );
    }
}
