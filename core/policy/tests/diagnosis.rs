//! Broken layer files: each mistake is named with its line, its column and what is missing.

use deskhook_policy::{Layer, Problem};

/// The problems of a refused file, as `line:column code message`.
fn refused(file: &str, text: &str) -> Vec<String> {
    let parsed = Layer::parse(file, text);
    assert!(parsed.layer.is_none(), "{text}");
    assert!(!parsed.problems.is_empty(), "{text}");
    let line = |problem: &Problem| {
        let (line, column) = (problem.place.line(), problem.place.column());
        format!("{line}:{column} {} {}", problem.code, problem.message)
    };
    parsed.problems.iter().map(line).collect()
}

/// The first published sample, as it literally stands.
const WHOLE: &str = r#"{"AnyDesk: { "Enabled": true, "BootstrapperUrl": "[https://.../.../AnyDesk.exe](https://.../.../AnyDesk.exe)", "Ui": {TrayMenuTextEnglish": "Start remote session} } }"#;
/// The last published sample, as it literally stands.
const PART: &str = r#"{"Enabled":true, BootstrapperUrl": "[https://.../.../AnyDesk.exe](https://.../.../AnyDesk.exe)", "UI":{"TrayMenuTextEnglish": "Start remote session"} }"#;

fn column(text: &str, part: &str) -> usize {
    text.find(part).expect("the part is in the text") + 1
}

#[test]
fn the_first_published_sample_names_three_missing_quotes() {
    let key = column(WHOLE, "TrayMenuTextEnglish");
    let text = column(WHOLE, "\"Start remote");
    assert_eq!(
        refused("a.json", WHOLE),
        [
            "1:2 missing-quote the key AnyDesk has no closing quote".to_owned(),
            format!("1:{key} missing-quote the key TrayMenuTextEnglish has no opening quote"),
            format!("1:{text} missing-quote the text has no closing quote"),
        ]
    );
}

#[test]
fn the_last_published_sample_names_the_missing_quote() {
    let key = column(PART, "BootstrapperUrl");
    let message = "missing-quote the key BootstrapperUrl has no opening quote";
    assert_eq!(refused("a.json", PART), [format!("1:{key} {message}")]);
}

#[test]
fn the_published_samples_are_found_broken_in_the_spelling_they_were_published_in() {
    let file = format!(
        "**Key** = Integration  \n**Value** = {WHOLE}\n\n**Key** = Integration.AnyDesk  \n**Value** = {PART}\n"
    );
    let problems = refused("anydesk.kv", &file);
    assert_eq!(problems.len(), 4, "{problems:#?}");
    assert_eq!(
        problems[0],
        "2:14 missing-quote the key AnyDesk has no closing quote"
    );
    let key = column(PART, "BootstrapperUrl") + "**Value** = ".len();
    let last = format!("5:{key} missing-quote the key BootstrapperUrl has no opening quote");
    assert_eq!(problems[3], last);
}

#[test]
fn a_problem_carries_its_line_and_a_way_out() {
    let parsed = Layer::parse("a.json", "{\n  \"scope: \"tenant\"\n}");
    let problem = &parsed.problems[0];
    assert_eq!(problem.place.excerpt(), "  \"scope: \"tenant\"");
    assert_eq!(problem.help.as_deref(), Some("write \"scope\""));
    assert_eq!(
        problem.to_string(),
        "a.json:2:3: error: the key scope has no closing quote"
    );
}

