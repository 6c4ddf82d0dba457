//! What a process leaves behind that dies in the middle of a plugin that runs inside it: a file that
//! is mapped into memory, so that marking a call costs a store, and what is marked outlives the process.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicU8, Ordering};

use deskhook_hooks::Hook;
use memmap2::{MmapOptions, MmapRaw};
use serde::{Deserialize, Serialize};
use tempfile::{NamedTempFile, TempPath};

use crate::Manifest;

/// What an agent that stopped in order leaves beside its marks.
const IN_ORDER: &str = "stopped";
/// The longest mark, in bytes.
const LONGEST: u64 = 4096;

const IDLE: u8 = 0;
const STARTING: u8 = 1;
const ENDING: u8 = 2;
const FIRST_HOOK: u8 = 3;

/// What a plugin was doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum During {
    /// It was loaded and made.
    Starting,
    /// It was called.
    Call(Hook),
    /// It was ended.
    Ending,
}

/// A plugin in whose middle the process died that it ran in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crash {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
    /// Its library, by its hash in hex.
    pub sha256: String,
    /// What it was doing.
    pub during: During,
}

impl fmt::Display for During {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starting => f.write_str("its start"),
            Self::Call(hook) => write!(f, "{hook}"),
            Self::Ending => f.write_str("its end"),
        }
    }
}

impl During {
    fn byte(self) -> u8 {
        match self {
            Self::Starting => STARTING,
            Self::Ending => ENDING,
            Self::Call(hook) => FIRST_HOOK + hook as u8,
        }
    }

    fn of(byte: u8) -> Option<Self> {
        match byte {
            IDLE => None,
            STARTING => Some(Self::Starting),
            ENDING => Some(Self::Ending),
            byte => {
                let mut calls = Hook::ALL.into_iter().map(Self::Call);
                calls.find(|call| call.byte() == byte)
            }
        }
    }
}

/// Which library a mark is of; it stands behind the mark's first byte.
#[derive(Serialize, Deserialize)]
struct Label {
    id: String,
    version: String,
    sha256: String,
    /// The start of the system in which it was made: a machine that lost its power says nothing of a
    /// plugin. None where the system does not tell its starts apart.
    boot: Option<String>,
}

fn boot() -> Option<String> {
    fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()
}

/// What this process is doing with one plugin. Gone, file and all, when dropped.
pub(crate) struct Mark {
    // In the order in which they have to go: Windows removes no file that is mapped or open.
    byte: MmapRaw,
    /// Locked: whoever can lock it knows that its process is gone.
    _file: File,
    _path: TempPath,
}

/// Something that is under way; over when dropped.
pub(crate) struct Within<'a>(&'a Mark);

impl Drop for Within<'_> {
    fn drop(&mut self) {
        self.0.set(IDLE);
    }
}

impl Mark {
    /// A mark in that folder, which is made where it is missing.
    pub(crate) fn new(folder: &Path, manifest: &Manifest) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let mut file = NamedTempFile::new_in(folder)?;
        file.as_file().try_lock()?;
        let label = Label {
            id: manifest.id.clone(),
            version: manifest.version.clone(),
            sha256: manifest.sha256.to_ascii_lowercase(),
            boot: boot(),
        };
        keep_in_place(file.as_file());
        file.write_all(&[IDLE])?;
        file.write_all(&serde_json::to_vec(&label)?)?;
        let byte = MmapOptions::new().len(1).map_raw(file.as_file())?;
        let (file, path) = file.into_parts();
        Ok(Self {
            byte,
            _file: file,
            _path: path,
        })
    }

    /// Says what is under way until what comes back is dropped.
    pub(crate) fn within(&self, what: During) -> Within<'_> {
        self.set(what.byte());
        Within(self)
    }

    fn set(&self, byte: u8) {
        // SAFETY: one byte is mapped, for as long as this lives, and is only ever used like this.
        let mark = unsafe { AtomicU8::from_ptr(self.byte.as_mut_ptr()) };
        mark.store(byte, Ordering::Relaxed);
    }
}

/// On a file system that copies what is written, a store needs room, and a process that finds none is
/// ended: the few bytes stay where they are instead, where the file system lets them.
fn keep_in_place(file: &File) {
    #[cfg(target_os = "linux")]
    {
        use rustix::fs::{IFlags, ioctl_setflags};
        // It is empty yet, as that has to be. Most file systems copy nothing, and know no such flag.
        let _ = ioctl_setflags(file, IFlags::NOCOW);
    }
    #[cfg(not(target_os = "linux"))]
    let _ = file;
}

/// The plugins in whose middle a former process died that had its marks in that folder, since the system
/// started. Each is told again and again, until `keep` says that it is kept elsewhere.
pub fn crashes(folder: &Path, mut keep: impl FnMut(&Crash) -> bool) -> Vec<Crash> {
    let Ok(marks) = fs::read_dir(folder) else {
        return vec![];
    };
    let in_order = fs::remove_file(folder.join(IN_ORDER)).is_ok();
    let mut crashes = vec![];
    for path in marks.flatten().map(|mark| mark.path()) {
        // One that is locked is of a process that lives.
        let Ok(crash) = left(&path) else { continue };
        let crash = crash.filter(|_| !in_order);
        if crash.as_ref().is_none_or(&mut keep) {
            let _ = fs::remove_file(&path);
        }
        crashes.extend(crash);
    }
    crashes
}

