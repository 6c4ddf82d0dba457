//! Text from devices is hostile until it went through here.

use std::collections::BTreeMap;

use deskhook_wire::{
    CheckShape, DeviceAbout, ElevationOffer, ExtensionHealth, PersonShape, PolicyEntry, ReasonShape,
};
use serde_json::Value;

const NAME: usize = 64;
const SENTENCE: usize = 500;
const ITEMS: usize = 64;
/// Bytes of all facts, or of all custom fields, together.
const FACTS: usize = 32 * 1024;

/// One line of at most `longest` characters, without what cannot be seen: control characters,
/// and marks that turn the direction of what follows.
pub(crate) fn line(text: &str, longest: usize) -> String {
    let seen = |c: &char| {
        !c.is_control()
            && !matches!(*c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}')
    };
    let plain = text
        .chars()
        .map(|c| if c == '\n' || c == '\t' { ' ' } else { c });
    let line: String = plain.filter(seen).take(longest).collect();
    line.trim().to_owned()
}

/// A host name, a version, a word.
pub(crate) fn name(text: &str) -> String {
    line(text, NAME)
}

/// A sentence for people.
pub(crate) fn sentence(text: &str) -> String {
    line(text, SENTENCE)
}

/// A sentence, unless there is nothing in it.
pub(crate) fn some_sentence(text: Option<&str>) -> Option<String> {
    text.map(sentence).filter(|text| !text.is_empty())
}

/// Whether a text can be the name of a session or of an order: 1 to 64 of `A-Z a-z 0-9 . _ -`.
pub(crate) fn is_key(text: &str) -> bool {
    let fits = |c: u8| c.is_ascii_alphanumeric() || b"._-".contains(&c);
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

pub(crate) fn about(about: &DeviceAbout) -> DeviceAbout {
    DeviceAbout {
        name: name(&about.name),
        os: name(&about.os),
        os_version: line(&about.os_version, 128),
        agent_version: name(&about.agent_version),
    }
}

pub(crate) fn person(person: &PersonShape) -> PersonShape {
    PersonShape {
        name: name(&person.name),
        display_name: line(&person.display_name, 128),
        language: name(&person.language),
    }
}

pub(crate) fn reasons(reasons: &[ReasonShape]) -> Vec<ReasonShape> {
    let clean = |reason: &ReasonShape| ReasonShape {
        code: name(&reason.code),
        message: sentence(&reason.message),
        by: name(&reason.by),
    };
    reasons.iter().take(ITEMS).map(clean).collect()
}

pub(crate) fn checks(checks: &[CheckShape]) -> Vec<CheckShape> {
    let clean = |check: &CheckShape| CheckShape {
        by: name(&check.by),
        verdict: name(&check.verdict),
        code: check.code.as_deref().map(name),
        message: some_sentence(check.message.as_deref()),
        micros: check.micros,
    };
    checks.iter().take(ITEMS).map(clean).collect()
}

pub(crate) fn extensions(extensions: &[ExtensionHealth]) -> Vec<ExtensionHealth> {
    let clean = |extension: &ExtensionHealth| ExtensionHealth {
        name: name(&extension.name),
        version: name(&extension.version),
        state: name(&extension.state),
        message: some_sentence(extension.message.as_deref()),
        ungranted: extension
            .ungranted
            .iter()
            .take(ITEMS)
            .map(|wish| name(wish))
            .collect(),
        remark: some_sentence(extension.remark.as_deref()),
    };
    extensions.iter().take(ITEMS).map(clean).collect()
}

/// The most values of a policy that are kept.
const ENTRIES: usize = 200;

pub(crate) fn policy(entries: &[PolicyEntry]) -> Vec<PolicyEntry> {
    let clean = |entry: &PolicyEntry| PolicyEntry {
        key: line(&entry.key, 200),
        value: line(&entry.value, 400),
        set_by: name(&entry.set_by),
        overrides: entry
            .overrides
            .iter()
            .take(ITEMS)
            .map(|layer| name(layer))
            .collect(),
    };
    entries.iter().take(ENTRIES).map(clean).collect()
}

/// What a device offers; whether a program is one is for the device to judge.
pub(crate) fn elevation(offer: &ElevationOffer) -> ElevationOffer {
    let programs = offer.programs.iter().take(ITEMS);
    let programs = programs.map(|program| line(program, 256));
    ElevationOffer {
        programs: programs.filter(|program| !program.is_empty()).collect(),
        methods: offer.methods.iter().take(ITEMS).copied().collect(),
        minutes: offer.minutes,
        obstacle: some_sentence(offer.obstacle.as_deref()),
    }
}

/// Facts or custom fields; nothing of them where they are too many bytes together.
pub(crate) fn facts(facts: &BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    let bytes: usize = facts.values().map(|value| value.to_string().len()).sum();
    if bytes > FACTS {
        return BTreeMap::new();
    }
    let clean = facts
        .iter()
        .take(ITEMS)
        .map(|(key, value)| (name(key), tidy(value)));
    clean.collect()
}

fn tidy(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(line(text, SENTENCE)),
        Value::Array(items) => Value::Array(items.iter().map(tidy).collect()),
        Value::Object(map) => {
            let clean = map.iter().map(|(key, value)| (name(key), tidy(value)));
            Value::Object(clean.collect())
        }
        plain => plain.clone(),
    }
}

