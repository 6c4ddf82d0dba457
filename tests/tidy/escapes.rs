//! Ways round the rules: attributes that silence a lint, `unsafe` outside its rooms, sleeps.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::visit::{self, Visit};

use crate::sources::{Breach, Rust};

/// Lints that no attribute may silence, each with the places that may after all.
const LINTS: &[(&str, &[&str])] = &[
    ("unsafe_op_in_unsafe_fn", &[]),
    ("missing_docs", &[]),
    ("undocumented_unsafe_blocks", &[]),
    ("unwrap_used", &[]),
    ("dbg_macro", &[]),
    ("todo", &[]),
    ("unimplemented", &[]),
    ("too_many_lines", &[]),
    ("too_many_arguments", &[]),
    ("print_stdout", &["host/app/", "tests/"]),
    ("print_stderr", &["host/app/", "tests/"]),
    ("dead_code", &[]),
    ("unused", &[]),
    ("warnings", &[]),
    ("all", &[]),
    ("pedantic", &[]),
];

/// Rooms that talk to C or to the operating system.
const UNSAFE_ROOMS: &[&str] = &[
    "plugins/abi/",
    "plugins/sdk/",
    "host/native/",
    "host/isolate/",
    "core/client/src/os/",
];

/// The harness polls with a deadline, so that tests need not sleep.
const POLLING_ROOM: &str = "tests/harness/";

/// Attributes that silence a lint of ours.
pub(crate) fn allowed_lints(files: &[Rust]) -> Vec<Breach> {
    let mut found = Vec::new();
    for file in files {
        Attributes {
            path: &file.path,
            found: &mut found,
        }
        .visit_file(&file.syntax);
    }
    found
}

/// `unsafe` outside the rooms that need it.
pub(crate) fn stray_unsafe(files: &[Rust]) -> Vec<Breach> {
    let strangers = files
        .iter()
        .filter(|file| !UNSAFE_ROOMS.iter().any(|room| file.path.starts_with(room)));
    let mut found = Vec::new();
    for file in strangers {
        each_token(file.syntax.to_token_stream(), &mut |token, _| {
            if matches!(&token, TokenTree::Ident(ident) if ident == "unsafe") {
                let rooms = UNSAFE_ROOMS.join(", ");
                let told =
                    format!("`unsafe` belongs in {rooms}: use a safe crate, or move it there");
                found.push(Breach::new(&file.path, token.span().start().line, told));
            }
        });
    }
    found
}

/// Tests that sleep, in `#[cfg(test)]` modules and in tests folders.
pub(crate) fn sleeping_tests(files: &[Rust]) -> Vec<Breach> {
    let mut found = Vec::new();
    for file in files
        .iter()
        .filter(|file| !file.path.starts_with(POLLING_ROOM))
    {
        let is_test_file = file
            .path
            .split('/')
            .any(|part| part == "tests" || part == "tests.rs");
        if is_test_file {
            sleeps(&file.path, file.syntax.to_token_stream(), &mut found);
            continue;
        }
        for item in &file.syntax.items {
            if let syn::Item::Mod(module) = item
                && module.attrs.iter().any(is_cfg_test)
            {
                sleeps(&file.path, module.to_token_stream(), &mut found);
            }
        }
    }
    found
}

fn is_cfg_test(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .meta
            .to_token_stream()
            .to_string()
            .contains("test")
}

fn sleeps(path: &str, tokens: TokenStream, found: &mut Vec<Breach>) {
    each_token(tokens, &mut |token, next| {
        let called = matches!(next, Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Parenthesis);
        if called && matches!(&token, TokenTree::Ident(ident) if ident == "sleep") {
            let told = "a test waits on state with a deadline (`harness::until`, a channel, a file), never a sleep";
            found.push(Breach::new(path, token.span().start().line, told));
        }
    });
}

/// Calls `see` with every token and the one that follows it, groups included.
fn each_token(tokens: TokenStream, see: &mut impl FnMut(&TokenTree, Option<&TokenTree>)) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        see(&token, tokens.peek());
        if let TokenTree::Group(group) = token {
            each_token(group.stream(), see);
        }
    }
}

struct Attributes<'a> {
    path: &'a str,
    found: &'a mut Vec<Breach>,
}

impl<'ast> Visit<'ast> for Attributes<'_> {
    fn visit_attribute(&mut self, attribute: &'ast syn::Attribute) {
        let silences = attribute.path().is_ident("allow") || attribute.path().is_ident("expect");
        if let (true, syn::Meta::List(list)) = (silences, &attribute.meta) {
            let named = list.tokens.to_string();
            let line = attribute.span().start().line;
            let words = named.split(|c: char| !c.is_alphanumeric() && c != '_');
            for (lint, places) in LINTS {
                let here = places.iter().any(|place| self.path.starts_with(place));
                if !here && words.clone().any(|word| word == *lint) {
                    let told = format!("silences `{lint}`: do what the lint asks for");
                    self.found.push(Breach::new(self.path, line, told));
                }
            }
        }
        visit::visit_attribute(self, attribute);
    }
}
