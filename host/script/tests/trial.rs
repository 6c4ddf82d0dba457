//! What a pretended host and a dry run refuse, and how they say it.

use std::path::PathBuf;

use deskhook_hooks::{Answer, Hook};
use deskhook_script::{Fakes, TestReport, check, run, test};
use serde_json::{Value, json};

struct Folder(tempfile::TempDir);

impl Folder {
    /// A package that hears one hook by `body`, with tests.
    fn hearing(hook: &str, body: &str, tests: &str) -> Self {
        let folder = tempfile::tempdir().expect("a test is right about its own files");
        let manifest = json!({"name": "sample", "version": "1.0.0", "api": 1, "hooks": [hook],
            "capabilities": ["net:a.example", "policy:Desk"]});
        let init = format!("deskhook.on(\"{hook}\", function(ctx)\n{body}\nend)");
        for (path, text) in [
            ("deskhook.json", manifest.to_string()),
            ("init.lua", init),
            ("tests/all.lua", tests.to_owned()),
        ] {
            let path = folder.path().join("sample").join(path);
            std::fs::create_dir_all(path.parent().expect("a file is in a folder"))
                .expect("a test is right about its own files");
            std::fs::write(path, text).expect("a test is right about its own files");
        }
        Self(folder)
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("sample")
    }

    fn report(&self) -> TestReport {
        test(&self.path(), None).expect("a test is right about its own files")
    }
}

/// What is wrong with the answer `body` of `hook`, in a dry run.
fn refusal(hook: Hook, body: &str, input: Value) -> String {
    let folder = Folder::hearing(hook.name(), body, "");
    let result = run(&folder.path(), hook, input, Fakes::default()).expect(body);
    result
        .answer
        .map_or_else(|fault| fault.to_string(), |answer| format!("{answer:?}"))
}

#[test]
fn a_patch_of_the_menu_is_judged_as_the_agent_judges_it() {
    for (answer, expected) in [
        (
            "{ add = { { text = tostring(1) } } }",
            "the menu item with the text \"1\" has no id",
        ),
        (
            "{ add = { { id = tostring(1) } } }",
            "the menu item \"1\" has no text",
        ),
        (
            "{ add = { { id = \"a\", text = \"A\", after = \"strat\" } } }",
            "there is no menu item \"strat\"; did you mean \"start\"? (there are: organisation, line-1, start, line-2, about)",
        ),
        (
            "{ set = { abuot = { text = \"A\" } } }",
            "there is no menu item \"abuot\"; did you mean \"about\"?",
        ),
        (
            "{ remove = { \"nowhere\" } }",
            "there is no menu item \"nowhere\" (",
        ),
        (
            "{ add = { { id = \"a\", text = \"A\", kind = \"quit\" } } }",
            "the menu item \"a\" has a kind that cannot be added",
        ),
        (
            "{ add = { { id = \"about\", text = \"A\" } } }",
            "there is a menu item \"about\" already",
        ),
        (
            "{ add = { { id = 5, text = \"A\" } } }",
            "answer.add[1].id: expected text, got the number 5",
        ),
    ] {
        let text = refusal(Hook::TrayMenu, &format!("return {answer}"), json!({}));
        assert!(text.contains(expected), "{answer}: {text}");
    }
    let given = json!({"menu": {"items": []}});
    let text = refusal(Hook::TrayMenu, "return { remove = { \"about\" } }", given);
    assert!(
        text.contains("the menu that the hook was given is empty"),
        "{text}"
    );
}

#[test]
fn a_menu_that_no_input_names_is_that_of_the_phase() {
    let body = "local ids = {}\nfor _, item in ipairs(ctx.menu.items) do ids[#ids + 1] = item.id end\n\
        return { tooltip = table.concat(ids, \" \") }";
    let folder = Folder::hearing("tray.menu", body, "");
    for (phase, ids) in [
        ("idle", "organisation line-1 start line-2 about"),
        ("checking", "organisation line-1 state stop line-2 about"),
        (
            "waiting",
            "organisation line-1 state address stop line-2 about",
        ),
        (
            "connected",
            "organisation line-1 supporter address stop line-2 about",
        ),
    ] {
        let input = json!({"session": {"phase": phase}});
        let result = run(&folder.path(), Hook::TrayMenu, input, Fakes::default()).unwrap();
        let Ok(Answer::Menu(patch)) = result.answer else {
            panic!("{result:?}");
        };
        assert_eq!(patch.tooltip.as_deref(), Some(ids), "{phase}");
    }
}

