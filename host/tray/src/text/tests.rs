use super::*;

fn names(template: &str) -> Vec<&str> {
    let mut names: Vec<_> = parts(template)
        .into_iter()
        .filter_map(|part| match part {
            Part::Name(name) => Some(name),
            Part::Words(_) => None,
        })
        .collect();
    names.sort_unstable();
    names
}

#[test]
fn every_language_has_every_text_with_the_same_names_in_it() {
    for (tag, table) in TABLES.iter() {
        let keys = |table: &Table| table.keys().cloned().collect::<Vec<_>>();
        assert_eq!(keys(table), keys(english()), "{tag}");
        for (key, text) in table {
            let wanted = names(&english()[key]);
            assert_eq!(names(text), wanted, "{tag} {key}");
            assert!(!text.trim().is_empty(), "{tag} {key}");
        }
    }
}

#[test]
fn no_language_was_left_in_english() {
    let same = |table: &Table| {
        let english = english();
        table
            .iter()
            .filter(|(key, text)| english[*key] == **text)
            .count()
    };
    for (tag, table) in TABLES.iter().filter(|(tag, _)| **tag != "en") {
        // Words such as "Ticket" are the same in some languages.
        assert!(
            same(table) <= 12,
            "{tag}: {} texts are English",
            same(table)
        );
    }
}

#[test]
fn yes_and_no_are_different_words_in_every_language() {
    for (tag, table) in TABLES.iter() {
        assert_ne!(table["dialog.allow"], table["dialog.refuse"], "{tag}");
        assert_ne!(table["dialog.yes"], table["dialog.no"], "{tag}");
        assert_ne!(table["dialog.continue"], table["dialog.cancel"], "{tag}");
    }
}

#[test]
fn a_value_with_braces_in_it_is_not_filled_again() {
    let values = [("supporter", "{organisation}"), ("organisation", "Evil")];
    assert_eq!(
        fill("{supporter} of {unknown}", &values),
        "{organisation} of {unknown}"
    );
}

#[test]
fn a_language_that_deskhook_does_not_speak_is_answered_in_english() {
    let texts = Texts::of(&Language::parse("fi"));
    assert_eq!(texts.get("dialog.allow"), "Allow");
    let austrian = Texts::of(&Language::parse("de-AT"));
    assert_ne!(austrian.get("dialog.allow"), "Allow");
}
