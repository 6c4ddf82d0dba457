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
    let settings = std::fs::read_to_string(root.join(".luarc.json")).unwrap();
    let settings: serde_json::Value = serde_json::from_str(&settings).unwrap();
    let library = settings["workspace.library"][0].as_str().unwrap();
    let stubs = std::fs::read_to_string(root.join(library).join("deskhook.lua")).unwrap();
    assert_eq!(stubs, deskhook_script::luals_stubs());
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
        let notes: Vec<&String> = report.cases.iter().flat_map(|case| &case.notes).collect();
        assert_eq!(notes, [""; 0], "{}", root.display());
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

#[test]
fn what_was_faked_in_vain_and_what_was_not_faked_is_told() {
    let manifest = MANIFEST.replace(
        "\"api\": 1",
        "\"api\": 1, \"capabilities\": [\"net:*\", \"policy:Hours\", \"exec:/bin/x\"]",
    );
    let init = r#"deskhook.on("session.request", function()
      deskhook.policy.get("Hours.Open")
      pcall(deskhook.http.get, "https://a.example/")
      pcall(deskhook.exec, "/bin/x")
    end)"#;
    let tests = r#"test("a", function(t)
      t.policy{ Hours = { Open = 1 }, Other = 2 }
      t.http("https://b.example/", { status = 200 })
      t.run("session.request", {})
    end)"#;
    let folder = Folder::package(&[
        ("sample/deskhook.json", &manifest),
        ("sample/init.lua", init),
        ("sample/tests/all.lua", tests),
    ]);
    let report = test(&folder.path(), None).unwrap();
    assert!(report.passed(), "{report:?}");
    let notes = [
        "http: \"https://b.example/\" was set and never asked for",
        "policy: \"Other\" was set and never asked for",
        "GET https://a.example/ was asked for and nothing was set",
        "the program /bin/x was asked for and nothing was set",
    ];
    assert_eq!(report.cases[0].notes, notes);
}

#[test]
fn the_clock_of_a_test_moves_on_when_it_is_told_to() {
    let init = r#"deskhook.on("session.request", function()
      return deskhook.deny{ code = "x", message = deskhook.time.now().text }
    end)"#;
    let tests = r#"test("a", function(t)
      t.clock("2026-11-22T23:59:00+01:00")
      t.advance(90.0)
      t.equal(t.run("session.request").message, "2026-11-23T00:00:30+01:00")
      t.equal(t.run("session.request").message, "2026-11-23T00:00:30+01:00")
    end)"#;
    let report = test(&sample(init, tests).path(), None).unwrap();
    assert!(report.passed(), "{report:?}");
}

/// The attributes and children that github.com/windyroad/JUnit-Schema requires, in its order.
#[test]
fn the_junit_report_has_what_its_schema_wants() {
    let tests = "test('a <b>', function(t) t.denied(t.run('session.request', { reason = 'yes' })) end)\ntest('b', function() end)";
    let mut report = test(&sample(ECHO, tests).path(), None).unwrap();
    report.cases[1].notes.push("a note".to_owned());
    let xml = junit(&[report]);
    let parts = [
        "<testsuites>",
        "<testsuite name=\"sample\" tests=\"2\" failures=\"1\" errors=\"0\" time=\"",
        " id=\"0\" package=\"sample\" timestamp=\"20",
        " hostname=\"localhost\">",
        "<properties/>",
        "<testcase name=\"a &lt;b&gt;\" classname=\"sample.tests/all\" time=\"",
        "<failure message=\"t.denied: expected deny, got allow\" type=\"failure\">sample/tests/all.lua:1: ",
        "</failure>",
        "<testcase name=\"b\"",
        "<system-out>",
        "b: a note",
        "<system-err/>",
        "</testsuite>",
        "</testsuites>",
    ];
    let mut rest = xml.as_str();
    for part in parts {
        let at = rest.find(part);
        rest = &rest[at.unwrap_or_else(|| panic!("{part}\nin\n{xml}"))..];
    }
    assert!(
        !xml.contains("Z\""),
        "a time of the schema has no zone: {xml}"
    );
}

#[test]
fn an_input_of_another_hook_or_none_is_refused() {
    let folder = sample(ECHO, "");
    let refused = |input| {
        let error = run(
            &folder.path(),
            Hook::SessionRequest,
            input,
            Fakes::default(),
        );
        error.unwrap_err().to_string()
    };
    assert!(refused(json!([])).contains("is an object of its fields, not a list"));
    let other = refused(json!({"hook": "tray.menu"}));
    assert!(other.contains("is of the hook \"tray.menu\""), "{other}");
    let result = run(
        &folder.path(),
        Hook::SessionRequest,
        json!({"reason": "no", "resaon": 1}),
        Fakes::default(),
    );
    let document = result.unwrap().to_document();
    assert_eq!(document["verdict"], "deny");
    assert_eq!(document["logs"][0]["message"], "asked by kim");
    assert!(document["micros"].as_u64() > Some(0), "{document}");
    let warning = document["warnings"][0].as_str().unwrap();
    assert!(warning.contains("did you mean \"reason\"?"), "{warning}");
}