/// What each slip is called.
const SLIPS: &[(&str, &str)] = &[
    ("", "1:1 missing-value there is no JSON here"),
    (
        "{",
        "1:1 missing-bracket the object that begins here has no end",
    ),
    (
        "[1, 2",
        "1:1 missing-bracket the list that begins here has no end",
    ),
    (
        r#"{"a": 1,}"#,
        "1:8 trailing-comma nothing follows this comma",
    ),
    (
        r#"{"a": [1,]}"#,
        "1:9 trailing-comma nothing follows this comma",
    ),
    (
        r#"{"a": 1 "b": 2}"#,
        "1:8 missing-comma a comma is missing here",
    ),
    (
        r#"{"a" 1}"#,
        "1:6 missing-colon a colon is missing between the key and this value",
    ),
    (
        r#"{"a" = 1}"#,
        "1:6 missing-colon a key and its value are parted by a colon",
    ),
    (
        r#"{"a": }"#,
        "1:7 missing-value a value is missing before this",
    ),
    (
        r#"{"a"}"#,
        "1:5 missing-value the key before this has no value",
    ),
    (
        r#"{"a": 1]"#,
        "1:8 wrong-bracket the object that begins on this line ends with the wrong bracket",
    ),
    (
        r#"{"a": 1}}"#,
        "1:9 wrong-bracket a closing bracket too many",
    ),
    (
        r#"{"a": 1} x"#,
        "1:10 json-syntax this stands after the end of the value",
    ),
    (r#"{a: 1}"#, "1:2 missing-quote the key a has no quotes"),
    (
        r#"{'a': 1}"#,
        "1:2 wrong-quotes JSON knows only straight double quotes",
    ),
    (
        r#"{“a”: 1}"#,
        "1:2 wrong-quotes JSON knows only straight double quotes",
    ),
    (r#"{"a": yes}"#, "1:7 missing-quote the text has no quotes"),
    (
        r#"{"a": yes"}"#,
        "1:7 missing-quote the text has no opening quote",
    ),
    (
        r#"{"a": True}"#,
        "1:7 json-syntax True is not written in lower case",
    ),
    (
        r#"{"a": undefined}"#,
        "1:7 json-syntax undefined is no JSON value",
    ),
    (r#"{"a": 007}"#, "1:7 json-syntax 007 is no JSON number"),
    (r#"{"a": 0x1F}"#, "1:7 json-syntax 0x1F is no JSON number"),
    (
        r#"{"a": 1e999}"#,
        "1:7 json-syntax the number 1e999 is too large",
    ),
    (r#"{"a": NaN}"#, "1:7 missing-quote the text has no quotes"),
    (
        "{\"a\": 1 // why\n}",
        "1:9 comment a comment cannot stand in JSON",
    ),
    (
        "{\"a\": 1 # why\n}",
        "1:9 comment a comment cannot stand in JSON",
    ),
    (
        "{\"a\": /* why */ 1}",
        "1:7 comment a comment cannot stand in JSON",
    ),
    (
        r#"{"a": "C:\Program Files"}"#,
        "1:10 bad-escape \\P means nothing in a text",
    ),
    (
        r#"{"a": "say "hi" now"}"#,
        "1:12 quote-in-text a quote inside a text ends the text",
    ),
    (
        "{\"a\": \"one\ntwo\"}",
        "1:7 missing-quote the text has no closing quote",
    ),
    (
        "{\"a\": \"tab\there\"}",
        "1:11 json-syntax a control character cannot stand in a text",
    ),
    (
        "{\"a\":\u{a0}1}",
        "1:6 json-syntax this only looks like a space",
    ),
    (
        r#"{"a: "x", "b": 1}"#,
        "1:2 missing-quote the key a has no closing quote",
    ),
    (
        r#"{"a": "x, "b": 1}"#,
        "1:7 missing-quote the text has no closing quote",
    ),
];

#[test]
fn every_slip_is_named_where_it_stands() {
    for (text, expected) in SLIPS {
        let problems = refused("a.json", text);
        assert_eq!(problems[0], *expected, "{text}\n{problems:#?}");
    }
}

#[test]
fn one_slip_is_told_once() {
    let echoing = ["two\"}", "tab\there"];
    for (text, _) in SLIPS
        .iter()
        .filter(|(text, _)| !echoing.iter().any(|e| text.contains(e)))
    {
        let problems = refused("a.json", text);
        assert_eq!(problems.len(), 1, "{text}\n{problems:#?}");
    }
}

#[test]
fn many_mistakes_are_found_in_one_run() {
    let text =
        "{\n  scope: \"tenant\",\n  \"settings\": {\n    \"A\": True\n    \"B\": 'x',\n  }\n";
    let problems = refused("a.json", text);
    let codes: Vec<&str> = problems
        .iter()
        .filter_map(|p| p.split(' ').nth(1))
        .collect();
    let expected = [
        "missing-quote",
        "json-syntax",
        "missing-comma",
        "wrong-quotes",
        "trailing-comma",
        "missing-bracket",
    ];
    assert_eq!(codes, expected, "{problems:#?}");
}

#[test]
fn a_duplicate_key_is_refused_whatever_its_form_or_case() {
    let settings = [
        r#"{"A": 1, "a": 2}"#,
        r#"{"A.B": 1, "A": {"b": 2}}"#,
        r#"{"Session.MaxMinutes": 1, "SESSION": {"MAXMINUTES": 2}}"#,
        r#"{"Integration.AnyDesk.UI.TrayMenuTextEnglish": "a", "Integration": {"AnyDesk": {"Ui.TrayMenuTextEnglish": "b"}}}"#,
    ];
    for settings in settings {
        let text = format!(r#"{{"scope": "tenant", "settings": {settings}}}"#);
        let problems = refused("a.json", &text);
        assert!(problems[0].contains("duplicate-key"), "{problems:?}");
    }
    let problems = refused(
        "a.kv",
        "Key = A.B\nValue = 1\nKey = a.b\nValue = undefined\n",
    );
    assert!(
        problems[0]
            .starts_with("3:7 duplicate-key the key a.b was set before, in line 2, column 9"),
        "{problems:?}"
    );
}

#[test]
fn an_object_that_meets_a_scalar_in_one_file_refuses_it() {
    let problems = refused(
        "a.json",
        r#"{"scope": "tenant", "settings": {"A": 1, "A.B": 2}}"#,
    );
    assert!(
        problems[0].contains(" conflict A.B is inside a key"),
        "{problems:?}"
    );
}

#[test]
fn too_much_and_too_deep_is_refused_before_it_is_parsed() {
    let long = format!("\"{}\"", "x".repeat(256 * 1024));
    assert_eq!(
        refused("a.json", &long),
        ["1:1 too-large the file has more than 256 KiB"]
    );
    let deep = "[".repeat(100_000);
    assert_eq!(
        refused("a.json", &deep),
        ["1:17 too-deep this is more than 16 levels deep"]
    );
    let key = vec!["a"; 17].join(".");
    let text = format!(r#"{{"scope": "tenant", "settings": {{"{key}": 1}}}}"#);
    assert_eq!(
        refused("a.json", &text),
        ["1:34 too-deep this key has more than 16 levels"]
    );
}

#[test]
fn a_header_that_is_not_understood_refuses_the_file() {
    let headers = [
        (r#"[]"#, "a layer file is an object, not a list"),
        (r#"{"settings": {}}"#, "the layer has no scope"),
        (r#"{"scope": "tennant"}"#, "\"tennant\" is no scope"),
        (r#"{"scope": "group"}"#, "a layer for a group has no name"),
        (
            r#"{"scope": "tenant", "filter": {}}"#,
            "filter is no part of a layer that Deskhook knows",
        ),
        (
            r#"{"scope": "tenant", "Integration.AnyDesk": {}}"#,
            "Integration.AnyDesk is no part of a layer that Deskhook knows",
        ),
        (
            r#"{"scope": "tenant", "priority": "high"}"#,
            "priority is a text",
        ),
        (
            r#"{"scope": "tenant", "filters": {"only-on": "laptop"}}"#,
            "this is no condition that Deskhook knows",
        ),
        (
            r#"{"scope": "tenant", "filters": {"only-on": "vdi", "ignore-on": ["vdi"]}}"#,
            "vdi stands in only-on and in ignore-on",
        ),
    ];
    for (text, expected) in headers {
        let problems = refused("a.json", text);
        assert!(problems[0].ends_with(expected), "{problems:?}");
    }
}

#[test]
fn a_kv_file_says_which_line_is_out_of_place() {
    assert_eq!(
        refused(
            "a.kv",
            "Enabled = true\nKey = A\nKey = B\nValue = Start it\n"
        ),
        [
            "1:1 kv-syntax a line `Key = ...` was expected here",
            "2:7 kv-syntax the key A has no value",
            "4:9 missing-quote the text has no quotes",
        ]
    );
}
