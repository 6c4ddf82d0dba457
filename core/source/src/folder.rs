use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use deskhook_policy::Problem;

use crate::file::unreadable;

/// More layer files than this in one folder are refused.
const MOST_FILES: usize = 20_000;

/// The layer files that some paths stand for.
#[derive(Default)]
pub(crate) struct Listing {
    /// Sorted, each once.
    pub(crate) files: BTreeSet<PathBuf>,
    /// Folders that are there but cannot be read: nothing is known of what is in them.
    pub(crate) unreadable: Vec<PathBuf>,
    pub(crate) problems: Vec<Problem>,
}

/// Whether a file's name is one of a layer: `*.json` or `*.kv`, not hidden.
pub(crate) fn is_layer(path: &Path) -> bool {
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let ending = path.extension().map(std::ffi::OsStr::to_ascii_lowercase);
    let known = ending.is_some_and(|ending| ending == "json" || ending == "kv");
    known && !path.file_name().is_none_or(hidden)
}

/// Lists the layer files among `paths`: a file stands for itself, whatever its name; a folder
/// for the `.json` and `.kv` files in it, not in folders below. What does not exist stands
/// for nothing.
pub(crate) fn list(paths: &[PathBuf]) -> Listing {
    let mut listing = Listing::default();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => listing.folder(path),
            Ok(_) => drop(listing.files.insert(path.clone())),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => listing.fail(path, &error.to_string()),
        }
    }
    listing
}

impl Listing {
    fn fail(&mut self, path: &Path, reason: &str) {
        let name = path.display().to_string();
        self.problems.push(unreadable(&name, reason));
        self.unreadable.push(path.to_owned());
    }

    fn folder(&mut self, folder: &Path) {
        let entries = match std::fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) => return self.fail(folder, &error.to_string()),
        };
        let mut found = BTreeSet::new();
        for entry in entries {
            match entry {
                Ok(entry) if is_layer(&entry.path()) => drop(found.insert(entry.path())),
                Ok(_) => {}
                Err(error) => return self.fail(folder, &error.to_string()),
            }
            if found.len() > MOST_FILES {
                let reason = format!("the folder has more than {MOST_FILES} layer files");
                return self.fail(folder, &reason);
            }
        }
        self.files.extend(found);
    }
}