/// A client's link, if its scheme is allowed and it leads to `address`; else why not, as a
/// sentence for the supporter.
pub(crate) fn link(link: &str, address: &str, schemes: &[String]) -> Result<String, String> {
    let astray = "The link was refused: it does not lead to the address.";
    let (scheme, rest) = link.split_once(':').ok_or(astray)?;
    let known = ["anydesk", "rustdesk", "vnc", "deskhook-sample"].contains(&scheme)
        || scheme
            .strip_prefix("anydesk-")
            .is_some_and(|suffix| !suffix.is_empty())
        || schemes.iter().any(|own| own == scheme);
    let plain_scheme = scheme
        .bytes()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
    let never = [
        "javascript",
        "data",
        "vbscript",
        "file",
        "blob",
        "http",
        "https",
    ];
    let plain = |c: u8| c.is_ascii_graphic() && !b"\"'<>\\`{}|^".contains(&c);
    let fits = link.len() <= 512 && rest.bytes().all(plain);
    let leads = link.contains(address) && !address.is_empty();
    let shown = name(scheme);
    if !plain_scheme || never.contains(&scheme) {
        Err(format!("The link was refused: {shown} opens no client."))
    } else if !known {
        Err(format!(
            "The link was refused: scheme {shown}. An operator adds it to link_schemes."
        ))
    } else if fits && leads {
        Ok(link.to_owned())
    } else {
        Err(astray.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_nothing_in_it_that_cannot_be_seen() {
        let hostile = " a\u{202e}b\u{0}\u{1b}[31mc\r\nd\u{200b}\u{feff} <script> ";
        assert_eq!(line(hostile, 99), "ab[31mc d <script>");
        assert_eq!(line("\u{fc}\u{fc}\u{fc}", 2), "\u{fc}\u{fc}");
    }

    #[test]
    fn only_a_link_of_an_allowed_scheme_to_the_address_is_kept() {
        let own = ["acme".to_owned(), "javascript".to_owned()];
        let kept = |text: &str| link(text, "123456789", &own).is_ok();
        for good in [
            "anydesk:123456789",
            "anydesk-acme:123456789",
            "anydesk:AnyDesk-ad_acme_msi:123456789",
            "rustdesk://123456789",
            "acme:123456789",
        ] {
            assert!(kept(good), "{good}");
        }
        for bad in [
            "javascript:alert(123456789)",
            "JavaScript:123456789",
            "https://evil/123456789",
            "anydesk-:123456789",
            "anydesk:987654321",
            "anydesk:123456789\" onclick=\"x",
            "anydesk: 123456789",
            "123456789",
        ] {
            assert!(!kept(bad), "{bad}");
        }
        assert!(link("anydesk:", "", &own).is_err());
        assert_eq!(
            link("other:123456789", "123456789", &own).unwrap_err(),
            "The link was refused: scheme other. An operator adds it to link_schemes."
        );
        assert!(is_key("s-1.A_b") && !is_key("") && !is_key("../x") && !is_key(&"x".repeat(65)));
    }

    #[test]
    fn facts_that_are_too_large_are_left_out_and_others_are_cleaned() {
        let large = [("a".to_owned(), Value::from("x".repeat(40_000)))].into();
        assert!(facts(&large).is_empty());
        let odd = [(
            "a\n".to_owned(),
            serde_json::json!({"b\u{0}": ["\u{202e}c"]}),
        )]
        .into();
        assert_eq!(facts(&odd)["a"], serde_json::json!({"b": ["c"]}));
    }
}
