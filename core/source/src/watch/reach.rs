use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use notify::RecursiveMode;

use super::Watched;
use crate::folder::is_policy;

/// The paths that somebody wants to know about, all of them absolute.
pub(super) struct Reach {
    targets: Vec<PathBuf>,
    what: Watched,
    /// Where links right inside a tree lead to, as things were last.
    linked: Mutex<BTreeSet<PathBuf>>,
}

impl Reach {
    pub(super) fn new(targets: Vec<PathBuf>, what: Watched) -> Self {
        Self {
            targets,
            what,
            linked: Mutex::default(),
        }
    }

    /// The folders that must be watched as things are now.
    pub(super) fn folders(&self) -> Vec<(PathBuf, RecursiveMode)> {
        let mut folders: Vec<(PathBuf, RecursiveMode)> = vec![];
        let mut linked = BTreeSet::new();
        for target in &self.targets {
            if target.is_dir() {
                let mode = match self.what {
                    Watched::Layers => RecursiveMode::NonRecursive,
                    Watched::Tree => RecursiveMode::Recursive,
                };
                folders.push((target.clone(), mode));
                if self.what == Watched::Tree {
                    linked.extend(linked_in(target));
                }
            }
            let above = target.ancestors().skip(1).find(|folder| folder.is_dir());
            folders.extend(above.map(|folder| (folder.to_owned(), RecursiveMode::NonRecursive)));
        }
        folders.extend(
            linked
                .iter()
                .map(|folder| (folder.clone(), RecursiveMode::Recursive)),
        );
        *self.linked() = linked;
        // A folder that is watched with all below it comes last, or it would be narrowed again.
        folders.sort_by_key(|(folder, mode)| (*mode == RecursiveMode::Recursive, folder.clone()));
        folders.dedup();
        folders
    }

    /// Whether all that is wanted of `folder` is to see a folder inside it replaced.
    pub(super) fn is_spare(&self, folder: &Path) -> bool {
        let mut inside = self
            .targets
            .iter()
            .filter(|target| target.starts_with(folder));
        inside.all(|target| target != folder && target.is_dir())
    }

    /// Whether an event at `path` matters.
    pub(super) fn has(&self, path: &Path) -> bool {
        let named = self.targets.iter().any(|target| {
            // The target itself, or a folder above it that comes, goes or is renamed.
            target.starts_with(path) || (path.starts_with(target) && self.inside(path))
        });
        let is_linked = || self.linked().iter().any(|folder| path.starts_with(folder));
        named || (is_linked() && self.inside(path))
    }

    fn linked(&self) -> MutexGuard<'_, BTreeSet<PathBuf>> {
        self.linked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn inside(&self, path: &Path) -> bool {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        match self.what {
            // `..data` is the link that mounted configuration swaps.
            Watched::Layers => is_policy(path) || name.starts_with(".."),
            Watched::Tree => {
                !(name.ends_with('~') || name.ends_with(".swp") || name.starts_with(".#"))
            }
        }
    }
}

/// What makes a folder a package or a plugin. A link to another folder is not followed: it may lead
/// to the whole disk.
const MANIFESTS: [&str; 2] = ["deskhook.json", "deskhook-plugin.json"];

/// Packages elsewhere that a link right inside `folder` stands for: one that lies with its author.
fn linked_in(folder: &Path) -> impl Iterator<Item = PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let links = entries
        .map(|entry| entry.path())
        .filter(|path| path.is_symlink());
    let real = links.filter_map(|link| link.canonicalize().ok());
    real.filter(|path| MANIFESTS.iter().any(|name| path.join(name).is_file()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(what: Watched) -> Reach {
        Reach::new(vec![PathBuf::from("/etc/deskhook/policy.d")], what)
    }

    #[test]
    fn only_what_can_change_the_policy_matters() {
        let layers = reach(Watched::Layers);
        for path in [
            "/etc/deskhook",
            "/etc/deskhook/policy.d",
            "/etc/deskhook/policy.d/a.json",
            "/etc/deskhook/policy.d/a.KV",
            "/etc/deskhook/policy.d/acme.bundle",
            "/etc/deskhook/policy.d/..data",
        ] {
            assert!(layers.has(Path::new(path)), "{path}");
        }
        for path in [
            "/etc/passwd",
            "/etc/deskhook/policy.d/.a.json.swp",
            "/etc/deskhook/policy.d/a.txt",
            "/etc/deskhook/policy.d/.#a.json",
            "/etc/deskhook/other",
        ] {
            assert!(!layers.has(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn in_a_tree_everything_but_leftovers_of_editors_matters() {
        let tree = reach(Watched::Tree);
        assert!(tree.has(Path::new("/etc/deskhook/policy.d/hours/texts/de.json")));
        assert!(!tree.has(Path::new("/etc/deskhook/policy.d/hours/init.lua~")));
    }
}
