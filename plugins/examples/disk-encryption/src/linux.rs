use std::path::{Path, PathBuf};

use crate::mounts::{self, Mount};
use crate::state::{Protection, State};

/// How deep a device may stand on others: encryption below volumes below RAID is three.
const DEEPEST: u32 = 8;
/// How many devices one may stand on.
const WIDEST: usize = 64;

/// What mappings of cryptsetup are called (libcryptsetup names them `CRYPT-<kind>-...`): those that
/// encrypt. Others (`VERITY`, `INTEGRITY`) only check what is read.
const ENCRYPTING: [&str; 7] = [
    "LUKS1", "LUKS2", "PLAIN", "LOOPAES", "TCRYPT", "BITLK", "FVAULT2",
];

/// Whether the disk below `path` is encrypted; `root` is where the system's files begin.
pub(crate) fn look(root: &Path, path: &str) -> State {
    let told = root.join("proc/self/mountinfo");
    let mounts = match std::fs::read_to_string(&told) {
        Ok(mounts) => mounts,
        Err(error) => return State::unknown(format!("cannot read {}: {error}", told.display())),
    };
    let Some(real) = real(root, Path::new(path)) else {
        return State::unknown(format!("there is no {path}"));
    };
    let Some(mount) = mounts::holding(&mounts, &real) else {
        return State::unknown(format!("nothing is mounted at {path}"));
    };
    let (protection, by) = match devices(root, &mount) {
        Ok(devices) => together(devices.iter().map(|device| judge(root, device, DEEPEST))),
        Err(why) => (Protection::Unknown, why),
    };
    State::new(protection, format!("{path} on {by}"))
}

fn together(judged: impl Iterator<Item = (Protection, String)>) -> (Protection, String) {
    let states = judged.map(|(protection, detail)| State { protection, detail });
    let State { protection, detail } = State::worst(states.collect());
    (protection, detail)
}

/// A path without links, seen from below `root`, as mount points are.
fn real(root: &Path, path: &Path) -> Option<PathBuf> {
    let root = root.canonicalize().ok()?;
    let inside = path.strip_prefix("/").ok()?;
    let found = root.join(inside).canonicalize().ok()?;
    Some(Path::new("/").join(found.strip_prefix(&root).ok()?))
}

/// The folders of a mount's block devices below `sys/devices`, or why there are none.
fn devices(root: &Path, mount: &Mount) -> Result<Vec<PathBuf>, String> {
    let Mount {
        number,
        kind,
        source,
    } = mount;
    if !number.starts_with("0:") {
        let link = root.join("sys/dev/block").join(number).canonicalize();
        let unseen = |error| format!("{source}, whose device cannot be seen: {error}");
        return Ok(vec![link.map_err(unseen)?]);
    }
    // A file system over several disks has a number of its own; of btrfs the kernel tells which.
    match source.strip_prefix("/dev/") {
        Some(name) if kind == "btrfs" => of_btrfs(root, name),
        _ => Err(format!("{kind}, which is on no disk that can be seen")),
    }
}

/// All devices of the btrfs of which `/dev/<name>` is one.
fn of_btrfs(root: &Path, name: &str) -> Result<Vec<PathBuf>, String> {
    let unseen = |error: std::io::Error| {
        let why = reason(&error, "/sys/fs/btrfs/");
        format!("btrfs of /dev/{name}, whose disks cannot be seen: {why}")
    };
    let node = root.join("dev").join(name).canonicalize().map_err(unseen)?;
    let node = node.file_name().unwrap_or_default();
    let systems = std::fs::read_dir(root.join("sys/fs/btrfs")).map_err(unseen)?;
    let mut folders = systems
        .flatten()
        .map(|system| system.path().join("devices"));
    let ours = folders.find(|folder| folder.join(node).symlink_metadata().is_ok());
    let ours = ours.ok_or_else(|| format!("btrfs, and none is known with /dev/{name}"))?;
    let entries = std::fs::read_dir(ours).map_err(unseen)?;
    let devices = entries.map(|entry| entry?.path().canonicalize());
    devices.collect::<std::io::Result<_>>().map_err(unseen)
}

/// Why a folder cannot be read: a child is refused what was not granted.
fn reason(error: &std::io::Error, folder: &str) -> String {
    match error.kind() {
        std::io::ErrorKind::PermissionDenied => format!("fs.read:{folder} is not granted"),
        _ => error.to_string(),
    }
}

/// Whether the device, or all that it stands on, is encrypted, and by what that was seen.
fn judge(root: &Path, device: &Path, depth: u32) -> (Protection, String) {
    let name = device.file_name().unwrap_or_default().to_string_lossy();
    if depth == 0 {
        return (
            Protection::Unknown,
            format!("{name}, which stands on too many others"),
        );
    }
    // Mappings, RAID and loops are here, and stand on others; a disk elsewhere stands on nothing.
    let folder = root.join("sys/devices/virtual/block").canonicalize();
    let inside = folder
        .ok()
        .and_then(|folder| device.strip_prefix(folder).ok());
    let Some(inside) = inside else {
        return (Protection::Off, name.into_owned());
    };
    if let (true, Some(whole)) = (inside.components().count() > 1, device.parent()) {
        // A partition is as its disk is.
        return judge(root, whole, depth - 1);
    }
    if let Some(mapping) = encrypted_by(device) {
        return (Protection::On, format!("{name} ({mapping})"));
    }
    below(root, device, depth).unwrap_or_else(|why| (Protection::Unknown, format!("{name}: {why}")))
}

/// The kind of an encrypting mapping: `LUKS2`.
fn encrypted_by(device: &Path) -> Option<&'static str> {
    let named = std::fs::read_to_string(device.join("dm/uuid")).ok()?;
    let kind = named.strip_prefix("CRYPT-")?.split('-').next()?.trim();
    ENCRYPTING.into_iter().find(|known| *known == kind)
}

/// What the devices below one say together.
fn below(root: &Path, device: &Path, depth: u32) -> Result<(Protection, String), String> {
    let unseen = |error: std::io::Error| {
        let why = reason(&error, "/sys/devices/virtual/block/");
        format!("what it stands on cannot be seen: {why}")
    };
    let entries = std::fs::read_dir(device.join("slaves")).map_err(unseen)?;
    let real = entries.map(|entry| entry?.path().canonicalize());
    let real: Vec<PathBuf> = real.collect::<std::io::Result<_>>().map_err(unseen)?;
    match real.len() {
        // A loop or a disk in memory.
        0 => return Err("what keeps its data is not told".to_owned()),
        1..=WIDEST => {}
        _ => return Err("it stands on too many others".to_owned()),
    }
    let (protection, detail) = together(real.iter().map(|device| judge(root, device, depth - 1)));
    let name = device.file_name().unwrap_or_default().to_string_lossy();
    Ok((protection, format!("{name} on {detail}")))
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
