use serde_json::Value;

use crate::clock::{self, SECOND};

/// What a device says of itself, as people read it: in words, and with the unit.
pub(crate) fn told(name: &str, value: &Value) -> (String, String) {
    let title = match name {
        "free-disk" => "Free disk space".to_owned(),
        "updates" => "Looked for updates".to_owned(),
        "uptime" => "Running for".to_owned(),
        "display-server" => "Display".to_owned(),
        "session-locked" => "Screen locked".to_owned(),
        other => readable(other),
    };
    let known = match (value.as_str(), value.as_u64()) {
        (Some("unknown"), _) => Some("not known".to_owned()),
        (Some(word), _) => in_words(name, word).map(str::to_owned),
        (_, Some(number)) => with_unit(name, number),
        _ => None,
    };
    (title, known.unwrap_or_else(|| plain(value)))
}

fn in_words(name: &str, word: &str) -> Option<&'static str> {
    Some(match (name, word) {
        ("antivirus", "none") => "none runs",
        ("display-server", "none") => "none",
        ("display-server", "x11") => "X11",
        ("display-server", "wayland") => "Wayland",
        ("power", "mains") => "plugged in",
        ("power", "battery") => "on battery",
        _ => return None,
    })
}

/// Numbers of which the unit is known: see the catalogue of facts.
fn with_unit(name: &str, number: u64) -> Option<String> {
    Some(match (name, number) {
        ("free-disk", mib) if mib < 1024 => format!("{mib} MB"),
        ("free-disk", mib) if mib < 10 * 1024 => format!("{:.1} GB", mib as f64 / 1024.0),
        ("free-disk", mib) => format!("{} GB", mib / 1024),
        ("updates", 0) => "today".to_owned(),
        ("updates", 1) => "yesterday".to_owned(),
        ("updates", days) => format!("{days} days ago"),
        ("uptime", seconds) => {
            clock::span(i64::try_from(seconds).unwrap_or(i64::MAX / SECOND) * SECOND)
        }
        _ => return None,
    })
}

/// `disk_free` and `disk-free` as words.
fn readable(name: &str) -> String {
    let words = name.replace(['_', '-', '.'], " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(plain).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let pairs = map
                .iter()
                .map(|(name, value)| format!("{}: {}", readable(name), plain(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
        Value::Number(number) => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_fact_is_told_in_words_and_with_its_unit() {
        for (name, value, title, text) in [
            ("free-disk", json!(76_482), "Free disk space", "74 GB"),
            ("free-disk", json!(1_600), "Free disk space", "1.6 GB"),
            ("free-disk", json!(480), "Free disk space", "480 MB"),
            ("uptime", json!(415), "Running for", "6 min"),
            (
                "uptime",
                json!(u64::MAX),
                "Running for",
                "106751991167 days",
            ),
            ("updates", json!(0), "Looked for updates", "today"),
            (
                "updates",
                json!("unknown"),
                "Looked for updates",
                "not known",
            ),
            ("power", json!("mains"), "Power", "plugged in"),
            ("badge_reader", json!(true), "Badge reader", "yes"),
            ("seats", json!(3), "Seats", "3"),
        ] {
            assert_eq!(told(name, &value), (title.to_owned(), text.to_owned()));
        }
    }
}
