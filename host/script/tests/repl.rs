//! Lua line by line in a package, as `script repl` offers it.

use deskhook_script::{Repl, Reply, scaffold};

struct Desk {
    repl: Repl,
    _folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a test is right about its own files");
        scaffold("sample", folder.path()).expect("a test is right about its own files");
        let root = folder.path().join("sample");
        std::fs::write(root.join("sums.lua"), "return { one = 1 }")
            .expect("a test is right about its own files");
        let repl = Repl::open(&root).expect("the template opens");
        Self {
            repl,
            _folder: folder,
        }
    }

    /// What is shown for a line.
    fn shown(&mut self, line: &str) -> String {
        match self.repl.take(line) {
            Reply::Nothing => String::new(),
            Reply::Shown(text) => text,
            Reply::Failed(text) => format!("error: {text}"),
            Reply::Ran(result) => result.to_value().to_string(),
            Reply::Left => "left".to_owned(),
        }
    }
}

#[test]
fn expressions_are_shown_and_globals_stay() {
    let mut desk = Desk::new();
    for (line, expected) in [
        ("1 + 1", "2"),
        ("x = { b = { 1, 2 }, a = \"y\" }", ""),
        ("x", "{ a = \"y\", b = { 1, 2 } }"),
        ("local z = 3", ""),
        ("z", "nil"),
        ("nil, false, 'two'", "nil\nfalse\n\"two\""),
        ("require('./sums').one", "1"),
        ("function f() return 7 end", ""),
        ("f()", "7"),
        ("ctx.hook", "\"session.request\""),
        ("", ""),
        (":quit", "left"),
    ] {
        assert_eq!(desk.shown(line), expected, "{line}");
    }
    assert_eq!(desk.shown("print('hello')"), "");
    let logs = desk.repl.logs();
    assert_eq!(logs.len(), 1);
    assert_eq!(logs[0].1, "hello");
    assert!(desk.repl.logs().is_empty());
}

#[test]
fn an_error_says_where_and_a_call_without_end_ends() {
    let mut desk = Desk::new();
    let shown = desk.shown("nothing.here");
    assert!(
        shown.contains("attempt to index nil") && shown.contains("repl.lua:1"),
        "{shown}"
    );
    let shown = desk.shown("1 +");
    assert!(shown.contains("got <eof>"), "{shown}");
    desk.shown("kept = 1");
    let shown = desk.shown("while true do end");
    assert!(shown.contains("no answer within 200 ms"), "{shown}");
    assert!(shown.contains("globals are gone"), "{shown}");
    assert_eq!(desk.shown("kept"), "nil");
    let shown = desk.shown(&"x".repeat(70_000));
    assert!(shown.contains("larger than 64 KiB"), "{shown}");
}

#[test]
fn commands_set_what_the_pretended_host_answers() {
    let mut desk = Desk::new();
    for (line, expected) in [
        (
            ":clock 2026-11-22T10:00:00+01:00",
            "2026-11-22T10:00:00+01:00",
        ),
        ("deskhook.time.now().weekday", "7"),
        (":clock +86400", "2026-11-23T10:00:00+01:00"),
        ("deskhook.time.now().weekday", "1"),
        (":policy sample.ShortestReason=3", ""),
        ("deskhook.policy.get('sample.ShortestReason')", "3"),
        (":policy {sample = {Deep = {1, 2}}}", ""),
        ("deskhook.policy.get('sample.Deep')", "{ 1, 2 }"),
        (":notes", "nothing to note"),
        (":facts power=battery", ""),
        (":notes", "facts: \"power\" was set and never asked for"),
        (":reset", ""),
        ("deskhook.policy.get('sample.ShortestReason')", "nil"),
    ] {
        assert_eq!(desk.shown(line), expected, "{line}");
    }
    for (line, expected) in [
        (":fact x=1", "did you mean \"facts\"?"),
        (":run session.requst", "did you mean \"session.request\"?"),
        (":run", "run which hook?"),
        (":run tray.menu", "does not hear the hook tray.menu"),
        (":clock yesterday", "which is no time"),
        (":policy", "nothing to set"),
        (":policy x", "is not NAME=VALUE"),
        (":http https://a.example", "write :http URL"),
    ] {
        let shown = desk.shown(line);
        assert!(
            shown.starts_with("error: ") && shown.contains(expected),
            "{line}: {shown}"
        );
    }
}

#[test]
fn a_hook_runs_with_what_was_set_and_leaves_its_input_and_answer() {
    let mut desk = Desk::new();
    desk.shown(":person language=de");
    let shown = desk.shown(":run session.request {reason = \"x\"}");
    assert!(
        shown.contains("\"verdict\":\"deny\"") && shown.contains("Bitte"),
        "{shown}"
    );
    assert_eq!(
        desk.shown("ctx.reason, result.code"),
        "\"x\"\n\"reason-missing\""
    );
    let lines = ":run session.request {\n  reason = \"x\", -- no { here\n  ticket = \"1\",\n}";
    let shown = desk.shown(lines);
    assert!(shown.contains("\"verdict\":\"deny\""), "{shown}");
    assert_eq!(desk.shown("ctx.ticket"), "\"1\"");
    desk.shown(":policy sample.ShortestReason=1");
    let shown = desk.shown(":run session.request {reason = \"x\"}");
    assert!(shown.contains("\"verdict\":\"allow\""), "{shown}");
    desk.shown(":grants");
    let shown = desk.shown("deskhook.policy.get('sample.ShortestReason')");
    assert!(shown.contains("the policy grants none"), "{shown}");
}

#[test]
fn names_complete_as_far_as_they_are_known() {
    let mut desk = Desk::new();
    desk.shown("cal = { open = 1, shut = 2 }");
    for (line, start, expected) in [
        ("deskhook.po", 0, vec!["deskhook.policy"]),
        ("return deskhook.time.n", 7, vec!["deskhook.time.now"]),
        ("x = ctx.person.dis", 4, vec!["ctx.person.display_name"]),
        ("string.rep", 0, vec!["string.rep"]),
        ("cal.", 0, vec!["cal.open", "cal.shut"]),
        ("require(\"./s", 9, vec!["./sums"]),
        (":cl", 0, vec![":clock"]),
        (
            ":run session.",
            5,
            vec![
                "session.ended",
                "session.join",
                "session.request",
                "session.started",
            ],
        ),
        ("nothing.here.x", 0, vec![]),
    ] {
        assert_eq!(
            desk.repl.complete(line, line.len()),
            (start, expected.into_iter().map(str::to_owned).collect()),
            "{line}"
        );
    }
}

#[test]
fn an_input_is_whole_when_the_compiler_says_so() {
    let desk = Desk::new();
    for (input, whole) in [
        ("1 + 1", true),
        ("if x then", false),
        ("if x then\nend", true),
        ("f(1,", false),
        ("local t = {", false),
        ("x = [[a", false),
        ("x = 'a", true),
        ("1 1", true),
        ("1 + 1)", true),
        (":run", true),
        (":run session.request {", false),
        (":run session.request {\n  reason = \"}\",", false),
        (":run session.request {\n  reason = \"}\",\n}", true),
        (":policy a={ 1 } b={", false),
        ("", true),
    ] {
        assert_eq!(desk.repl.is_complete(input), whole, "{input}");
    }
}
