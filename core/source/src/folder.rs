use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use deskhook_policy::Problem;

use crate::file::{self, unreadable};

/// More layer files than this in one folder are refused.
const MOST_FILES: usize = 20_000;
/// More signed bundles than this in one folder are refused: two are in use at most.
const MOST_BUNDLES: usize = 16;

/// The layer files that some paths stand for.
#[derive(Default)]
pub(crate) struct Listing {
    /// Sorted, each once.
    pub(crate) files: BTreeSet<PathBuf>,
    /// Signed bundles among them, by their ending or by what they begin with.
    pub(crate) bundles: BTreeSet<PathBuf>,
    /// Folders that are there but cannot be read: nothing is known of what is in them.
    pub(crate) unreadable: Vec<PathBuf>,
    pub(crate) problems: Vec<Problem>,
}

/// Whether a file's name is one of policy: `*.json`, `*.kv` or `*.bundle`, not hidden.
pub(crate) fn is_policy(path: &Path) -> bool {
    let hidden = |name: &std::ffi::OsStr| name.to_string_lossy().starts_with('.');
    let known = ["json", "kv", "bundle"]
        .iter()
        .any(|end| ends_in(path, end));
    known && !path.file_name().is_none_or(hidden)
}

fn ends_in(path: &Path, ending: &str) -> bool {
    let own = path.extension();
    own.is_some_and(|own| own.eq_ignore_ascii_case(ending))
}

/// Whether a file that was named is a bundle, whatever it is called.
fn is_named_bundle(path: &Path) -> bool {
    let layer = ends_in(path, "json") || ends_in(path, "kv");
    let begins = || file::bytes(path, 64).is_ok_and(|bytes| deskhook_wire::is_bundle(&bytes));
    ends_in(path, "bundle") || (!layer && begins())
}

/// Lists the policy files among `paths`: a file stands for itself, whatever its name; a folder
/// for the `.json`, `.kv` and `.bundle` files in it, not in folders below. What does not exist
/// stands for nothing.
pub(crate) fn list(paths: &[PathBuf]) -> Listing {
    let mut listing = Listing::default();
    for path in paths {
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => listing.folder(path),
            Ok(_) if is_named_bundle(path) => drop(listing.bundles.insert(path.clone())),
            Ok(_) => drop(listing.files.insert(path.clone())),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => listing.fail(path, &error.to_string()),
        }
    }
    listing
}

/// The layer files that one path stands for, sorted: see [`load`](crate::load).
///
/// # Errors
/// Where there is nothing, or it cannot be read.
pub fn layer_files(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    std::fs::metadata(path)?;
    let listing = list(&[path.to_owned()]);
    match listing.problems.into_iter().next() {
        Some(problem) => Err(std::io::Error::other(problem.message)),
        None => Ok(listing.files.into_iter().collect()),
    }
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
                Ok(entry) if is_policy(&entry.path()) => drop(found.insert(entry.path())),
                Ok(_) => {}
                Err(error) => return self.fail(folder, &error.to_string()),
            }
            if found.len() > MOST_FILES {
                let reason = format!("the folder has more than {MOST_FILES} layer files");
                return self.fail(folder, &reason);
            }
        }
        let (bundles, files) = found
            .into_iter()
            .partition::<BTreeSet<_>, _>(|path| ends_in(path, "bundle"));
        if bundles.len() > MOST_BUNDLES {
            let reason = format!("the folder has more than {MOST_BUNDLES} bundles");
            return self.fail(folder, &reason);
        }
        self.bundles.extend(bundles);
        self.files.extend(files);
    }
}
