//! The names of files of texts: by them a language is found.

use super::{Finding, Severity};
use crate::Package;
use crate::nearest::did_you_mean;

/// Languages by what people call them, with the tags that a person's language has.
const NAMES: [(&str, &str); 16] = [
    ("english", "en"),
    ("eng", "en"),
    ("german", "de"),
    ("deutsch", "de"),
    ("deu", "de"),
    ("ger", "de"),
    ("french", "fr"),
    ("fra", "fr"),
    ("fre", "fr"),
    ("spanish", "es"),
    ("spa", "es"),
    ("italian", "it"),
    ("ita", "it"),
    ("dutch", "nl"),
    ("portuguese", "pt"),
    ("polish", "pl"),
];
const HELP: &str = "texts are in texts/<language>.json, as in en.json, de.json and de-at.json";

/// What in `texts/` is found by nobody's language.
pub(super) fn findings(package: &Package) -> Vec<Finding> {
    let files = package.paths();
    let files = files.filter_map(|path| Some((path, path.strip_prefix("texts/")?)));
    let files: Vec<(&str, &str)> = files.collect();
    let mut findings = vec![];
    for (index, (path, file)) in files.iter().enumerate() {
        let same = |(_, other): &&(&str, &str)| other.eq_ignore_ascii_case(file);
        if let Some((other, _)) = files[..index].iter().find(same) {
            let message = format!("it is of the language of {other} too, and one of them is lost");
            findings.push(finding((path, Severity::Error), message));
        }
        findings.extend(named((path, file)));
    }
    findings
}

fn named((path, file): (&str, &str)) -> Option<Finding> {
    let Some(language) = file.strip_suffix(".json") else {
        let message = "nobody reads it: it is no file of texts";
        return Some(finding((path, Severity::Warning), message.to_owned()));
    };
    let small = language.to_lowercase().replace('_', "-");
    let known = NAMES.iter().find(|(name, _)| *name == small);
    let is_found = known.is_none() && is_tag(&language.to_lowercase());
    // Of a tag only what follows the language may be written large: de-AT.
    let first = language.split('-').next().unwrap_or_default();
    if is_found && !first.contains(char::is_uppercase) {
        return None;
    }
    let meant = known.map(|(_, tag)| (*tag).to_owned());
    let meant = meant.or_else(|| is_tag(&small).then_some(small));
    let meant = meant.map(|tag| format!("{tag}.json"));
    let hint = did_you_mean(meant.as_deref());
    let (severity, what) = match is_found {
        true => (Severity::Warning, "is written in small letters"),
        false => (Severity::Error, "is the tag of no language"),
    };
    let message = format!("{language:?} {what}{hint}");
    Some(finding((path, severity), message))
}

/// A language of two or three letters, with what follows it: `de`, `de-at`, `zh-hant-tw`.
fn is_tag(text: &str) -> bool {
    let mut parts = text.split('-');
    let first = parts.next().unwrap_or_default();
    let is_language =
        (2..=3).contains(&first.len()) && first.chars().all(|c| c.is_ascii_lowercase());
    is_language
        && parts.all(|part| {
            (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
        })
}

fn finding((path, severity): (&str, Severity), message: String) -> Finding {
    Finding::new(severity, "text-file", message)
        .at(path)
        .help(HELP)
}
