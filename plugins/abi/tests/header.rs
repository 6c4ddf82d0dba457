//! The C header: made from the Rust types, checked in, and clean in C11 and C++17.

use std::path::{Path, PathBuf};
use std::process::Command;

use deskhook_abi::{DECIDE_HOOKS, HEADER, HOST_SERVICES, JSON_HOOKS, TRIAL_HEADER};

const PARTS: [&str; 6] = ["text", "entry", "input", "verdict", "hook", "host"];

const BEFORE: &str = "\
/* Deskhook's plugin interface, version 1.1. Licence: Apache-2.0 OR MIT.
 *
 * Made from plugins/abi by cbindgen; do not edit. To renew it:
 *     DESKHOOK_RENEW=1 cargo test -p deskhook-abi --test header
 *
 * Who may call a function where stands in brackets:
 *   [load-thread]  the host, on any one thread, before the first hook or after the last
 *   [hook-thread]  on the thread that is inside a call of a hook, until that call returns; calls
 *                  of one instance never overlap, but two may come on different threads
 *   [any-thread]   any thread, from `create` to the end of `destroy`, at the same time too
 *
 * Structs grow at their end only and say their size first: set `struct_size` to what your
 * compiler says, and look at no field of the other side that lies behind its `struct_size`.
 * No memory changes its owner. Nothing may unwind (throw, longjmp) through these functions. */

#ifndef DESKHOOK_PLUGIN_H
#define DESKHOOK_PLUGIN_H";

const TOOLS: &str = "\
#if defined(_WIN32)
#define DESKHOOK_EXPORT __declspec(dllexport)
#else
#define DESKHOOK_EXPORT __attribute__((visibility(\"default\")))
#endif

/* A `deskhook_text` of a string literal, for initialisers. */
#define DESKHOOK_TEXT(literal) { (literal), sizeof(literal) - 1 }
";

const ENTRY: &str = "
#ifdef __cplusplus
extern \"C\" {
#endif

// [load-thread] The one function that a library exports. Never null; the same answer each time.
// It does nothing but answer: the host has not decided yet whether it trusts the library.
DESKHOOK_EXPORT const deskhook_entry *deskhook_plugin_entry(void);

#ifdef __cplusplus
}
#endif

#endif
";

#[test]
fn the_checked_in_header_is_what_the_types_make() {
    let mut made = Vec::new();
    cbindgen::Builder::new()
        .with_config(config())
        .with_src(source("text"))
        .with_src(source("entry"))
        .with_src(source("input"))
        .with_src(source("verdict"))
        .with_src(source("hook"))
        .with_src(source("host"))
        .generate()
        .expect("the types are C")
        .write(&mut made);
    let made = String::from_utf8(made).expect("C is text");
    if std::env::var_os("DESKHOOK_RENEW").is_some() {
        std::fs::write(header(), &made).expect("the header can be written");
    } else {
        assert!(
            made == HEADER,
            "stale: DESKHOOK_RENEW=1 cargo test -p deskhook-abi --test header"
        );
    }
}

#[test]
fn c11_and_cpp17_take_the_header_without_a_warning() {
    let strict = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-fsyntax-only"];
    for (compiler, standard, name) in [
        ("cc", "-std=c11", "user.c"),
        ("c++", "-std=c++17", "user.cpp"),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let user = folder.path().join(name);
        std::fs::write(
            &user,
            "#include \"deskhook_plugin.h\"\n#include \"deskhook_plugin.h\"\n\
            static const deskhook_text id = DESKHOOK_TEXT(DESKHOOK_SESSION_REQUEST);\n\
            size_t size(void);\nsize_t size(void) { return id.size + sizeof(deskhook_entry); }\n",
        )
        .expect("a file in it");
        let include = header().parent().expect("it lies in a folder").to_owned();
        let made = Command::new(compiler)
            .arg(standard)
            .args(strict)
            .arg("-I")
            .arg(include)
            .arg(&user)
            .output();
        let made = made.unwrap_or_else(|error| panic!("{compiler} is needed: {error}"));
        assert!(
            made.status.success(),
            "{compiler}: {}",
            String::from_utf8_lossy(&made.stderr)
        );
    }
}

