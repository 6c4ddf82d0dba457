use std::path::{Path, PathBuf};

use notify::RecursiveMode;

use super::Watched;
use crate::folder::is_policy;

/// The paths that somebody wants to know about, all of them absolute.
pub(super) struct Reach {
    targets: Vec<PathBuf>,
    what: Watched,
}

impl Reach {
    pub(super) fn new(targets: Vec<PathBuf>, what: Watched) -> Self {
        Self { targets, what }
    }

    /// The folders that must be watched as things are now.
    pub(super) fn folders(&self) -> Vec<(PathBuf, RecursiveMode)> {
        let mut folders: Vec<(PathBuf, RecursiveMode)> = vec![];
        for target in &self.targets {
            if target.is_dir() {
                let mode = match self.what {
                    Watched::Layers => RecursiveMode::NonRecursive,
                    Watched::Tree => RecursiveMode::Recursive,
                };
                folders.push((target.clone(), mode));
            }
            let above = target.ancestors().skip(1).find(|folder| folder.is_dir());
            folders.extend(above.map(|folder| (folder.to_owned(), RecursiveMode::NonRecursive)));
        }
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
        self.targets.iter().any(|target| {
            // The target itself, or a folder above it that comes, goes or is renamed.
            target.starts_with(path) || (path.starts_with(target) && self.inside(path))
        })
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
