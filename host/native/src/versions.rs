//! Which versions of plugins ran here: what was replaced because of a hole does not come back.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

const FILE: &str = "versions.json";
/// Whoever writes holds this file's lock: agents of one account may share the folder.
const TURN: &str = "versions.lock";
/// How long a turn of others is waited for, and how often it is looked.
const LONGEST_TURN: Duration = Duration::from_secs(5);
const PACE: Duration = Duration::from_millis(5);
/// The largest file that is read, in bytes: some ten thousand plugins.
const LARGEST: u64 = 1 << 20;

/// Why it cannot be told, or written down, which versions of plugins ran.
#[derive(Debug, thiserror::Error)]
pub enum VersionsError {
    /// It is a folder, a link, a pipe.
    #[error("{} is not a file: {REMEDY}", .0.display())]
    NoFile(PathBuf),
    /// It is larger than what was written there.
    #[error("{} is larger than 1 MiB: {REMEDY}", .0.display())]
    TooLarge(PathBuf),
    /// It cannot be read.
    #[error("cannot read {}: let this account read it", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It does not say for each plugin which version ran.
    #[error("{} is no list of versions: {REMEDY}", path.display())]
    Form {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// It cannot be written.
    #[error("cannot write {}: let this account write to its folder", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// What to do where the file is not what was written.
const REMEDY: &str = "restore it, or remove it if older versions of plugins may run here once more; then start the agent again";

/// What ran of one plugin.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Ran {
    /// The newest version, and nothing that was newest before.
    One(String),
    /// The newest version, and what was newest before that came.
    Two { newest: String, before: String },
}

impl Ran {
    fn newest(&self) -> &str {
        match self {
            Self::One(newest) | Self::Two { newest, .. } => newest,
        }
    }
}

type All = BTreeMap<String, Ran>;

/// The newest version of `id` that ran, by what [`ran`] wrote into `folder`.
pub(crate) fn newest(folder: &Path, id: &str) -> Result<Option<String>, VersionsError> {
    let all = read(&folder.join(FILE))?;
    Ok(all.get(id).map(|ran| ran.newest().to_owned()))
}

/// Remembers in `folder`, which is private, that this version of `id` runs, unless a newer one did.
/// What cannot be read is left as it is.
pub fn ran(folder: &Path, id: &str, version: &str) -> Result<(), VersionsError> {
    let newest = version.to_owned();
    change(folder, id, |ran| match ran {
        Some(ran) if !is_older(ran.newest(), version) => None,
        Some(ran) => Some(Ran::Two {
            before: ran.newest().to_owned(),
            newest,
        }),
        None => Some(Ran::One(newest)),
    })
}

/// Forgets in `folder` that version `from` of `id` ran, which failed while it was new: `to` runs again.
/// What ran beside and is newer is not forgotten, and neither is what was newest before `from` came.
pub fn fell_back(folder: &Path, id: &str, (from, to): (&str, &str)) -> Result<(), VersionsError> {
    change(folder, id, |ran| match ran {
        Some(Ran::Two { newest, before }) if newest == from && is_older(to, before) => {
            Some(Ran::One(before.clone()))
        }
        Some(ran) if ran.newest() == from => Some(Ran::One(to.to_owned())),
        _ => None,
    })
}

/// Writes down what `decide` makes of what ran of `id`, if it makes anything of it.
fn change(
    folder: &Path,
    id: &str,
    decide: impl FnOnce(Option<&Ran>) -> Option<Ran>,
) -> Result<(), VersionsError> {
    let path = folder.join(FILE);
    let failed = |source| VersionsError::Write {
        path: path.clone(),
        source,
    };
    let _turn = turn(folder).map_err(failed)?;
    let mut all = read(&path)?;
    let Some(ran) = decide(all.get(id)) else {
        return Ok(());
    };
    all.insert(id.to_owned(), ran);
    write(&path, &all).map_err(failed)
}

/// Held until it is dropped. Whoever else holds it writes a few lines, and is not waited for for ever.
fn turn(folder: &Path) -> io::Result<File> {
    let file = File::create(folder.join(TURN))?;
    let until = Instant::now() + LONGEST_TURN;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::Error(error)) => return Err(error),
            Err(TryLockError::WouldBlock) if Instant::now() >= until => {
                let why = format!("another process has kept {TURN} locked for too long");
                return Err(io::Error::new(io::ErrorKind::TimedOut, why));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(PACE),
        }
    }
}

fn write(path: &Path, all: &All) -> io::Result<()> {
    let mut fresh = tempfile::NamedTempFile::new_in(path.parent().unwrap_or(path))?;
    fresh.write_all(&serde_json::to_vec_pretty(all)?)?;
    fresh.as_file().sync_all()?;
    fresh.persist(path)?;
    Ok(())
}

fn read(path: &Path) -> Result<All, VersionsError> {
    let failed = |source| VersionsError::Read {
        path: path.to_owned(),
        source,
    };
    // A pipe is not even opened: nobody may ever write into it.
    let metadata = match std::fs::symlink_metadata(path) {
        Ok(metadata) => metadata,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        Err(error) => return Err(failed(error)),
    };
    if !metadata.is_file() {
        return Err(VersionsError::NoFile(path.to_owned()));
    }
    if metadata.len() > LARGEST {
        return Err(VersionsError::TooLarge(path.to_owned()));
    }
    let bytes = std::fs::read(path).map_err(failed)?;
    serde_json::from_slice(&bytes).map_err(|source| VersionsError::Form {
        path: path.to_owned(),
        source,
    })
}

