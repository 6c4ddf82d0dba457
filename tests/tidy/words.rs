//! Words that have no place in what ships.

use crate::sources::{Breach, Text};

/// These files name the words, so they are not searched for them.
const HERE: &[&str] = &["tests/tidy/words.rs", "tests/tidy/proofs.rs"];

/// Marks of work that was put off; each is looked for as a whole word.
const UNFINISHED: &[&str] = &[
    "TODO",
    "FIXME",
    "XXX",
    "HACK",
    "todo!",
    "unimplemented!",
    "#[ignore",
    "for now",
    "placeholder",
];

/// Words that are also HTML, CSS or Lua.
const ORDINARY_ELSEWHERE: &[&str] = &["placeholder"];

/// Beginnings of paths that exist on one person's machine.
const MACHINE: &[&str] = &[
    concat!("/", "work/"),
    "/root/",
    "/Users/",
    "/home/runner/",
    "C:\\Users\\",
];

/// Work that was put off.
pub(crate) fn unfinished(texts: &[Text]) -> Vec<Breach> {
    search(texts, |text, line| {
        let rust = text.path.ends_with(".rs");
        let mut marks = UNFINISHED
            .iter()
            .filter(|word| rust || !ORDINARY_ELSEWHERE.contains(word));
        marks
            .find(|word| has_word(line, word))
            .map(|word| format!("\"{word}\": finish it, or leave it out"))
    })
}

/// Paths of one machine.
pub(crate) fn machine_paths(texts: &[Text]) -> Vec<Breach> {
    search(texts, |_, line| {
        let path = MACHINE.iter().find(|path| line.contains(*path))?;
        Some(format!(
            "\"{path}\" is a path of one machine: take it from the environment or a temporary folder"
        ))
    })
}

fn search(texts: &[Text], judge: impl Fn(&Text, &str) -> Option<String>) -> Vec<Breach> {
    let mut found = Vec::new();
    for text in texts
        .iter()
        .filter(|text| !HERE.contains(&text.path.as_str()))
    {
        for (index, line) in text.text.lines().enumerate() {
            if let Some(told) = judge(text, line) {
                found.push(Breach::new(&text.path, index + 1, told));
            }
        }
    }
    found
}

fn has_word(line: &str, word: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        let runs_on = word.ends_with(is_part) && after.is_some_and(is_part);
        !before.is_some_and(is_part) && !runs_on
    })
}
