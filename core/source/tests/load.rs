//! Reading layer files, and what stays when one of them breaks.

use std::path::{Path, PathBuf};

use deskhook_policy::{Severity, Subject};
use deskhook_source::{LastGood, Loaded, inspect, load};

const TENANT: &str = r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.Enabled": true, "Session.MaxMinutes": 60}}"#;

/// A policy folder and a state folder of its own.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("policy.d")).expect("a folder in it");
        Self { folder }
    }

    fn policy(&self) -> PathBuf {
        self.folder.path().join("policy.d")
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let path = self.policy().join(name);
        std::fs::write(&path, text).expect("the file is written");
        path
    }

    fn state(&self) -> LastGood {
        LastGood::in_folder(&self.folder.path().join("state"))
    }

    fn load(&self) -> Loaded {
        load(&[self.policy()], &Subject::everyone(), Some(&self.state()))
    }
}

fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.problems.iter().map(|problem| problem.code).collect()
}

fn minutes(loaded: &Loaded) -> Option<u32> {
    loaded.resolved.policy.session.max_minutes
}

#[test]
fn layer_files_are_read_in_order_and_nothing_else_is() {
    let place = Place::new();
    place.write("b.json", TENANT);
    place.write("a.kv", "Key = Session.MaxMinutes\nValue = 30\n");
    for other in [".hidden.json", "notes.txt", "b.json~", ".#b.json"] {
        place.write(other, "not a layer");
    }
    std::fs::create_dir(place.policy().join("below.json.d")).unwrap();
    let loaded = place.load();
    assert_eq!(loaded.problems, []);
    let names: Vec<_> = loaded
        .files
        .iter()
        .filter_map(|path| path.file_name())
        .collect();
    assert_eq!(names, ["a.kv", "b.json"]);
    assert_eq!(minutes(&loaded), Some(30));
}

#[test]
fn a_folder_that_is_not_there_holds_no_layers() {
    let loaded = load(
        &[PathBuf::from("/nowhere/policy.d")],
        &Subject::everyone(),
        None,
    );
    assert_eq!(loaded.problems, []);
    assert!(loaded.resolved.policy.clients.is_empty());
}

#[test]
fn a_file_that_breaks_keeps_its_last_good_version_across_restarts() {
    let place = Place::new();
    place.write("a.json", TENANT);
    place.write("g.kv", "Key = Session.MaxMinutes\nValue = 30\n");
    assert_eq!(minutes(&place.load()), Some(30));
    place.write("g.kv", "Key = Session.MaxMinutes\nValue = {30\n");
    for _ in 0..2 {
        let loaded = place.load();
        assert_eq!(minutes(&loaded), Some(30));
        assert_eq!(loaded.resolved.policy.clients.len(), 1);
        assert!(
            codes(&loaded).contains(&"last-good-used"),
            "{:?}",
            loaded.problems
        );
        assert_eq!(loaded.problems[0].severity, Severity::Error);
        assert_eq!(loaded.problems[0].place.line(), 2);
    }
    place.write("g.kv", "Key = Session.MaxMinutes\nValue = 15\n");
    assert_eq!(minutes(&place.load()), Some(15));
}

#[test]
fn a_removed_file_is_gone_for_good() {
    let place = Place::new();
    place.write("a.json", TENANT);
    let group = place.write("g.kv", "Key = Session.MaxMinutes\nValue = 30\n");
    place.load();
    std::fs::remove_file(&group).unwrap();
    assert_eq!(minutes(&place.load()), Some(60));
    place.write("g.kv", "broken");
    assert_eq!(minutes(&place.load()), Some(60));
}

#[test]
fn a_new_file_that_was_never_good_leaves_the_last_good_policy() {
    let place = Place::new();
    place.write("a.json", TENANT);
    let before = place.load().resolved.policy;
    place.write("new.json", "{");
    let loaded = place.load();
    assert_eq!(loaded.resolved.policy, before);
    assert_eq!(codes(&loaded), ["missing-bracket"]);
}