/// Whether version `one` comes before `other`: part by part, numbers as numbers, and with something
/// behind a `-` before the same without (`1.2.0-rc1` before `1.2.0`). A part that begins with no number
/// comes before every one that does: `v1`, written once by mistake, keeps no later version out.
pub(crate) fn is_older(one: &str, other: &str) -> bool {
    let ((one, one_trial), (other, other_trial)) = (split(one), split(other));
    let order = parts((one, other), part).then_with(|| match (one_trial, other_trial) {
        (None, None) => Ordering::Equal,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(one), Some(other)) => parts((one, other), trial_part),
    });
    order == Ordering::Less
}

fn split(version: &str) -> (&str, Option<&str>) {
    // What is behind a `+` says how it was built.
    let version = version.split('+').next().unwrap_or_default();
    match version.split_once('-') {
        Some((version, trial)) => (version, Some(trial)),
        None => (version, None),
    }
}

fn parts((one, other): (&str, &str), part: fn(&str, &str) -> Ordering) -> Ordering {
    let (mut one, mut other) = (one.split('.'), other.split('.'));
    loop {
        let order = match (one.next(), other.next()) {
            (None, None) => return Ordering::Equal,
            // A part that is missing is zero.
            (one, other) => part(one.unwrap_or("0"), other.unwrap_or("0")),
        };
        if order != Ordering::Equal {
            return order;
        }
    }
}

/// `1` before `1w` before `2`.
fn part(one: &str, other: &str) -> Ordering {
    let numbered = |part: &str| {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        (number.parse::<u64>().ok(), rest.to_owned())
    };
    numbered(one).cmp(&numbered(other))
}

/// As semantic versions have it: numbers before words.
fn trial_part(one: &str, other: &str) -> Ordering {
    match (one.parse::<u64>(), other.parse::<u64>()) {
        (Ok(one), Ok(other)) => one.cmp(&other),
        (Ok(_), Err(_)) => Ordering::Less,
        (Err(_), Ok(_)) => Ordering::Greater,
        (Err(_), Err(_)) => one.cmp(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_older_by_their_numbers() {
        for (one, other) in [
            ("1.9.0", "1.10.0"),
            ("1.0", "1.0.1"),
            ("1.2.0-rc1", "1.2.0"),
            ("1.2.0-rc.1", "1.2.0-rc.2"),
            ("1.2.0-1", "1.2.0-rc"),
            ("2", "10"),
            ("1.1.1", "1.1.1w"),
            ("1.1.1w", "1.1.2"),
            ("v1", "1"),
            ("1.x.0", "1.1.0"),
        ] {
            assert!(is_older(one, other), "{one} {other}");
            assert!(!is_older(other, one), "{other} {one}");
        }
        for (one, other) in [("1.0", "1.0.0"), ("1.0+a", "1.0+b"), ("x", "x")] {
            assert!(
                !is_older(one, other) && !is_older(other, one),
                "{one} {other}"
            );
        }
    }

    #[test]
    fn the_newest_version_that_ran_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let newest = || newest(folder.path(), "a").unwrap();
        assert_eq!(newest(), None);
        for (version, kept) in [("1.1", "1.1"), ("1.0", "1.1"), ("1.2", "1.2")] {
            ran(folder.path(), "a", version).unwrap();
            assert_eq!(newest().as_deref(), Some(kept));
        }
        ran(folder.path(), "b", "0.1").unwrap();
        assert_eq!(newest().as_deref(), Some("1.2"));
        // What failed while it was new never ran; another that ran since did.
        fell_back(folder.path(), "a", ("1.1", "1.0")).unwrap();
        assert_eq!(newest().as_deref(), Some("1.2"));
        fell_back(folder.path(), "a", ("1.2", "1.1")).unwrap();
        assert_eq!(newest().as_deref(), Some("1.1"));
        // What ran well in between keeps its place, also where an older one runs again.
        ran(folder.path(), "a", "2.0").unwrap();
        ran(folder.path(), "a", "2.1").unwrap();
        fell_back(folder.path(), "a", ("2.1", "1.1")).unwrap();
        assert_eq!(newest().as_deref(), Some("2.0"));
    }

    #[test]
    fn a_list_that_is_not_as_it_was_written_says_what_to_do_and_stays() {
        let deep = "[".repeat(4096);
        let huge = format!("{{\"a\": \"{}\"}}", "1".repeat(1 << 20));
        for text in ["", "{", "\0\u{1}", "[]", "{\"a\": 1}", &*deep, &*huge] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join(FILE);
            std::fs::write(&path, text).unwrap();
            let unread = newest(folder.path(), "a").unwrap_err().to_string();
            let unwritten = ran(folder.path(), "b", "1.0").unwrap_err().to_string();
            for said in [unread, unwritten] {
                assert!(said.contains(FILE) && said.contains("restore it"), "{said}");
            }
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(FILE)).unwrap();
        let refused = ran(folder.path(), "a", "1.0").unwrap_err();
        assert!(matches!(refused, VersionsError::NoFile(_)), "{refused}");
        let nowhere = folder.path().join("nowhere");
        let refused = ran(&nowhere, "a", "1.0").unwrap_err();
        assert!(matches!(refused, VersionsError::Write { .. }), "{refused}");
    }

    #[test]
    fn whoever_writes_at_once_loses_no_other_entry() {
        let folder = tempfile::tempdir().unwrap();
        let ids: Vec<_> = (0..8).map(|at| format!("plugin-{at}")).collect();
        std::thread::scope(|scope| {
            for id in &ids {
                let folder = folder.path();
                scope.spawn(move || {
                    for minor in 0..10 {
                        ran(folder, id, &format!("1.{minor}")).unwrap();
                    }
                });
            }
        });
        for id in &ids {
            assert_eq!(newest(folder.path(), id).unwrap().as_deref(), Some("1.9"));
        }
    }
}
