//! Every file that the guide for integrators shows is a file that works.

use std::path::Path;

use deskhook_hooks::Hook;
use deskhook_script::{Fakes, REFERENCE, check, run, scaffold, test};

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/README.md");
    std::fs::read_to_string(path).expect("a test is right about its own files")
}

/// The blocks behind `<!-- file: NAME -->`.
fn files(guide: &str) -> Vec<(&str, &str)> {
    let parts = guide.split("<!-- file: ").skip(1);
    parts
        .map(|part| {
            let (name, rest) = part
                .split_once(" -->")
                .expect("a test is right about its own files");
            let (_, block) = rest
                .split_once("```")
                .expect("a test is right about its own files");
            let (_, block) = block
                .split_once('\n')
                .expect("a test is right about its own files");
            (
                name,
                block
                    .split_once("```")
                    .expect("a test is right about its own files")
                    .0,
            )
        })
        .collect()
}

#[test]
fn the_first_hook_of_the_guide_passes_its_check_and_tests() {
    let (dir, guide) = (tempfile::tempdir().unwrap(), guide());
    let root = dir.path().join("no-weekends");
    for (name, text) in files(&guide) {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    assert_eq!(check(&root), []);
    let report = test(&root, None).unwrap();
    assert!(report.passed(), "{report:?}");
    assert_eq!(report.cases.len(), 2);
}

#[test]
fn the_guide_names_every_function() {
    let guide = guide();
    for entry in REFERENCE {
        let last = entry.name.rsplit('.').next().unwrap();
        assert!(guide.contains(last), "{} is not in the guide", entry.name);
    }
}

#[test]
fn the_hook_of_the_front_door_denies_without_a_ticket() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md");
    let front = std::fs::read_to_string(path).unwrap();
    let dir = tempfile::tempdir().unwrap();
    scaffold("no-ticket", dir.path()).unwrap();
    let root = dir.path().join("no-ticket");
    let (_, hook) = files(&front)[0];
    std::fs::write(root.join("init.lua"), hook).unwrap();
    let run = |input| run(&root, Hook::SessionRequest, input, Fakes::default()).unwrap();
    assert!(run(serde_json::json!({"reason": "printer"})).denies());
    assert!(!run(serde_json::json!({"ticket": "1"})).denies());
}