#[test]
fn the_host_for_tests_in_c_answers_everything_that_an_agent_offers() {
    let strict = ["-Wall", "-Wextra", "-Werror", "-pedantic", "-g"];
    let sanitised = ["-fsanitize=address,undefined", "-fno-sanitize-recover"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let user = root.join("tests/trial/user.c");
    for (compiler, language) in [
        ("cc", ["-std=c11", "-x", "c"]),
        ("c++", ["-std=c++17", "-x", "c++"]),
    ] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let program = folder.path().join("user");
        let made = Command::new(compiler)
            .args(language)
            .args(strict)
            .args(sanitised)
            .arg("-I")
            .arg(root.join("include"))
            .arg(&user)
            .arg("-o")
            .arg(&program)
            .output();
        let made = made.unwrap_or_else(|error| panic!("{compiler} is needed: {error}"));
        let said = String::from_utf8_lossy(&made.stderr);
        assert!(made.status.success(), "{compiler}: {said}");
        let ran = Command::new(&program).output().expect("it runs");
        assert!(ran.status.success(), "{compiler}: {ran:?}");
    }
}

#[test]
fn the_host_for_tests_in_c_knows_every_service() {
    for id in HOST_SERVICES {
        let name = HEADER.lines().find_map(|line| {
            let (name, text) = line.strip_prefix("#define ")?.split_once(' ')?;
            (text.trim_matches('"') == id).then_some(name)
        });
        let name = name.unwrap_or_else(|| panic!("{id} has a name in C"));
        let entry = format!("{{{name}, &");
        assert!(TRIAL_HEADER.contains(&entry), "{id}: {entry}");
    }
}

fn source(part: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("src")
        .join(part)
        .with_extension("rs")
}

fn header() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("include/deskhook_plugin.h")
}

fn config() -> cbindgen::Config {
    let mut config = cbindgen::Config {
        language: cbindgen::Language::C,
        cpp_compat: true,
        header: Some(BEFORE.to_owned()),
        no_includes: true,
        sys_includes: vec!["stddef.h".to_owned(), "stdint.h".to_owned()],
        after_includes: Some(format!("\n{TOOLS}\n{}", ids())),
        style: cbindgen::Style::Both,
        usize_is_size_t: true,
        documentation_style: cbindgen::DocumentationStyle::C99,
        trailer: Some(ENTRY.to_owned()),
        line_length: 100,
        ..cbindgen::Config::default()
    };
    let item_types = [
        cbindgen::ItemType::Constants,
        cbindgen::ItemType::Structs,
        cbindgen::ItemType::Typedefs,
    ];
    config.export.item_types = item_types.to_vec();
    config.export.exclude = ["Head", "BadText"].map(str::to_owned).to_vec();
    for part in PARTS {
        let text = std::fs::read_to_string(source(part)).expect("it is here");
        for (name, renamed) in text.lines().filter_map(|line| renamed(part, line)) {
            config.export.include.push(name.clone());
            config.export.rename.insert(name, renamed);
        }
    }
    config
}

/// `pub struct SessionJoin` -> `deskhook_session_join`, `pub const OK` -> `DESKHOOK_OK`.
fn renamed(part: &str, line: &str) -> Option<(String, String)> {
    let word = |rest: &str| {
        rest.split(|c: char| !c.is_alphanumeric() && c != '_')
            .next()
            .map(str::to_owned)
    };
    if let Some(name) = line.strip_prefix("pub const ").and_then(word) {
        let renamed = format!("DESKHOOK_{name}");
        return Some((name, renamed));
    }
    let typed = line
        .strip_prefix("pub struct ")
        .or_else(|| line.strip_prefix("pub type "));
    let name = typed.and_then(word)?;
    let room = if part == "host" && name != "Time" {
        "host"
    } else {
        ""
    };
    let renamed = format!("deskhook_{room}{}", snake(&name));
    Some((
        name,
        if room.is_empty() {
            renamed.replacen("__", "_", 1)
        } else {
            renamed
        },
    ))
}

fn snake(name: &str) -> String {
    let letter = |c: char| {
        if c.is_uppercase() {
            format!("_{}", c.to_lowercase())
        } else {
            c.to_string()
        }
    };
    name.chars().map(letter).collect()
}

/// `#define DESKHOOK_SESSION_REQUEST "deskhook.session.request/1"` for every id.
fn ids() -> String {
    let all = DECIDE_HOOKS.iter().chain(&JSON_HOOKS).chain(&HOST_SERVICES);
    all.map(|id| {
        let name = id
            .strip_suffix("/1")
            .unwrap_or(id)
            .replace('.', "_")
            .to_uppercase();
        format!("#define {name} \"{id}\"\n")
    })
    .collect()
}
