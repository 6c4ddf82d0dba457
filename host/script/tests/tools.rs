//! What authors of packages rely on: scaffold, check, test, run.

use std::path::{Path, PathBuf};

use deskhook_hooks::{Fault, Hook};
use deskhook_script::{Fakes, check, junit, run, scaffold, test};
use serde_json::json;

struct Folder(tempfile::TempDir);

impl Folder {
    fn package(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a test is right about its own files"));
        for (path, text) in files {
            let path = folder.0.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a test is right about its own files"))
                .expect("a test is right about its own files");
            std::fs::write(path, text).expect("a test is right about its own files");
        }
        folder
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("sample")
    }
}

const MANIFEST: &str =
    r#"{"name": "sample", "version": "1.0.0", "api": 1, "hooks": ["session.request"]}"#;

fn sample(init: &str, tests: &str) -> Folder {
    Folder::package(&[
        ("sample/deskhook.json", MANIFEST),
        ("sample/init.lua", init),
        ("sample/tests/all.lua", tests),
    ])
}

#[test]
fn a_scaffolded_package_passes_its_own_check_and_tests() {
    let dir = tempfile::tempdir().unwrap();
    scaffold("first-hook", dir.path()).unwrap();
    let root = dir.path().join("first-hook");
    assert_eq!(check(&root), []);
    let report = test(&root, None).unwrap();
    assert!(report.passed(), "{report:?}");
    assert_eq!(report.cases.len(), 3);
    assert!(scaffold("first-hook", dir.path()).is_err());
    assert!(scaffold("../x", dir.path()).is_err());
}

#[test]
fn every_shipped_package_passes_its_own_check_and_tests() {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/packages");
    let packages = deskhook_script::discover(&packages);
    assert!(packages.len() >= 3, "{packages:?}");
    for root in packages {
        assert_eq!(check(&root), [], "{}", root.display());
        let report = test(&root, None).unwrap();
        assert!(report.passed(), "{:#?}", report.cases);
        assert!(report.cases.len() >= 5, "{} has few tests", root.display());
        assert!(root.join("README.md").is_file(), "{}", root.display());
    }
}

const ECHO: &str = r#"
deskhook.on("session.request", function(ctx)
  deskhook.log.info("asked by", ctx.person.name)
  if ctx.reason == "yes" then return deskhook.allow() end
  if ctx.reason == "ask" then return deskhook.ask{ title = "Sure?", message = "Really?" } end
  if ctx.reason == "fail" then error("broken") end
  if ctx.reason then return deskhook.deny{ code = "no", message = "No." } end
end)
"#;

#[test]
fn a_failed_test_says_where_and_what_was_expected() {
    let tests = r#"
test("passes", function(t)
  t.allowed(t.run("session.request", { reason = "yes" }))
  t.asked(t.run("session.request", { reason = "ask" }), "Sure?")
  t.abstained(t.run("session.request"))
  t.denied(t.run("session.request", { reason = "fail" }), "check-failed")
  t.failed(t.run("session.request", { reason = "fail" }), "broken")
  t.equal(t.logs()[1], "asked by kim")
end)
test("wrong code", function(t)
  t.denied(t.run("session.request", { reason = "no" }), "closed")
end)
test("wrong value", function(t)
  t.equal({ a = 1, b = { 1, 2 } }, { a = 1, b = { 1, 3 } })
end)
test("slip", function(t)
  t.run("session.request", { reson = "no" })
end)
"#;
    let report = test(&sample(ECHO, tests).path(), None).unwrap();
    let failures: Vec<_> = report
        .cases
        .iter()
        .map(|case| {
            case.failure
                .as_ref()
                .map(|f| (f.place.clone().unwrap(), f.message.clone()))
        })
        .collect();
    assert_eq!(failures[0], None);
    let (place, message) = failures[1].clone().unwrap();
    assert_eq!(place, "sample/tests/all.lua:11");
    assert_eq!(
        message,
        "t.denied: expected deny \"closed\", got deny \"no\": No."
    );
    let (place, message) = failures[2].clone().unwrap();
    assert_eq!(place, "sample/tests/all.lua:14");
    assert!(message.contains("  -     3,\n  +     2,\n"), "{message}");
    assert!(
        failures[3]
            .clone()
            .unwrap()
            .1
            .contains("did you mean \"reason\"?")
    );
    let only = test(&sample(ECHO, tests).path(), Some("wrong")).unwrap();
    assert_eq!(only.cases.len(), 2);
    let xml = junit(&[report]);
    assert!(
        xml.contains("<testsuite name=\"sample\" tests=\"4\" failures=\"3\""),
        "{xml}"
    );
    assert!(xml.contains("expected deny &quot;closed&quot;"), "{xml}");
}

#[test]
fn a_test_that_never_ends_fails_and_the_others_run() {
    let tests = "test('a', function() error({}) end)\ntest('b', function(t) t.equal(1, 1) end)";
    let report = test(&sample(ECHO, tests).path(), None).unwrap();
    assert_eq!(report.failures(), 1);
    let broken = test(&sample(ECHO, "test('a', ").path(), None).unwrap();
    assert_eq!(broken.failures(), 1);
    assert!(
        broken.cases[0]
            .failure
            .as_ref()
            .unwrap()
            .message
            .contains("tests/all.lua:1")
    );
}

#[test]
fn a_dry_run_denies_when_the_script_does_and_when_it_fails() {
    let folder = sample(ECHO, "");
    let ran = |input| {
        run(
            &folder.path(),
            Hook::SessionRequest,
            input,
            Fakes::default(),
        )
        .unwrap()
    };
    assert!(!ran(json!({"reason": "yes"})).denies());
    assert!(!ran(json!({})).denies());
    assert!(ran(json!({"reason": "no"})).denies());
    let failed = ran(json!({"reason": "fail"}));
    assert!(failed.denies());
    let Err(Fault::Failed { message, place }) = failed.answer else {
        panic!("{:?}", failed.answer);
    };
    assert_eq!(
        (message.as_str(), place.as_deref()),
        ("broken", Some("sample/init.lua:6"))
    );
    assert!(run(&folder.path(), Hook::TrayMenu, json!({}), Fakes::default()).is_err());
}
