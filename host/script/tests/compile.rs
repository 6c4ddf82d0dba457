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

fn numbered(part: impl Fn(usize) -> String) -> String {
    let mut text = String::new();
    let mut number = 0;
    while text.len() < LARGEST - 1024 {
        text += &part(number);
        number += 1;
    }
    text
}

/// Sources that ask much of a compiler: deep, long, many.
fn bombs() -> Vec<(&'static str, String)> {
    vec![
        ("parentheses", format!("x = {}", nested("(", "1", ")"))),
        ("tables", format!("x = {}", nested("{", "", "}"))),
        (
            "tables in keys",
            format!("x = {}", nested("{[{", "", "}]=1}")),
        ),
        ("functions", nested("return function() ", "", " end")),
        ("calls", format!("x = {}", nested("f(", "", ")"))),
        ("blocks", nested("do ", "", " end")),
        ("loops", nested("while x do ", "", " end")),
        ("counting loops", nested("for i=1,2 do ", "", " end")),
        ("conditions", nested("if x then ", "", " end")),
        (
            "condition expressions",
            format!("x = {} 1", repeated("if a then b else ")),
        ),
        (
            "elseifs",
            format!("if x then {} end", repeated("elseif x then ")),
        ),
        ("negations", format!("x = {} y", repeated("not "))),
        ("minuses", format!("x = {} y", repeated("- "))),
        ("sums", format!("x = y{}", repeated("+y"))),
        ("constant sums", format!("x = 1{}", repeated("+1"))),
        ("powers", format!("x = y{}", repeated("^y"))),
        ("joined texts", format!("x = y{}", repeated("..y"))),
        ("joined constants", format!("x = 'a'{}", repeated("..'a'"))),
        ("comparisons", format!("x = y{}", repeated("==y"))),
        ("ands", format!("x = y{}", repeated(" and y"))),
        ("fields", format!("x = y{}", repeated(".y"))),
        ("indices", format!("x = y{}", repeated("[y]"))),
        ("calls of calls", format!("x = f{}", repeated("()"))),
        ("calls with texts", format!("x = f{}", repeated("''"))),
        ("methods", format!("x = f{}", repeated(":m()"))),
        ("casts", format!("x = y{}", repeated("::any"))),
        ("interpolations", format!("x = {}", nested("`{", "1", "}`"))),
        ("types", format!("local x: {}", nested("{", "any", "}"))),
        (
            "function types",
            format!("local x: {} any", repeated("() -> ")),
        ),
        ("optional types", format!("local x: any{}", repeated("?"))),
        ("unions", format!("local x: any{}", repeated("|any"))),
        ("generics", format!("local x: {}", nested("a<", "any", ">"))),
        ("locals", numbered(|n| format!("local v{n}\n"))),
        ("locals of one line", format!("local a{}", repeated(",a"))),
        (
            "upvalues",
            format!("{}\nreturn function() return {} end", "", repeated("a,")),
        ),
        (
            "constants",
            format!("x = {{{}}}", numbered(|n| format!("'k{n}',"))),
        ),
        (
            "numbers",
            format!("x = {{{}}}", numbered(|n| format!("{n}.5,"))),
        ),
        (
            "keys",
            format!("x = {{{}}}", numbered(|n| format!("k{n}=1,"))),
        ),
        ("globals", numbered(|n| format!("g{n}=1\n"))),
        (
            "many functions",
            numbered(|n| format!("function f{n}() end\n")),
        ),
        (
            "many closures",
            format!("local a\n{}", repeated("f(function() return a end)\n")),
        ),
        ("arguments", format!("f({}1)", repeated("1,"))),
        ("parameters", format!("function f({}a) end", repeated("a,"))),
        ("results", format!("return {}1", repeated("1,"))),
        ("assigned", format!("{}a = 1", repeated("a,"))),
        ("long text", format!("x = '{}'", repeated("a"))),
        ("long name", format!("{} = 1", repeated("a"))),
        ("long number", format!("x = {}", repeated("9"))),
        ("escapes", format!("x = '{}'", repeated("\\u{10FFFF}"))),
        ("open text", format!("x = [{}[", repeated("="))),
        ("open comment", format!("--[{}[", repeated("="))),
        ("open brackets", format!("x = {}", repeated("[["))),
        ("semicolons", repeated("f();")),
        (
            "attributes",
            format!("{} function f() end", repeated("@native ")),
        ),
        ("slips", repeated("] ")),
        (
            "doubled constants",
            format!(
                "local a0 = 'aaaa'\n{}",
                numbered(|n| format!("local a{} = a{n} .. a{n}\n", n + 1))
            ),
        ),
        ("returned early", repeated("do return end ")),
        ("repeats", nested("repeat ", "", " until x")),
        (
            "long loops of loops",
            nested("for i=1,1e9 do for _ in x do ", "", " end end"),
        ),
    ]
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
