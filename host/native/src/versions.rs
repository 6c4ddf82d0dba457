//! Which versions of plugins ran here: what was replaced because of a hole does not come back.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

const FILE: &str = "versions.json";
/// Agents of one process write one after the other.
static WRITING: Mutex<()> = Mutex::new(());

/// The newest version of `id` that ran, by what [`ran`] wrote into `folder`.
pub(crate) fn newest(folder: &Path, id: &str) -> io::Result<Option<String>> {
    Ok(read(folder)?.remove(id))
}

/// Remembers in `folder`, which is private, that this version of `id` runs, unless a newer one did.
pub fn ran(folder: &Path, id: &str, version: &str) -> io::Result<()> {
    let _turn = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let mut all = read(folder)?;
    let is_known = all.get(id).is_some_and(|before| !is_older(before, version));
    if is_known {
        return Ok(());
    }
    all.insert(id.to_owned(), version.to_owned());
    let mut fresh = tempfile::NamedTempFile::new_in(folder)?;
    fresh.write_all(&serde_json::to_vec_pretty(&all)?)?;
    fresh.as_file().sync_all()?;
    fresh.persist(folder.join(FILE))?;
    Ok(())
}

fn read(folder: &Path) -> io::Result<BTreeMap<String, String>> {
    match std::fs::read(folder.join(FILE)) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(BTreeMap::new()),
        Err(error) => Err(error),
    }
}

/// Whether version `one` comes before `other`: part by part, numbers as numbers, and with something
/// behind a `-` before the same without (`1.2.0-rc1` before `1.2.0`).
pub(crate) fn is_older(one: &str, other: &str) -> bool {
    let ((one, one_trial), (other, other_trial)) = (split(one), split(other));
    let order = parts(one, other).then_with(|| match (one_trial, other_trial) {
        (None, None) => Ordering::Equal,
        (Some(_), None) => Ordering::Less,
        (None, Some(_)) => Ordering::Greater,
        (Some(one), Some(other)) => parts(one, other),
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

fn parts(one: &str, other: &str) -> Ordering {
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

fn part(one: &str, other: &str) -> Ordering {
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
        std::fs::write(folder.path().join(FILE), "{").unwrap();
        assert!(super::newest(folder.path(), "a").is_err(), "not forgotten");
    }
}