#[test]
fn an_answer_of_a_wrong_type_names_the_field_and_the_value() {
    for (hook, answer, expected) in [
        (
            Hook::MenuClick,
            "{ request = \"start_session\", reason = tonumber(\"5\") }",
            "answer.reason: expected text, got the number 5",
        ),
        (
            Hook::MenuClick,
            "{ action = \"start_\" .. \"sessoin\" }",
            "lacks the field \"request\", which is one of: notify, refresh_tray, start_session, stop_session; did you mean request = \"start_session\"?",
        ),
        (
            Hook::SessionRequest,
            "tostring(5)",
            "answer: expected a table, got the text \"5\"",
        ),
        (
            Hook::SessionRequest,
            "{ verdict = \"ask\", title = \"x\", message = \"y\", timeout = 4 }",
            "answer.timeout: expected a whole number of 5 to 600, got the number 4",
        ),
        (
            Hook::SessionRequest,
            "deskhook.deny{ code = not nil, message = \"x\" }",
            "deskhook.deny: the field \"code\" has to be a text, and this is true",
        ),
        (
            Hook::SessionRequest,
            "deskhook.ask{ title = \"x\", message = \"y\", timeout = \"so\" .. \"on\" }",
            "the field \"timeout\" has to be a number, and this is the text \"soon\"",
        ),
        (
            Hook::SessionRequest,
            "deskhook.deny(tostring(5))",
            "deskhook.deny: argument 1 has to be a table, and this is a text",
        ),
        (
            Hook::SessionRequest,
            "deskhook.ask{ title = \"x\", message = \"y\", timeout = 3 + 1 }",
            "deskhook.ask: the field \"timeout\" is 5 to 600 whole seconds, and this is 4",
        ),
        (
            Hook::SessionRequest,
            "deskhook.ask{ title = \"x\", message = \"y\", timeout = 1201 / 2 }",
            "and this is 600.5",
        ),
    ] {
        let text = refusal(hook, &format!("return {answer}"), json!({}));
        assert!(text.contains(expected), "{answer}: {text}");
    }
    let longest = "return deskhook.ask{ title = \"x\", message = \"y\", timeout = 600 }";
    let text = refusal(Hook::SessionRequest, longest, json!({}));
    assert!(text.contains("timeout: Some(600)"), "{text}");
}

#[test]
fn a_slip_in_what_is_faked_is_an_error_with_its_place() {
    for (fakes, expected) in [
        (
            json!({"person": {"langauge": "de"}}),
            "person: there is no field \"langauge\"; did you mean \"language\"?",
        ),
        (
            json!({"person": {"verified": "yes"}}),
            "person.verified: expected true or false, got the text \"yes\"",
        ),
        (
            json!({"device": {"groups": "vip"}}),
            "device.groups: expected a list, got the text \"vip\"",
        ),
        (
            json!({"http": {"https://a.example": {"staus": 200}}}),
            "http[\"https://a.example\"]: there is no field \"staus\"; did you mean \"status\"?",
        ),
        (
            json!({"http": {"https://a.example": [{"status": 200}, {"status": "500"}]}}),
            "http[\"https://a.example\"][2].status: expected a whole number, got the text \"500\"",
        ),
        (
            json!({"exec": {"/bin/x": "out"}}),
            "exec[\"/bin/x\"]: expected a table, got the text \"out\"",
        ),
        (
            json!({"exec": {"/bin/x": {"stdot": "out"}}}),
            "did you mean \"stdout\"?",
        ),
        (
            json!({"files": {"/etc/x": 5}}),
            "files[\"/etc/x\"]: expected text, got the number 5",
        ),
    ] {
        let error = Fakes::read(&fakes).expect_err(expected).to_string();
        assert!(error.contains(expected), "{fakes}: {error}");
    }
}

#[test]
fn a_field_of_the_fakes_is_held_against_its_type() {
    for (fakes, expected) in [
        (
            json!({"clock": "noon"}),
            "clock: \"noon\" is no time with its offset, as 2026-11-23T10:00:00+01:00 is",
        ),
        (
            json!({"grants": ["nett:x"]}),
            "grants[1]: there is no capability \"nett\"; did you mean \"net\"?",
        ),
        (
            json!({"grants": [5]}),
            "grants[1]: expected text, got the number 5",
        ),
        (
            json!({"clock": 5}),
            "clock: expected text, got the number 5",
        ),
        (
            json!({"policy": [1]}),
            "policy: expected a table, got a list",
        ),
        (
            json!({"grants": "net:x"}),
            "grants: expected a list, got the text \"net:x\"",
        ),
        (json!([]), "fakes: expected a table, got a list"),
        (json!({"fact": {}}), "did you mean \"facts\"?"),
    ] {
        let error = Fakes::read(&fakes).expect_err(expected).to_string();
        assert!(error.contains(expected), "{fakes}: {error}");
    }
}

