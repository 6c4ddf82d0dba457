//! What `script check` finds, and where.

use std::path::PathBuf;

use deskhook_script::{Severity, check};

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
/// So that a test of something else is not told that there are none.
const TESTS: &str = "test('x', function(t) t.abstained(t.run('session.request', {})) end)";

fn sample(init: &str) -> Folder {
    Folder::package(&[
        ("sample/deskhook.json", MANIFEST),
        ("sample/init.lua", init),
        ("sample/tests/all.lua", TESTS),
    ])
}

fn found(folder: &Folder) -> Vec<String> {
    let findings = check(&folder.path());
    findings.iter().map(ToString::to_string).collect()
}

/// What is found in one file of Lua in which `lines` stand in a hook's function.
fn inside(hook: &str, lines: &str) -> Vec<String> {
    let manifest = MANIFEST.replace("session.request", hook);
    let init = format!("deskhook.on(\"{hook}\", function(ctx)\n{lines}\nend)\n");
    let folder = Folder::package(&[
        ("sample/deskhook.json", &manifest),
        ("sample/init.lua", &init),
        (
            "sample/tests/all.lua",
            &TESTS.replace("session.request", hook),
        ),
    ]);
    found(&folder)
}

#[test]
fn check_explains_what_is_lua_but_not_this_lua() {
    let init = r#"
local function f(a, b)
  goto done
end
"#;
    let folder = sample(init);
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
        let folder = sample(&format!(
            "deskhook.on('session.request', function() {line} end)"
        ));
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
        "deskhook.json:2:70: warning: nothing uses the capability \"exec:/bin/true\"",
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
            "init.lua:1:13: error: there is no hook \"session.requst\"; did you mean \"session.request\"?",
        ),
        (
            "deskhook.on('tray.menu', print)",
            "the manifest does not name the hook \"tray.menu\"",
        ),
        (
            "deskhook.on('session.request', print)\ndeskhook.on('session.request', print)",
            "init.lua:2:13: error: the hook session.request is heard already, at init.lua:1",
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
        let text = found(&sample(init)).join("\n");
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
}

/// Blocks of a hook, lines in its function, and what is said of them.
const SLIPS: &str = include_str!("slips/certain.txt");

