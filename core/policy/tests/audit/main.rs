//! The security guide as rules: what each finds, what mends it, what is excepted, for whom.

mod audiences;
mod cases;
mod exceptions;
mod fixes;
mod guide;
mod rules;

use deskhook_policy::{Audience, Audit, Finding, Layer, audit};
use jiff::civil::{Date, date};

/// The day of all audits here.
const TODAY: Date = date(2027, 3, 1);

/// Layer files by name and text; fails where one is refused.
fn layers(files: &[(String, String)]) -> Vec<Layer> {
    let each = files.iter().map(|(name, text)| {
        let parsed = Layer::parse(name, text);
        parsed
            .layer
            .unwrap_or_else(|| panic!("{:#?}\n{text}", parsed.problems))
    });
    each.collect()
}

/// The audit of everybody and of each who is named.
fn audited(files: &[(String, String)]) -> Audit {
    let layers = layers(files);
    audit(
        &layers,
        &Audience::all(&layers, &Audience::default()),
        TODAY,
    )
}

/// Files of these texts, in the order of their names; a text that is no JSON is a `.kv` file for Berlin.
fn files(texts: &[&str]) -> Vec<(String, String)> {
    let each = texts.iter().enumerate().map(|(number, text)| {
        let pairs = text.starts_with("Key");
        let name = if pairs {
            "Berlin.kv".to_owned()
        } else {
            format!("{number}.json")
        };
        (name, (*text).to_owned())
    });
    each.collect()
}

/// A tenant's layer with these settings.
fn tenant(settings: &str) -> String {
    format!(r#"{{"scope": "tenant", "name": "Acme", "settings": {settings}}}"#)
}

/// What was found of one rule.
fn of<'a>(audit: &'a Audit, rule: &str) -> Vec<&'a Finding> {
    audit
        .findings
        .iter()
        .filter(|finding| finding.rule.id == rule)
        .collect()
}

/// The names of those whom a finding concerns.
fn whom(finding: &Finding) -> Vec<String> {
    finding.audiences.iter().map(ToString::to_string).collect()
}
