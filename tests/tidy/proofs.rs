//! The law itself is tested: each rule sees a breach, and lets what is right pass.

use crate::sources::{Breach, Rust, Text};
use crate::{escapes, names, signatures, sizes, words};

type Rule = fn(&[Rust]) -> Vec<Breach>;

/// A rule, the file it looks at, what stands there, and how many breaches it sees.
const PROOFS: &[(Rule, &str, &str, usize)] = &[
    (
        sizes::full_lib_files,
        "core/a/src/lib.rs",
        "//! A.\nmod b;\npub use b::B;",
        0,
    ),
    (
        sizes::full_lib_files,
        "core/a/src/lib.rs",
        "pub fn f() {}",
        1,
    ),
    (
        sizes::full_lib_files,
        "plugins/examples/a/src/lib.rs",
        "pub fn f() {}",
        0,
    ),
    (
        names::empty_names,
        "core/a/src/session.rs",
        "struct Managed; mod handle;",
        0,
    ),
    (
        names::empty_names,
        "core/a/src/session.rs",
        "struct SessionManager; mod misc {}",
        2,
    ),
    (names::empty_names, "core/a/src/fetch_utils.rs", "", 1),
    (names::empty_names, "core/a/src/fetch/mod.rs", "", 1),
    (
        names::terse_tests,
        "core/a/src/b.rs",
        "#[test] fn works() {}",
        1,
    ),
    (
        names::terse_tests,
        "core/a/src/b.rs",
        "#[tokio::test] async fn it_works() {}",
        1,
    ),
    (
        names::terse_tests,
        "core/a/src/b.rs",
        "#[test] fn a_denial_wins() {} fn short() {}",
        0,
    ),
    (
        signatures::wide_functions,
        "core/a/src/b.rs",
        "fn f(a: u8, b: u8, c: u8, d: u8) {}",
        0,
    ),
    (
        signatures::wide_functions,
        "core/a/src/b.rs",
        "fn f(a: u8, b: u8, c: u8, d: u8, e: u8) {}",
        1,
    ),
    (
        signatures::wide_functions,
        "core/a/src/b.rs",
        "impl A { fn f(&self, on: bool) {} }",
        1,
    ),
    (
        signatures::wide_functions,
        "core/a/src/b.rs",
        "impl B for A { fn f(&self, on: bool) {} }",
        0,
    ),
    (
        signatures::open_types,
        "core/a/src/b.rs",
        "fn f(a: Box<dyn Extension>) {}",
        0,
    ),
    (
        signatures::open_types,
        "core/a/src/b.rs",
        "struct A(Box<dyn Store + Send>);",
        1,
    ),
    (
        signatures::open_types,
        "core/a/src/b.rs",
        "impl Diagnostic for A { fn code(&self) -> Box<dyn Display> { x() } }",
        0,
    ),
    (
        escapes::allowed_lints,
        "core/a/src/b.rs",
        "#[allow(clippy::unwrap_used)] fn f() {}",
        1,
    ),
    (
        escapes::allowed_lints,
        "core/a/src/b.rs",
        "#![expect(dead_code, reason = \"\")]",
        1,
    ),
    (
        escapes::allowed_lints,
        "core/a/src/b.rs",
        "#[allow(clippy::type_complexity)] fn f() {}",
        0,
    ),
    (
        escapes::stray_unsafe,
        "core/a/src/b.rs",
        "fn f() { unsafe { g() } }",
        1,
    ),
    (
        escapes::stray_unsafe,
        "core/a/src/b.rs",
        "#[unsafe(no_mangle)] extern \"C\" fn f() {}",
        1,
    ),
    (
        escapes::stray_unsafe,
        "plugins/sdk/src/b.rs",
        "fn f() { unsafe { g() } }",
        0,
    ),
    (
        escapes::sleeping_tests,
        "core/a/src/b.rs",
        "fn f() { thread::sleep(d) }",
        0,
    ),
    (
        escapes::sleeping_tests,
        "core/a/src/b.rs",
        "#[cfg(test)] mod tests { fn f() { sleep(d) } }",
        1,
    ),
    (
        escapes::sleeping_tests,
        "core/a/tests/b.rs",
        "fn f() { select! { _ = sleep(d) => {} } }",
        1,
    ),
    (
        escapes::sleeping_tests,
        "tests/harness/b.rs",
        "fn f() { thread::sleep(d) }",
        0,
    ),
];

#[test]
fn every_rule_sees_a_breach_and_nothing_else() {
    for (rule, path, text, breaches) in PROOFS {
        let syntax = syn::parse_file(text).expect("a proof is Rust");
        let found = rule(&[Rust {
            path: (*path).to_owned(),
            syntax,
        }]);
        let told: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(told.len(), *breaches, "{path}: {text}\n{}", told.join("\n"));
    }
}

#[test]
fn a_breach_is_told_with_its_file_and_line() {
    let long = format!("fn f() {{\n{}}}\n", "g();\n".repeat(60));
    let syntax = syn::parse_file(&long).expect("a proof is Rust");
    let found = sizes::long_functions(&[Rust {
        path: "core/a/src/b.rs".to_owned(),
        syntax,
    }]);
    let told: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        ["core/a/src/b.rs:1: `f` has 62 lines, at most 60: name its steps"]
    );
    let text = |path: &str, text: String| {
        [Text {
            path: path.to_owned(),
            text,
        }]
    };
    assert_eq!(
        sizes::long_files(&text("core/a/src/b.rs", "\n".repeat(401))).len(),
        1
    );
    assert_eq!(
        sizes::long_files(&text("plugins/abi/include/a.h", "\n".repeat(401))).len(),
        0
    );
}

#[test]
fn words_are_looked_for_whole() {
    let told = |path: &str, line: &str| {
        words::unfinished(&[Text {
            path: path.to_owned(),
            text: line.to_owned(),
        }])
        .len()
    };
    assert_eq!(told("core/a/src/b.rs", "// works for nowhere else"), 0);
    assert_eq!(told("core/a/src/b.rs", "// fine, for now"), 1);
    assert_eq!(
        told("host/portal/pages/a.html", "<input placeholder=\"name\">"),
        0
    );
    assert_eq!(told("core/a/src/b.rs", "/// A placeholder until then"), 1);
}
