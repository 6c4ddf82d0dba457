//! The disks: how much room there is, and whether they are encrypted.

use std::path::{Path, PathBuf};

use crate::bounded;
use crate::catalogue::Protection;

/// How deep a device may stand on others: encryption below volumes below RAID is three.
const DEEPEST: u32 = 8;

/// MiB that this account may still write where `home` is.
pub(crate) fn free_mib(home: &Path) -> Option<u64> {
    Some(fs4::available_space(home).ok()? / (1024 * 1024))
}

/// On when the disk of the system and that of `home` are encrypted, off when one of them is not.
pub(crate) fn encryption(root: &Path, home: &Path) -> Option<Protection> {
    if cfg!(target_os = "macos") {
        let told = bounded::answer("/usr/bin/fdesetup", &["status"])?;
        return if told.contains("FileVault is On") {
            Some(Protection::On)
        } else if told.contains("FileVault is Off") {
            Some(Protection::Off)
        } else {
            None
        };
    }
    let mounts = bounded::text(root.join("proc/self/mountinfo"))?;
    let home = resolved(root, home);
    let states = [Some(PathBuf::from("/")), home].map(|path| {
        let device = device_of(root, &mounts, &path?)?;
        is_encrypted(root, &device, DEEPEST)
    });
    match states {
        [Some(Protection::Off), _] | [_, Some(Protection::Off)] => Some(Protection::Off),
        [Some(Protection::On), Some(Protection::On)] => Some(Protection::On),
        _ => None,
    }
}

/// Where a path really is: mount points are names without links. Seen from below `root`, as the
/// mounts are.
fn resolved(root: &Path, path: &Path) -> Option<PathBuf> {
    let root = std::fs::canonicalize(root).ok()?;
    let inside = path.strip_prefix("/").unwrap_or(path);
    let found = std::fs::canonicalize(root.join(inside)).ok()?;
    let inside = found.strip_prefix(&root).ok()?;
    Some(Path::new("/").join(inside))
}

/// The folder of the block device that holds `path`, below `sys`.
fn device_of(root: &Path, mounts: &str, path: &Path) -> Option<PathBuf> {
    // mountinfo, proc(5): id, parent, major:minor, root, mount point, options..., `-`, type, source.
    let holding = mounts.lines().filter_map(|line| {
        let columns: Vec<&str> = line.split(' ').collect();
        let point = Path::new(columns.get(4)?);
        let dash = columns.iter().position(|column| *column == "-")?;
        path.starts_with(point).then(|| {
            (
                point.components().count(),
                columns[2].to_owned(),
                columns.get(dash + 2).map(ToString::to_string),
            )
        })
    });
    // Of several mounts on one point the last one hides the others.
    let (_, number, source) = holding.max_by_key(|(depth, ..)| *depth)?;
    if !number.starts_with("0:") {
        return Some(root.join("sys/dev/block").join(number));
    }
    // A file system over several disks, such as btrfs, has a number of its own; its source says more.
    let source = source.filter(|source| source.starts_with("/dev/"))?;
    let node = std::fs::canonicalize(root.join(source.trim_start_matches('/'))).ok()?;
    Some(root.join("sys/class/block").join(node.file_name()?))
}

/// How the device mapper names a mapping of cryptsetup (libcryptsetup, `dm_prepare_uuid`), and which
/// of those only check what is read: their data stands in plain below.
const MAPPED: &str = "CRYPT-";
const CHECKED: [&str; 2] = ["CRYPT-VERITY-", "CRYPT-INTEGRITY-"];

/// Whether the device, or all that it stands on, is a dm-crypt mapping.
fn is_encrypted(root: &Path, device: &Path, depth: u32) -> Option<Protection> {
    if depth == 0 || !device.is_dir() {
        return None;
    }
    let kind = bounded::text(device.join("dm/uuid")).unwrap_or_default();
    let checked = CHECKED.iter().any(|checked| kind.starts_with(checked));
    if kind.starts_with(MAPPED) && !checked {
        return Some(Protection::On);
    }
    let below = std::fs::read_dir(device.join("slaves"))
        .into_iter()
        .flatten()
        .flatten();
    let states: Vec<_> = below
        .take(64)
        .map(|slave| {
            let device = root.join("sys/class/block").join(slave.file_name());
            is_encrypted(root, &device, depth - 1)
        })
        .collect();
    if states.is_empty() || states.contains(&Some(Protection::Off)) {
        return Some(Protection::Off);
    }
    let all = states.iter().all(|state| *state == Some(Protection::On));
    all.then_some(Protection::On)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// `/` on a volume over `below`, `/home` (which leads to `/data/home`) on a plain disk or the
    /// same volume.
    fn system(below: &str, home: &str) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let at = |path: &str| root.path().join(path);
        for folder in [
            "proc/self",
            "sys/dev/block/254:1/slaves/dm-0",
            "sys/dev/block/8:1",
            "sys/class/block/dm-0/dm",
            "data/home/jo",
        ] {
            std::fs::create_dir_all(at(folder)).unwrap();
        }
        std::os::unix::fs::symlink("data/home", at("home")).unwrap();
        std::fs::write(at("sys/class/block/dm-0/dm/uuid"), below).unwrap();
        let mounts = format!(
            "22 1 254:1 / / rw - ext4 /dev/mapper/vg-root rw\n23 22 0:5 / /proc rw - proc proc rw\n24 22 {home} / /data/home rw shared:1 - ext4 /dev/x rw\n"
        );
        std::fs::write(at("proc/self/mountinfo"), mounts).unwrap();
        root
    }

    fn state(below: &str, home: &str) -> Option<Protection> {
        let root = system(below, home);
        encryption(root.path(), Path::new("/home/jo"))
    }

    #[test]
    fn a_volume_on_an_encrypted_disk_is_encrypted() {
        assert_eq!(state("CRYPT-LUKS2-abc", "254:1"), Some(Protection::On));
        assert_eq!(state("LVM-abc", "254:1"), Some(Protection::Off));
    }

    #[test]
    fn a_mapping_that_only_checks_what_is_read_is_no_encryption() {
        for below in ["CRYPT-VERITY-abc-root", "CRYPT-INTEGRITY-abc-data"] {
            assert_eq!(state(below, "254:1"), Some(Protection::Off), "{below}");
        }
    }

    #[test]
    fn a_home_that_is_not_there_is_unknown() {
        let root = system("CRYPT-LUKS2-abc", "254:1");
        let state = |home: &str| encryption(root.path(), Path::new(home));
        assert_eq!(state("/home/jo"), Some(Protection::On));
        assert_eq!(state("/home/kim"), None);
    }

    #[test]
    fn one_plain_disk_is_enough_for_off_and_an_unseen_one_is_unknown() {
        assert_eq!(state("CRYPT-LUKS2-abc", "8:1"), Some(Protection::Off));
        assert_eq!(state("CRYPT-LUKS2-abc", "9:9"), None);
        assert_eq!(state("CRYPT-LUKS2-abc", "0:41"), None);
    }

    #[test]
    fn the_home_of_this_account_has_room() {
        assert!(free_mib(Path::new("/")).is_some());
        assert_eq!(free_mib(Path::new("/nowhere/at-all")), None);
    }
}
