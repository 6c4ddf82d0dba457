use std::collections::BTreeSet;

use deskhook_hooks::{Hook, definitions};

use super::*;
use crate::REFERENCE;

/// What a heading is called in a link.
fn anchors(page: &str) -> BTreeSet<String> {
    let headings = page.lines().filter(|line| line.starts_with('#'));
    let anchor = |line: &str| {
        let text = line.trim_start_matches(['#', ' ']).to_lowercase();
        let kept = text
            .chars()
            .filter(|c| c.is_alphanumeric() || "-_ ".contains(*c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn every_link_of_the_reference_leads_somewhere() {
    let (hooks, api) = (hooks_page(), api_page());
    for (page, other) in [(&hooks, &api), (&api, &hooks)] {
        for part in page.split("](").skip(1) {
            let target = part.split(')').next().unwrap();
            match target.split_once('#') {
                Some(("", anchor)) => assert!(anchors(page).contains(anchor), "{target}"),
                Some((_, anchor)) => assert!(anchors(other).contains(anchor), "{target}"),
                None => {
                    assert!(["../README.md", "../types", "hooks.md", "api.md"].contains(&target));
                }
            }
        }
    }
}

#[test]
fn nothing_of_the_reference_is_taken_for_markup() {
    for page in [hooks_page(), api_page()] {
        let text = page.strip_prefix(HEAD).unwrap();
        // What stands between accents is code: every second part.
        let plain = text.lines().flat_map(|line| line.split('`').step_by(2));
        let plain: Vec<&str> = plain.collect();
        assert!(
            !plain
                .iter()
                .any(|part| part.contains('<') || part.contains("[`"))
        );
    }
}

#[test]
fn the_page_of_hooks_has_every_hook_with_every_field_and_its_example() {
    let page = hooks_page();
    let all = definitions();
    for hook in Hook::ALL {
        let (_, section) = page.split_once(&format!("\n## `{hook}`\n")).unwrap();
        let section = section.split("\n## ").next().unwrap();
        assert!(section.contains(hook.when()) && section.contains(hook.kind().word()));
        assert!(
            section.contains(&format!("deskhook.on(\"{hook}\"")),
            "{section}"
        );
        let fields = all[&hook.input_name()]["properties"].as_object().unwrap();
        for (name, field) in fields {
            let common = ["hook", "now", "device", "person", "policy_version"];
            let place = if common.contains(&&**name) {
                &*page
            } else {
                section
            };
            let doc = field["description"].as_str().unwrap();
            let row = place
                .lines()
                .find(|line| line.starts_with(&format!("| `{name}` |")));
            let row = row.unwrap_or_else(|| panic!("{hook}: {name} is not in {section}"));
            assert!(common.contains(&&**name) || row.contains(doc), "{row}");
        }
    }
}

#[test]
fn the_page_of_the_api_has_every_function_with_what_it_takes() {
    let page = api_page();
    for entry in REFERENCE {
        let begin = format!("### `{}(", entry.name);
        let (_, section) = page.split_once(&begin).unwrap();
        let section = section.split("\n#").next().unwrap();
        assert!(section.contains(entry.doc) && section.contains(entry.capability));
        for (name, _, doc) in entry.parameters {
            assert!(
                section.contains(&format!("| `{name}` |"))
                    && section.contains(&doc.replace('|', "\\|"))
            );
        }
    }
}

#[test]
fn types_are_written_in_words() {
    for (kind, words) in [
        ("string?", "`string` or nil"),
        (
            "(deskhook.A|deskhook.B[])?",
            "[A](#a) or list of [B](#b) or nil",
        ),
        (
            "table<string, string|number>",
            "table, by name: `string` or `number`",
        ),
        ("\"a\"|\"b\"", "`\"a\"` or `\"b\"`"),
        ("(string|number)[]", "list of `string` or `number`"),
    ] {
        assert_eq!(linked(kind), words);
    }
}