#[test]
fn where_nothing_was_ever_good_a_broken_file_turns_integrations_off() {
    let place = Place::new();
    assert_eq!(place.load().refused, 0, "an empty folder is no policy");
    place.write("a.json", TENANT);
    place.write("b.json", "{");
    for _ in 0..2 {
        let loaded = place.load();
        assert!(loaded.resolved.policy.clients.is_empty());
        assert_eq!(loaded.resolved.policy.tree.get("Integration"), None);
        assert_eq!((minutes(&loaded), loaded.refused), (Some(60), 1));
    }
    place.write("b.json", r#"{"scope": "tenant"}"#);
    assert_eq!(place.load().resolved.policy.clients.len(), 1);
}

#[test]
fn what_is_too_large_not_text_or_not_a_file_is_refused_with_its_name() {
    let place = Place::new();
    place.write("a.json", vec![b' '; 300 * 1024]);
    place.write("b.json", b"{\"scope\": \"tenant\xff\"}");
    std::fs::create_dir(place.policy().join("c.json")).unwrap();
    let loaded = place.load();
    assert_eq!(codes(&loaded), ["too-large", "not-utf8", "unreadable"]);
    let where_ = |i: usize| loaded.problems[i].place.to_string();
    assert!(where_(1).ends_with("b.json:1:18"), "{}", where_(1));
    assert!(where_(2).ends_with("c.json:1:1"));
}

#[cfg(unix)]
#[test]
fn a_link_to_a_file_is_read_and_one_to_a_device_or_pipe_is_not_waited_for() {
    use std::os::unix::fs::symlink;
    let place = Place::new();
    let target = place.folder.path().join("real");
    std::fs::write(&target, TENANT).unwrap();
    symlink(&target, place.policy().join("a.json")).unwrap();
    symlink("/dev/zero", place.policy().join("b.json")).unwrap();
    symlink(place.policy().join("none"), place.policy().join("c.json")).unwrap();
    let pipe = place.policy().join("d.json");
    let made = std::process::Command::new("mkfifo")
        .arg(&pipe)
        .status()
        .unwrap();
    assert!(made.success());
    let loaded = place.load();
    assert_eq!(minutes(&loaded), Some(60));
    assert_eq!(codes(&loaded), ["unreadable"; 3]);
}

#[test]
fn a_damaged_memory_is_no_memory() {
    let place = Place::new();
    place.write("a.json", TENANT);
    place.load();
    std::fs::write(place.state().file(), "{\"version\": 1, \"files\"").unwrap();
    assert_eq!(place.load().resolved.policy.clients.len(), 1);
    place.write("a.json", "{");
    assert_eq!(place.load().resolved.policy.clients.len(), 1);
}

#[test]
fn a_state_that_cannot_be_kept_is_told_and_changes_nothing() {
    let place = Place::new();
    place.write("a.json", TENANT);
    std::fs::write(place.folder.path().join("state"), "a file").unwrap();
    let loaded = place.load();
    assert_eq!(codes(&loaded), ["last-good-not-kept"]);
    assert_eq!(minutes(&loaded), Some(60));
}

#[test]
fn single_files_may_be_named_whatever_their_ending() {
    let place = Place::new();
    let path = place.write("policy.conf", TENANT);
    let loaded = load(&[path.clone(), path], &Subject::everyone(), None);
    assert_eq!((minutes(&loaded), loaded.files.len()), (Some(60), 1));
    assert!(Path::new(&loaded.files[0]).ends_with("policy.conf"));
}

#[test]
fn layers_are_read_without_applying_them_and_a_refused_one_is_left_out() {
    let place = Place::new();
    place.write("a.json", TENANT);
    place.write(
        "b.json",
        r#"{"scope": "group", "name": "Berlin", "settings": {}}"#,
    );
    place.write("c.json", "{");
    let found = inspect(&[place.policy()], &Subject::everyone());
    let names: Vec<&str> = found
        .layers
        .iter()
        .map(|layer| layer.name().name.as_str())
        .collect();
    assert_eq!(names, ["", "Berlin"]);
    assert_eq!(
        (
            found.files.len(),
            found.refused,
            found.file_problems().len()
        ),
        (3, 1, 1)
    );
}