#[test]
fn a_slip_in_what_a_test_fakes_or_gives_fails_it() {
    let tests = "test(\"a\", function(t) t.person{ nmae = \"x\" } end)\n\
        test(\"b\", function(t) t.http(\"https://a.example\", { stauts = 200 }) end)\n\
        test(\"c\", function(t) t.run(\"session.request\", { person = { nmae = \"x\" } }) end)\n\
        test(\"d\", function(t) t.run(\"session.request\", { reason = 5 }) end)\n\
        test(\"e\", function(t) t.polcy{ Desk = {} } end)";
    let report = Folder::hearing("session.request", "return nil", tests).report();
    let failures = report.cases.iter().map(|case| case.failure.as_ref());
    let messages: Vec<&str> = failures
        .map(|failure| failure.unwrap().message.as_str())
        .collect();
    for (message, expected) in messages.iter().zip([
        "t.person: person: there is no field \"nmae\"; did you mean \"name\"?",
        "t.http: http[\"https://a.example\"]: there is no field \"stauts\"; did you mean \"status\"?",
        "t.run: input.person: there is no field \"nmae\"; did you mean \"name\"?",
        "input.reason: expected text, got the number 5",
        "there is no t.polcy; did you mean \"policy\"?",
    ]) {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn an_input_of_a_wrong_type_is_refused_and_an_unknown_name_in_it_is_told() {
    let folder = Folder::hearing("session.request", "return nil", "");
    let ran = |input| {
        run(
            &folder.path(),
            Hook::SessionRequest,
            input,
            Fakes::default(),
        )
    };
    let error = ran(json!({"person": {"verified": 1}}))
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("input.person.verified: expected true or false, got the number 1"),
        "{error}"
    );
    let result = ran(json!({"device": {"nmae": "x"}, "origin": "perso"})).unwrap();
    let told = result.unread.join("\n");
    for expected in [
        "input.device: there is no field \"nmae\"; did you mean \"name\"?",
        "input.origin: cannot be \"perso\"; did you mean \"person\"?",
    ] {
        assert!(told.contains(expected), "{told}");
    }
    assert_eq!(result.to_document()["verdict"], "abstain");
    let empty = ran(json!({"person": null, "reason": null, "device": {"name": null}})).unwrap();
    assert_eq!(empty.unread, [""; 0]);
}

#[test]
fn a_note_is_about_what_no_test_of_the_package_asks_for_or_sets_and_told_once() {
    let body = "local asked = pcall(deskhook.http.get, \"https://a.example/\")\n\
        if asked then deskhook.policy.get(\"Desk.Name\") end\n\
        pcall(deskhook.http.get, \"https://a.example/two\")";
    let tests = "test(\"offline\", function(t)\n  t.policy{ Desk = { Name = \"x\" }, Dsek = 1 }\n  t.run(\"session.request\")\nend)\n\
        test(\"online\", function(t)\n  t.policy{ Dsek = 1 }\n  t.http(\"https://a.example/\", {})\n  t.run(\"session.request\")\nend)";
    let folder = Folder::hearing("session.request", body, tests);
    let report = folder.report();
    let notes: Vec<&[String]> = report
        .cases
        .iter()
        .map(|case| case.notes.as_slice())
        .collect();
    let first = [
        "policy: \"Dsek\" was set and never asked for",
        "GET https://a.example/two was asked for and nothing was set",
    ];
    assert_eq!(notes[0], first);
    assert_eq!(notes[1], [""; 0]);
    let some = test(&folder.path(), Some("offline")).unwrap();
    assert_eq!(some.cases[0].notes, [""; 0]);
    let document = report.to_document();
    assert_eq!(document["package"], "sample");
    assert_eq!(document["tests"][1]["name"], "online");
    assert_eq!(document["tests"][1]["passed"], true);
    assert_eq!(document["tests"][0]["notes"][0], first[0]);
    assert_eq!(document["tests"][0]["message"], Value::Null);
}

#[test]
fn a_failure_that_a_test_does_not_look_at_is_a_note() {
    let tests = "test(\"silent\", function(t) t.run(\"tray.menu\") end)\n\
        test(\"heard\", function(t) t.failed(t.run(\"tray.menu\"), \"no id\") end)\n\
        test(\"compared\", function(t) t.equal(t.run(\"tray.menu\").fault ~= nil, true) end)\n\
        test(\"read\", function(t) t.equal(t.run(\"tray.menu\").fault, \"x\") end)";
    let body = "local item = { text = \"Help\" }\nreturn { add = { item } }";
    let report = Folder::hearing("tray.menu", body, tests).report();
    let notes: Vec<usize> = report.cases.iter().map(|case| case.notes.len()).collect();
    assert_eq!(notes, [1, 0, 1, 0], "{report:?}");
    let note = &report.cases[0].notes[0];
    assert!(
        note.starts_with(
            "tray.menu failed, and the test does not look: the menu item with the text"
        ),
        "{note}"
    );
}

#[test]
fn two_tests_of_one_name_are_told_by_the_check_and_by_the_run() {
    let tests = "test(\"a\", function() end)\ntest(\"a\", function() end)";
    let folder = Folder::hearing("session.request", "return nil", tests);
    let findings: Vec<String> = check(&folder.path())
        .iter()
        .map(ToString::to_string)
        .collect();
    let text = findings.join("\n");
    assert!(
        text.contains(
            "tests/all.lua:2:6: error: there is a test \"a\" already, at line 1 [test-twice]"
        ),
        "{text}"
    );
    let report = folder.report();
    assert_eq!(report.failures(), 1, "{report:?}");
}
