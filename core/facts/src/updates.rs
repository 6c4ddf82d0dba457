//! When the system last looked for or took updates.

use std::path::Path;
use std::time::SystemTime;

/// What package managers touch when they do: apt, dnf 4 and 5, zypper, pacman, apk, rpm-ostree.
const STAMPS: &[&str] = &[
    "var/lib/apt/periodic/update-success-stamp",
    "var/lib/apt/periodic/unattended-upgrades-stamp",
    "var/lib/apt/lists",
    "var/lib/apt/lists/partial",
    "var/log/apt/history.log",
    "var/cache/dnf/last_makecache",
    "var/cache/dnf",
    "var/cache/libdnf5",
    "var/cache/zypp/solv",
    "var/lib/pacman/sync",
    "var/cache/apk",
    "var/cache/rpm-ostree/repomd",
];

/// Whole days; a clock that was set back counts as today.
pub(crate) fn days(root: &Path) -> Option<u64> {
    let touched = |path: &&str| std::fs::metadata(root.join(path)).ok()?.modified().ok();
    let last = STAMPS.iter().filter_map(touched).max()?;
    let age = SystemTime::now().duration_since(last).unwrap_or_default();
    Some(age.as_secs() / (24 * 60 * 60))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::time::Duration;

    #[test]
    fn the_newest_stamp_counts() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(days(root.path()), None);
        let stamp = |path: &str, age: u64| {
            let path = root.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let when = SystemTime::now() - Duration::from_secs(age * 24 * 60 * 60 + 60);
            File::create(path).unwrap().set_modified(when).unwrap();
        };
        stamp("var/log/apt/history.log", 90);
        assert_eq!(days(root.path()), Some(90));
        stamp("var/lib/apt/periodic/update-success-stamp", 12);
        assert_eq!(days(root.path()), Some(12));
    }
}
