use serde_json::{Map, Value};

/// The fields that are written where the policy does not list them.
pub(crate) const FIELDS: [&str; 11] = [
    "session",
    "supporter",
    "client",
    "address",
    "started",
    "ended",
    "outcome",
    "seconds",
    "program",
    "code",
    "signal",
];
/// Fields that are written only where the policy lists them: they say who was helped.
pub(crate) const OPTIONAL: [&str; 2] = ["device", "person"];

/// The longest text of a field, in bytes: a line stays a line that people can read.
const LONGEST: usize = 512;

/// The line of an event: `at`, `event`, and those of `fields` that the input has; with its line end.
/// Nothing else of the input is written, whatever a newer agent puts there.
pub(crate) fn line(input: &str, fields: &[&'static str]) -> Result<String, serde_json::Error> {
    let input: Map<String, Value> = serde_json::from_str(input)?;
    let mut line = Map::new();
    line.insert("at".to_owned(), of(&input, "now"));
    line.insert("event".to_owned(), of(&input, "hook"));
    for field in fields {
        let value = of(&input, field);
        if !value.is_null() {
            line.insert((*field).to_owned(), value);
        }
    }
    Ok(Value::Object(line).to_string() + "\n")
}

/// One value: a text or a number. Of a person, a supporter and a device, what names them.
fn of(input: &Map<String, Value>, field: &str) -> Value {
    match input.get(field) {
        Some(Value::Object(named)) => match field {
            "supporter" => names(named, &["name", "organisation"]),
            "person" | "device" => names(named, &["name"]),
            _ => Value::Null,
        },
        Some(Value::String(text)) => cut(text),
        Some(number @ Value::Number(_)) => number.clone(),
        _ => Value::Null,
    }
}

fn names(of: &Map<String, Value>, wanted: &[&str]) -> Value {
    let texts = wanted.iter().filter_map(|name| of.get(*name)?.as_str());
    let texts: Vec<&str> = texts.filter(|text| !text.is_empty()).collect();
    if texts.is_empty() {
        return Value::Null;
    }
    cut(&texts.join(", "))
}

fn cut(text: &str) -> Value {
    Value::from(&text[..text.floor_char_boundary(LONGEST)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(input: &Value, fields: &[&'static str]) -> Value {
        let line = line(&input.to_string(), fields).unwrap();
        assert_eq!(line.matches('\n').count(), 1, "{line}");
        serde_json::from_str(&line).unwrap()
    }

    #[test]
    fn a_line_has_the_listed_fields_and_nothing_else() {
        let input = serde_json::json!({
            "hook": "session.ended", "now": "2026-11-27T18:00:00+01:00", "session": "s1",
            "supporter": {"name": "Kim", "organisation": "Acme", "verified": true, "token": "secret"},
            "person": {"name": "ada", "display_name": "Ada"}, "device": {"name": "pc-7"},
            "outcome": "stopped", "seconds": 61, "password": "secret", "client": "anydesk",
        });
        let line = written(&input, &FIELDS);
        assert_eq!(
            line,
            serde_json::json!({
                "at": "2026-11-27T18:00:00+01:00", "event": "session.ended", "session": "s1",
                "supporter": "Kim, Acme", "client": "anydesk", "outcome": "stopped", "seconds": 61,
            })
        );
        assert_eq!(written(&input, &["person", "device"])["person"], "ada");
        assert_eq!(written(&input, &[]).as_object().unwrap().len(), 2);
    }

    #[test]
    fn odd_values_make_no_odd_line() {
        let input = serde_json::json!({
            "hook": "client.exited", "now": 7, "client": "a\nb\u{2028}", "code": null, "signal": -9,
            "session": {"id": 1}, "address": ["x"], "supporter": {"name": ""},
            "program": "ü".repeat(400),
        });
        let line = written(&input, &FIELDS);
        assert_eq!(
            (&line["client"], &line["signal"]),
            (&"a\nb\u{2028}".into(), &(-9).into())
        );
        assert_eq!(line["program"].as_str().unwrap().len(), 512);
        for absent in ["session", "address", "supporter", "code"] {
            assert!(line.get(absent).is_none(), "{line}");
        }
        assert!(super::line("[]", &FIELDS).is_err());
        assert!(super::line("{", &FIELDS).is_err());
    }
}