#[test]
fn a_slip_that_is_certain_is_found_where_it_stands() {
    let mut wrong = vec![];
    for block in SLIPS.split("\n\n") {
        let (code, expected) = block.trim_end().split_once("\n=> ").expect(block);
        let (hook, lines) = code.split_once('\n').expect(block);
        let text = inside(hook.trim(), lines).join("\n");
        if !text.contains(expected) {
            wrong.push(format!("{expected}\nin\n{text}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn code_that_is_right_is_left_alone() {
    for (hook, lines) in [
        (
            "session.request",
            "local reason = ctx.reason or \"\"\nif #reason < 3 and ctx.origin == \"person\" then\n  return deskhook.deny{ code = \"x\", message = \"y: \" .. reason }\nend",
        ),
        (
            "session.request",
            "local found\nfor _, group in ipairs(ctx.device.groups) do\n  if group == \"vip\" then found = group end\nend\nif found == \"vip\" then return deskhook.allow() end",
        ),
        (
            "session.request",
            "local ok, why = pcall(function() return ctx.reason:lower() end)\nif not ok then error(why, 0) end\nreturn nil",
        ),
        (
            "session.request",
            "local t = setmetatable({}, { __index = function(_, key) return key end })\nif t.anything == 5 then return end\nreturn { verdict = \"allow\" }",
        ),
        (
            "session.request",
            "local now = deskhook.time.now(\"Europe/Berlin\")\nif now.hour >= 8 and now.date ~= \"2026-12-24\" then return deskhook.allow() end",
        ),
        (
            "session.request",
            "repeat\n  local found = ctx.reason\nuntil found ~= nil or not found\nreturn nil",
        ),
        (
            "session.request",
            "local later\nlocal function first() return later() end\nfunction later() return nil end\nreturn first()",
        ),
        (
            "session.request",
            "local debug_log = nil\nif debug_log then debug_log(ctx.reason) end",
        ),
        (
            "tray.menu",
            "local id = \"x\" .. ctx.now\nreturn { add = { { id = id, text = id, after = id }, { kind = \"separator\" }, { kind = ctx.menu.icon, id = id } } }",
        ),
        (
            "menu.click",
            "return { { request = \"refresh_tray\" }, { request = \"notify\", message = ctx.item } }",
        ),
        ("menu.click", "return {}"),
        (
            "tray.menu",
            "return { tooltip = \"x\", set = { start = { hidden = true } }, remove = { \"about\" } }",
        ),
        (
            "menu.click",
            "if ctx.item == \"x\" then return { request = \"refresh_tray\" } end",
        ),
    ] {
        assert_eq!(inside(hook, lines), Vec::<String>::new(), "{lines}");
    }
}

#[test]
fn a_function_with_a_name_is_looked_into_as_the_hook_that_it_hears() {
    let init = "local function decide(c)\n  return c.reson and nil\nend\ndeskhook.on(\"session.request\", decide)\n";
    let text = found(&sample(init)).join("\n");
    let expected = "init.lua:2:12: error: c has no field \"reson\"; did you mean \"reason\"?";
    assert!(text.contains(expected), "{text}");
}

#[test]
fn a_hook_that_uses_what_it_has_no_parameter_for_is_told_to_take_it() {
    let init = "deskhook.on(\"session.request\", function()\n  return ctx.reason and nil\nend)";
    let text = found(&sample(init)).join("\n");
    for expected in [
        "init.lua:2:10: error: nothing here is called \"ctx\": it is nil [name-unknown]",
        "help: write function(ctx): what the function is given has no name before",
    ] {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
}

#[test]
fn a_hook_whose_name_is_computed_is_heard_too() {
    let init = "for _, name in ipairs({ \"session.request\" }) do\n  deskhook.on(name, function() end)\nend\n";
    assert_eq!(found(&sample(init)), Vec::<String>::new());
}

#[test]
fn a_capability_is_held_against_what_is_spelt_out() {
    let init = "local URL = \"https://tickets.example.org/api/\"\nlocal http = deskhook.http\n\
        deskhook.on(\"session.request\", function(ctx)\n  http.get(URL .. (ctx.ticket or \"\"))\n\
          pcall(http.get, \"https://other.example.org/\")\nend)\n";
    let manifest = MANIFEST.replace(
        "\"api\": 1",
        "\"api\": 1, \"capabilities\": [\"net:tickets.example.org\", \"facts:power\"]",
    );
    let folder = Folder::package(&[
        ("sample/deskhook.json", &manifest),
        ("sample/init.lua", init),
        ("sample/tests/all.lua", TESTS),
    ]);
    let text = found(&folder).join("\n");
    let expected =
        "init.lua:5:7: error: deskhook.http.get needs the capability \"net:other.example.org\"";
    assert!(text.contains(expected), "{text}");
    assert!(
        text.contains("nothing uses the capability \"facts:power\""),
        "{text}"
    );
    assert_eq!(text.matches("error:").count(), 1, "{text}");
}

#[test]
fn texts_are_held_against_their_use_in_each_language() {
    let init = "deskhook.on(\"session.request\", function()\n\
        return deskhook.deny{ code = \"x\", message = deskhook.text(\"closed\", { nam = 1 }) }\nend)\n";
    let folder = Folder::package(&[
        ("sample/deskhook.json", MANIFEST),
        ("sample/init.lua", init),
        ("sample/tests/all.lua", TESTS),
        (
            "sample/texts/en.json",
            "{\"closed\": \"Closed, {name}.\", \"old\": \"x\"}",
        ),
        ("sample/texts/de.json", "{\"old\": \"x\"}"),
    ]);
    let text = found(&folder).join("\n");
    for expected in [
        "texts/de.json: warning: the text \"closed\" is missing [text-missing]",
        "init.lua:2:59: warning: the text \"closed\" names {name} [text-values]",
        "init.lua:2:59: warning: the text \"closed\" does not name {nam}",
        "warning: nothing says the text \"old\" [text-unused]",
    ] {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
}

#[test]
fn tests_are_looked_into_too() {
    let init = "deskhook.on(\"session.request\", function() end)";
    let tests = "test(\"a\", function(t)\n  t.dennied(t.run(\"session.request\", { reson = \"x\", ticket = 5 }))\n\
        t.run(\"session.requst\")\nend)";
    let folder = Folder::package(&[
        ("sample/deskhook.json", MANIFEST),
        ("sample/init.lua", init),
        ("sample/tests/all.lua", tests),
    ]);
    let text = found(&folder).join("\n");
    for expected in [
        "tests/all.lua:2:5: error: t has no field \"dennied\"; did you mean \"denied\"?",
        "tests/all.lua:2:40: error: the input of session.request has no field \"reson\"; did you mean \"reason\"?",
        "error: the field \"ticket\" has to be a text, and this is a number",
        "tests/all.lua:3:7: error: there is no hook \"session.requst\"; did you mean \"session.request\"?",
    ] {
        assert!(text.contains(expected), "{expected}\nin\n{text}");
    }
    let empty = Folder::package(&[
        ("sample/deskhook.json", MANIFEST),
        ("sample/init.lua", init),
        ("sample/tests/all.lua", "local x = 1"),
    ]);
    let text = found(&empty).join("\n");
    assert!(
        text.contains("tests/all.lua: warning: no file in tests/ has a test [no-tests]"),
        "{text}"
    );
}

#[test]
fn a_file_that_is_made_to_be_deep_ends_in_an_answer() {
    let long = format!("local x = 1{}\n", " + 1".repeat(60_000));
    let deep = format!("local y = {}1{}\n", "(".repeat(150), ")".repeat(150));
    let dots = format!("local z = x{}\n", ".a".repeat(60_000));
    let init = format!(
        "{long}{deep}if false then {dots} end deskhook.on(\"session.request\", function() end)"
    );
    check(&sample(&init).path());
}
