//! A check of an extension runs in a child: what it comes to is told, and what becomes of the child.

use deskhook_isolate::{CheckError, Printed, Process};
use deskhook_wire::Confinement;

use crate::{ABORTED, call, open, opening, process, program};

#[test]
fn what_a_check_finds_comes_back_and_the_child_stays() {
    let process = process();
    let opening = opening("probe", "good");
    let findings = process.check(&opening, "good").unwrap();
    assert_eq!(findings.notes, ["good of probe"]);
    assert_eq!(findings.problems, [""; 0]);
    let pid = process.pid();
    for (check, told) in [
        ("no such", "there is no check \"no such\""),
        ("panic oh no", "oh no"),
    ] {
        let error = process.check(&opening, check).unwrap_err();
        assert!(matches!(error, CheckError::Refused(_)), "{error}");
        assert_eq!(error.to_string(), told);
    }
    assert_eq!(process.pid(), pid, "nothing ended it");
    let extension = open(&process, "probe");
    assert_eq!(call(&extension, "echo 1").unwrap(), "echo 1");
}

#[test]
fn a_step_that_does_not_come_back_is_named_and_ends_the_child() {
    let process = process();
    let error = process.check(&opening("probe", "good"), "hang here");
    let error = error.unwrap_err();
    let told = "hang here did not answer within 0.5 s";
    assert_eq!(error.to_string(), told);
    assert_eq!(error.waited().as_millis(), 500);
    assert_eq!(process.pid(), None, "the child is gone");
}

#[test]
fn a_death_tells_the_step_and_what_was_printed() {
    let printed = Printed::default();
    let confinement = Confinement {
        memory_mib: 256,
        native: None,
    };
    let process = Process::heard("probe", program(&[]), confinement, &printed);
    let error = process.check(&opening("probe", "good"), "abort");
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("abort: its process died ("), "{error}");
    assert!(error.contains(ABORTED), "{error}");
    assert_eq!(printed.text(), "last words");
}

#[test]
fn a_check_touches_no_more_than_the_extension_may() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    let check = format!("write {}", file.display());
    let findings = process().check(&opening("probe", "good"), &check).unwrap();
    if crate::holds() {
        assert_ne!(findings.problems, ["written"]);
        assert!(!file.exists());
    }
}
