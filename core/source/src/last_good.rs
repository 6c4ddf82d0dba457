use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// The file inside the state folder.
const FILE: &str = "policy-last-good.json";
/// More than this is not read back.
const MOST_BYTES: u64 = 64 * 1024 * 1024;

/// Where the last good text of every layer file is kept, so that a broken file changes nothing.
#[derive(Clone, Debug)]
pub struct LastGood {
    file: PathBuf,
}

/// Why the last good texts could not be kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// The state folder cannot be made.
    #[error("making the folder {} failed", .0.display())]
    Folder(PathBuf, #[source] std::io::Error),
    /// The file cannot be written or put in place.
    #[error("writing {} failed", .0.display())]
    Write(PathBuf, #[source] std::io::Error),
}

/// The texts by file name.
pub(crate) type Texts = BTreeMap<String, String>;

impl LastGood {
    /// Keeps them in a state folder, which is made when it is first needed.
    pub fn in_folder(state: &Path) -> Self {
        Self {
            file: state.join(FILE),
        }
    }

    /// The file that they are kept in.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// What was kept; none where nothing was, or where it is damaged.
    pub(crate) fn read(&self) -> Option<Texts> {
        let mut bytes = vec![];
        let file = File::open(&self.file).ok()?;
        file.take(MOST_BYTES).read_to_end(&mut bytes).ok()?;
        let texts = texts(&bytes);
        if texts.is_none() {
            tracing::warn!(file = %self.file.display(), "the last good policy is damaged");
        }
        texts
    }

    /// Replaces what is kept, as a whole or not at all.
    pub(crate) fn save(&self, texts: &Texts) -> Result<(), SaveError> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)
            .map_err(|error| SaveError::Folder(folder.to_owned(), error))?;
        let write = || {
            let mut file = tempfile::NamedTempFile::new_in(folder)?;
            file.write_all(json!({"version": 1, "files": texts}).to_string().as_bytes())?;
            file.as_file().sync_all()?;
            file.persist(&self.file).map_err(|error| error.error)?;
            Ok(())
        };
        write().map_err(|error| SaveError::Write(self.file.clone(), error))
    }
}

fn texts(bytes: &[u8]) -> Option<Texts> {
    let kept: Value = serde_json::from_slice(bytes).ok()?;
    if kept.get("version")? != 1 {
        return None;
    }
    let files = kept.get("files")?.as_object()?;
    let text = |(name, text): (&String, &Value)| Some((name.clone(), text.as_str()?.to_owned()));
    files.iter().map(text).collect()
}
