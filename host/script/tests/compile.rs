//! What is compiled is compiled outside the script's own memory and time: whatever a file of the
//! package's size holds, loading it ends soon, with the package or with a reason that says where.

use std::path::Path;
use std::time::{Duration, Instant};

use deskhook_script::{LoadError, Package, Script};

const MANIFEST: &str =
    r#"{"name": "bomb", "version": "1.0.0", "api": 1, "hooks": ["timer"], "timer": 60}"#;
const HEARS: &str = "deskhook.on('timer', function() end)\n";
/// As much as a file of a package may have.
const LARGEST: usize = 256 * 1024;
/// Ten times what loading may take at most.
const BOUND: Duration = Duration::from_secs(60);

fn load(dir: &Path, source: &str) -> Result<Script, LoadError> {
    std::fs::write(dir.join("deskhook.json"), MANIFEST)
        .expect("a test is right about its own files");
    std::fs::write(dir.join("init.lua"), source).expect("a test is right about its own files");
    Script::new(Package::load(dir)?, &[])
}

/// `open`, `middle`, `close`, nested as often as a file has room for.
fn nested(open: &str, middle: &str, close: &str) -> String {
    let times = (LARGEST - 1024) / (open.len() + close.len());
    format!("{}{middle}{}", open.repeat(times), close.repeat(times))
}

fn repeated(part: &str) -> String {
    part.repeat((LARGEST - 1024) / part.len())
}

fn numbered(part: &str) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < LARGEST - 1024 {
        text += &part.replace('#', &number.to_string());
        number += 1;
    }
    text
}

/// What is deep: its name, what stands before, then `open`, `middle` and `close` nested.
#[rustfmt::skip]
const DEEP: [(&str, &str, &str, &str, &str); 16] = [
    ("parentheses", "x = ", "(", "1", ")"),
    ("tables", "x = ", "{", "", "}"),
    ("tables in keys", "x = ", "{[{", "", "}]=1}"),
    ("functions", "", "return function() ", "", " end"),
    ("calls", "x = ", "f(", "", ")"),
    ("blocks", "", "do ", "", " end"),
    ("loops", "", "while x do ", "", " end"),
    ("counting loops", "", "for i=1,2 do ", "", " end"),
    ("loops of loops", "", "for i=1,1e9 do for _ in x do ", "", " end end"),
    ("repeats", "", "repeat ", "", " until x"),
    ("conditions", "", "if x then ", "", " end"),
    ("interpolations", "x = ", "`{", "1", "}`"),
    ("types", "local x: ", "{", "any", "}"),
    ("generic types", "local x: ", "a<", "any", ">"),
    ("elseifs", "if x then ", "elseif x then ", "end", ""),
    ("returns", "", "do return end ", "", ""),
];
/// What is long: its name, what stands before, what is repeated, what stands after.
#[rustfmt::skip]
const LONG: [(&str, &str, &str, &str); 37] = [
    ("condition expressions", "x = ", "if a then b else ", "1"),
    ("negations", "x = ", "not ", "y"),
    ("minuses", "x = ", "- ", "y"),
    ("sums", "x = y", "+y", ""),
    ("constant sums", "x = 1", "+1", ""),
    ("powers", "x = y", "^y", ""),
    ("joined texts", "x = y", "..y", ""),
    ("joined constants", "x = 'a'", "..'a'", ""),
    ("comparisons", "x = y", "==y", ""),
    ("ands", "x = y", " and y", ""),
    ("fields", "x = y", ".y", ""),
    ("indices", "x = y", "[y]", ""),
    ("calls of calls", "x = f", "()", ""),
    ("calls with texts", "x = f", "''", ""),
    ("methods", "x = f", ":m()", ""),
    ("casts", "x = y", "::any", ""),
    ("function types", "local x: ", "() -> ", "any"),
    ("optional types", "local x: any", "?", ""),
    ("unions", "local x: any", "|any", ""),
    ("locals of one line", "local a", ",a", ""),
    ("results of a function", "return function() return ", "a,", "a end"),
    ("many closures", "local a ", "f(function() return a end)\n", ""),
    ("arguments", "f(", "1,", "1)"),
    ("parameters", "function f(", "a,", "a) end"),
    ("results", "return ", "1,", "1"),
    ("assigned", "", "a,", "a = 1"),
    ("long text", "x = '", "a", "'"),
    ("long name", "", "a", " = 1"),
    ("long number", "x = ", "9", ""),
    ("escapes", "x = '", "\\u{10FFFF}", "'"),
    ("open text", "x = [", "=", "["),
    ("open comment", "--[", "=", "["),
    ("open brackets", "x = ", "[[", ""),
    ("calls in a row", "", "f();", ""),
    ("attributes", "", "@native ", "function f() end"),
    ("slips", "", "] ", ""),
    ("open tables", "x = ", "{", ""),
];
/// What is manifold: its name, what stands before, what is repeated with its number for each `#`,
/// what stands after.
#[rustfmt::skip]
const MANY: [(&str, &str, &str, &str); 7] = [
    ("locals", "", "local v#\n", ""),
    ("constants", "x = {", "'k#',", "}"),
    ("numbers", "x = {", "#.5,", "}"),
    ("keys", "x = {", "k#=1,", "}"),
    ("globals", "", "g#=1\n", ""),
    ("many functions", "", "function f#() end\n", ""),
    ("doubled constants", "local a = 'aaaa'\n", "local a = a .. a\n", ""),
];

/// Sources that ask much of a compiler.
fn bombs() -> Vec<(&'static str, String)> {
    let deep = DEEP.map(|(name, before, open, middle, close)| {
        (name, format!("{before}{}", nested(open, middle, close)))
    });
    let long = LONG
        .map(|(name, before, part, after)| (name, format!("{before}{}{after}", repeated(part))));
    let many = MANY
        .map(|(name, before, part, after)| (name, format!("{before}{}{after}", numbered(part))));
    deep.into_iter().chain(long).chain(many).collect()
}

#[test]
fn whatever_is_compiled_is_compiled_or_refused_in_time() {
    let mut wrong = vec![];
    for (name, bomb) in bombs() {
        let dir = tempfile::tempdir().unwrap();
        // Compiled, and not run: what it does is another matter.
        let source = format!("{HEARS}if false then\n{bomb}\nend\n");
        let begun = Instant::now();
        let loaded = load(dir.path(), &source);
        let took = begun.elapsed();
        if let Err(error) = loaded {
            let said = format!("{}: {error}", error.place());
            if !said.contains("init.lua") {
                wrong.push(format!("{name}: no place in {said:.200}"));
            }
            if said.len() > 4096 {
                wrong.push(format!("{name}: {} bytes of words", said.len()));
            }
        }
        if took > BOUND {
            wrong.push(format!("{name}: took {took:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_package_that_never_ends_loading_is_refused_with_its_place() {
    for (source, said) in [
        ("while true do end", "no answer within"),
        (
            "pcall(function() while true do end end)\n",
            "no answer within",
        ),
        (
            "local t = {} while true do t[#t + 1] = {} end",
            "memory wanted",
        ),
        (
            "coroutine.wrap(function() while true do end end)()",
            "no answer within",
        ),
        ("coroutine.yield()", "yield"),
        ("deskhook.store.get('x')", "while the package loads"),
    ] {
        let dir = tempfile::tempdir().unwrap();
        let error = load(dir.path(), &format!("{HEARS}{source}")).err().unwrap();
        assert!(error.to_string().contains(said), "{error}");
        assert!(
            error.place().contains("init.lua:2"),
            "{} {error}",
            error.place()
        );
    }
}