/// The same for somebody who only looks: nothing is removed, and nothing counts as told.
pub fn crashes_left(folder: &Path) -> Vec<Crash> {
    if folder.join(IN_ORDER).exists() {
        return vec![];
    }
    let marks = fs::read_dir(folder).into_iter().flatten().flatten();
    let left = marks.filter_map(|mark| left(&mark.path()).ok()?);
    left.collect()
}

/// This process stops in order: whatever it is still in the middle of is not what ends it.
pub fn stops_in_order(folder: &Path) -> io::Result<()> {
    if folder.is_dir() {
        fs::write(folder.join(IN_ORDER), "")?;
    }
    Ok(())
}

/// What a process that is gone left in that file.
fn left(path: &Path) -> io::Result<Option<Crash>> {
    // A lock for one alone needs a handle to write with on some network file systems.
    let file = OpenOptions::new().read(true).write(true).open(path)?;
    file.try_lock()?;
    let mut bytes = vec![];
    file.take(LONGEST).read_to_end(&mut bytes)?;
    Ok(crash(&bytes))
}

fn crash(mark: &[u8]) -> Option<Crash> {
    let (byte, label) = mark.split_first()?;
    let during = During::of(*byte)?;
    let label: Label = serde_json::from_slice(label).ok()?;
    let Label {
        id,
        version,
        sha256,
        ..
    } = label;
    (label.boot == boot()).then_some(Crash {
        id,
        version,
        sha256,
        during,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let text = serde_json::json!({
            "id": "org.example.zone", "version": "1.2.0", "publisher": "Example",
            "abi": "1.0", "hooks": ["session.request"], "sha256": "AB".repeat(32),
            "library": "zone",
        });
        Manifest::of_bytes(text.to_string().as_bytes(), Path::new("it")).unwrap()
    }

    /// The folder as it is when the process is gone: its files, which nobody has locked.
    fn gone(folder: &Path) -> tempfile::TempDir {
        let left = tempfile::tempdir().unwrap();
        for file in fs::read_dir(folder).unwrap().flatten() {
            fs::copy(file.path(), left.path().join(file.file_name())).unwrap();
        }
        left
    }

    /// What is told, and kept.
    fn told(folder: &Path) -> Vec<Crash> {
        crashes(folder, |_| true)
    }

    #[test]
    fn what_a_process_died_in_the_middle_of_is_told_once() {
        let folder = tempfile::tempdir().unwrap();
        let marks = folder.path().join("marks");
        assert_eq!(told(&marks), [], "nothing ever ran there");
        let mark = Mark::new(&marks, &manifest()).unwrap();
        let all = Hook::ALL.into_iter().map(During::Call);
        for during in all.chain([During::Starting, During::Ending]) {
            let within = mark.within(during);
            let left = gone(&marks);
            drop(within);
            let crash = Crash {
                id: "org.example.zone".to_owned(),
                version: "1.2.0".to_owned(),
                sha256: "ab".repeat(32),
                during,
            };
            for _ in 0..2 {
                let unkept = crashes(left.path(), |_| false);
                assert_eq!(unkept, std::slice::from_ref(&crash), "nobody keeps it");
                assert_eq!(crashes_left(left.path()), unkept);
            }
            assert_eq!(told(left.path()), [crash]);
            assert_eq!(told(left.path()), []);
            assert_eq!(fs::read_dir(left.path()).unwrap().count(), 0);
        }
        assert_eq!(told(gone(&marks).path()), [], "it was not called");
    }

    #[test]
    fn what_still_runs_and_what_stopped_in_order_did_not_die() {
        let folder = tempfile::tempdir().unwrap();
        let mark = Mark::new(folder.path(), &manifest()).unwrap();
        let within = mark.within(During::Call(Hook::Timer));
        assert_eq!(told(folder.path()), [], "it lives");
        stops_in_order(folder.path()).unwrap();
        let left = gone(folder.path());
        assert_eq!(told(left.path()), []);
        assert_eq!(fs::read_dir(left.path()).unwrap().count(), 0);
        drop(within);
        drop(mark);
        assert_eq!(told(folder.path()), []);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        stops_in_order(&folder.path().join("never")).unwrap();
    }

    #[test]
    fn a_machine_that_lost_its_power_says_nothing_of_a_plugin() {
        let folder = tempfile::tempdir().unwrap();
        let mark = Mark::new(folder.path(), &manifest()).unwrap();
        let _within = mark.within(During::Starting);
        let left = gone(folder.path());
        for file in fs::read_dir(left.path()).unwrap().flatten() {
            let text = String::from_utf8(fs::read(file.path()).unwrap()).unwrap();
            let (label, _) = text.split_once(",\"boot\":").unwrap();
            fs::write(file.path(), format!("{label},\"boot\":\"another\"}}")).unwrap();
        }
        assert_eq!(told(left.path()), []);
        assert_eq!(fs::read_dir(left.path()).unwrap().count(), 0);
    }

    #[test]
    fn what_is_no_mark_tells_nothing_and_goes() {
        let folder = tempfile::tempdir().unwrap();
        for (name, bytes) in [
            ("empty", &b""[..]),
            ("torn", b"\x03{\"id\":"),
            ("odd", b"\xff{}"),
        ] {
            fs::write(folder.path().join(name), bytes).unwrap();
        }
        assert_eq!(told(folder.path()), []);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
