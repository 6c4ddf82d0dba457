use std::path::{Path, PathBuf};

/// Where a file system comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    /// `major:minor` of its device; major 0 is no block device.
    pub(crate) number: String,
    /// Its type: `ext4`, `btrfs`.
    pub(crate) kind: String,
    /// What was mounted: `/dev/mapper/root`.
    pub(crate) source: String,
}

/// The mount that holds `path`, an absolute path without links, by the lines of `mountinfo`: id,
/// parent, major:minor, root, mount point, options ..., `-`, type, source (proc(5)).
pub(crate) fn holding(mountinfo: &str, path: &Path) -> Option<Mount> {
    let mounts = mountinfo.lines().filter_map(|line| {
        let columns: Vec<&str> = line.split(' ').collect();
        let point = PathBuf::from(unescaped(columns.get(4)?));
        let dash = columns.iter().position(|column| *column == "-")?;
        let mount = Mount {
            number: (*columns.get(2)?).to_owned(),
            kind: (*columns.get(dash + 1)?).to_owned(),
            source: unescaped(columns.get(dash + 2)?),
        };
        path.starts_with(&point)
            .then(|| (point.components().count(), mount))
    });
    // Of several mounts on one point the last one hides the others, as `max_by_key` has it.
    Some(mounts.max_by_key(|(depth, _)| *depth)?.1)
}

/// The kernel writes blanks, tabs, line ends and backslashes as a backslash and three octal digits.
fn unescaped(text: &str) -> String {
    let mut parts = text.split('\\');
    let mut made = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let code = part.get(..3).and_then(|it| u8::from_str_radix(it, 8).ok());
        match code {
            Some(code) => {
                made.push(char::from(code));
                made.push_str(&part[3..]);
            }
            None => {
                made.push('\\');
                made.push_str(part);
            }
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/mapper/vg-root rw
23 22 0:5 / /proc rw - proc proc rw
24 22 8:1 / /my\\040disk rw master:1 propagate_from:2 - vfat /dev/sda1 rw
25 22 0:41 /@home /home rw - btrfs /dev/mapper/luks-1 rw
26 22 8:9 / /home rw - ext4 /dev/sda9 rw
broken line
";

    #[test]
    fn the_innermost_and_last_mount_holds_a_path() {
        for (path, number, kind, source) in [
            ("/", "254:1", "ext4", "/dev/mapper/vg-root"),
            ("/my disk/x", "8:1", "vfat", "/dev/sda1"),
            ("/homestead", "254:1", "ext4", "/dev/mapper/vg-root"),
            ("/home/ada", "8:9", "ext4", "/dev/sda9"),
        ] {
            let mount = holding(MOUNTS, Path::new(path)).unwrap();
            assert_eq!(
                (&*mount.number, &*mount.kind, &*mount.source),
                (number, kind, source)
            );
        }
        assert_eq!(holding("", Path::new("/")), None);
        assert_eq!(holding("1 2 3\n\n", Path::new("/")), None);
    }

    #[test]
    fn what_is_no_escape_stays_as_it_is() {
        for (text, made) in [
            ("a\\040b\\134", "a b\\"),
            ("\\9", "\\9"),
            ("\\04", "\\04"),
            ("", ""),
        ] {
            assert_eq!(unescaped(text), made);
        }
    }
}
