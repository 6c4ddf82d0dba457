//! What authors of packages rely on: scaffold, check, test, run.

use std::path::{Path, PathBuf};

use deskhook_hooks::{Fault, Hook};
use deskhook_script::{Fakes, Severity, check, junit, run, scaffold, test};
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

fn found(folder: &Folder) -> Vec<String> {
    let findings = check(&folder.path());
    findings.iter().map(ToString::to_string).collect()
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

#[test]
fn check_explains_what_is_lua_but_not_this_lua() {
    let init = r#"
local function f(a, b)
  goto done
end
"#;
    let folder = sample(init, "");
    let text = found(&folder).join("\n");
    assert!(
        text.contains("init.lua:3:3: error: goto is Lua 5.2 [lua-5.4]"),
        "{text}"
    );
    assert!(!text.contains("[syntax]"), "{text}");
    for (line, help) in [
        ("local x = 6 & 3", "bit32.band"),
        ("local x = 6 | 3", "bit32.bor"),
        ("local x = 6 ~ 3", "bit32.bxor"),
        ("local x = 6 // 4", "math.floor(a / b)"),
        ("local x <const> = 1", "write local x = ..."),
        ("local x = os.time()", "deskhook.time.now().unix"),
        ("local x = io.open('x')", "deskhook.fs.read"),
        ("loadstring('x')()", "from the package's files only"),
    ] {
        let folder = sample(
            &format!("deskhook.on('session.request', function() {line} end)"),
            "",
        );
        let text = found(&folder).join("\n");
        assert!(text.contains(help), "{line}: {text}");
    }
}

#[test]
fn check_finds_what_is_not_there_and_what_is_not_asked_for() {
    let init = r#"
local http = deskhook.http
deskhook.on("session.request", function(ctx)
  local x = deskhook.polcy.get("Hours.Open")
  return deskhook.deny{ code = "x", message = deskhook.text("closed") }
end)
"#;
    let manifest = r#"{"name": "sample", "version": "1.0.0", "api": 1,
      "hooks": ["session.request"], "capabilities": ["policy:Hours", "exec:/bin/true"]}"#;
    let folder = Folder::package(&[
        ("sample/deskhook.json", manifest),
        ("sample/init.lua", init),
    ]);
    let findings = check(&folder.path());
    let text = findings
        .iter()
        .map(ToString::to_string)
        .collect::<Vec<_>>()
        .join("\n");
    for expected in [
        "init.lua:2:14: error: deskhook.http needs the capability \"net:...\"",
        "init.lua:4:13: error: there is no deskhook.polcy.get; did you mean \"deskhook.policy.get\"?",
        "init.lua:5:61: error: no language has the text \"closed\"",
        "deskhook.json: warning: nothing uses the capability \"exec:/bin/true\"",
        "warning: there are no tests in tests/",
    ] {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
    assert!(
        findings
            .iter()
            .any(|finding| finding.severity == Severity::Error)
    );
}

#[test]
fn a_manifest_with_an_unknown_field_is_refused_with_its_place() {
    let init = "deskhook.on('session.request', function() end)";
    for (manifest, expected) in [
        (
            "{\n  \"name\": \"sample\",\n  \"hook\": []\n}",
            "deskhook.json:3:3: error: there is no field \"hook\" in a manifest; did you mean \"hooks\"?",
        ),
        (
            "{\"name\": \"sample\", \"version\": \"1\", \"api\": 2, \"hooks\": []}",
            "deskhook.json:1:43: error: this Deskhook speaks api 1, not 2",
        ),
        (
            "{\"name\": \"sample\", \"version\": \"1\", \"api\": 1, \"hooks\": [\"session.requst\"]}",
            "there is no hook \"session.requst\"; did you mean \"session.request\"?",
        ),
        (
            "{\"name\": \"sample\", \"version\": \"1\", \"api\": 1, \"hooks\": [\"tray.menu\"], \"capabilities\": [\"nett:x\"]}",
            "there is no capability \"nett\"; did you mean \"net\"?",
        ),
        ("{\"name\": \"sample\"", "this is no JSON"),
        ("", "the file is empty"),
    ] {
        let folder = Folder::package(&[
            ("sample/deskhook.json", manifest),
            ("sample/init.lua", init),
        ]);
        let text = found(&folder).join("\n");
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
}

#[test]
fn hooks_that_do_not_fit_the_manifest_are_refused_with_their_place() {
    for (init, expected) in [
        (
            "deskhook.on('session.requst', print)",
            "init.lua:1: error: deskhook.on: there is no hook \"session.requst\"; did you mean \"session.request\"?",
        ),
        (
            "deskhook.on('tray.menu', print)",
            "the manifest does not name the hook \"tray.menu\"",
        ),
        (
            "deskhook.on('session.request', print)\ndeskhook.on('session.request', print)",
            "is heard already, at sample/init.lua:1",
        ),
        ("", "names the hook session.request, but no deskhook.on"),
        (
            "local x = nil\nx.y = 1",
            "init.lua:2: error: attempt to index nil with 'y'",
        ),
        (
            "while true do end",
            "init.lua:1: error: no answer within 500 ms",
        ),
        (
            "deskhook.store.get('x')",
            "the host cannot be asked while the package loads",
        ),
    ] {
        let text = found(&sample(init, "")).join("\n");
        assert!(text.contains(expected), "{expected}\nin\n{text}");
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
    assert!(message.contains("  -     3\n  +     2\n"), "{message}");
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
