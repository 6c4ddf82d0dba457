use std::collections::BTreeMap;

use serde_json::Value;

/// One thing that happened, as the record keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    /// When: RFC 3339 in UTC with milliseconds, `2026-11-22T10:00:00.000Z`.
    pub at: String,
    /// Who did it: `person:jo`, `supporter:Sam`, `device:d-1`, `portal`, `agent`.
    pub actor: String,
    /// What was done, as dotted words: `session.joined`, `elevation.granted`.
    pub action: String,
    /// To what: a device, an account, a program.
    pub subject: String,
    /// The session that it belongs to.
    pub session: Option<String>,
    /// Anything else worth keeping; never a secret.
    pub fields: BTreeMap<String, Value>,
}

impl Entry {
    /// The canonical form as entry number `number` (from 1): JSON without white space, keys
    /// sorted by their bytes at every depth.
    pub(crate) fn canonical(&self, number: u64) -> String {
        let mut text = String::from("{");
        let mut part = |name: &str, value: &Value| {
            if text.len() > 1 {
                text.push(',');
            }
            write_value(&mut text, &Value::from(name));
            text.push(':');
            write_value(&mut text, value);
        };
        part("action", &Value::from(self.action.as_str()));
        part("actor", &Value::from(self.actor.as_str()));
        part("at", &Value::from(self.at.as_str()));
        let fields = self.fields.clone().into_iter().collect();
        part("fields", &Value::Object(fields));
        part("n", &Value::from(number));
        part("session", &Value::from(self.session.clone()));
        part("subject", &Value::from(self.subject.as_str()));
        text.push('}');
        text
    }

    /// Reads a canonical form back; none where it is none.
    pub fn from_canonical(text: &str) -> Option<(u64, Self)> {
        let value: Value = serde_json::from_str(text).ok()?;
        let word = |name: &str| value.get(name)?.as_str().map(str::to_owned);
        let session = match value.get("session")? {
            Value::Null => None,
            other => Some(other.as_str()?.to_owned()),
        };
        let fields = value.get("fields")?.as_object()?;
        let entry = Self {
            at: word("at")?,
            actor: word("actor")?,
            action: word("action")?,
            subject: word("subject")?,
            session,
            fields: fields.clone().into_iter().collect(),
        };
        Some((value.get("n")?.as_u64()?, entry))
    }
}

// Not serde_json's own order: another crate of the build may have switched its maps to keep
// the order of insertion.
fn write_value(text: &mut String, value: &Value) {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            text.push('{');
            for (index, (name, value)) in sorted.into_iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write_value(text, &Value::from(name.as_str()));
                text.push(':');
                write_value(text, value);
            }
            text.push('}');
        }
        Value::Array(items) => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                text.push_str(if index > 0 { "," } else { "" });
                write_value(text, item);
            }
            text.push(']');
        }
        plain => text.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_canonical_form_is_sorted_at_every_depth_and_reads_back() {
        let entry = Entry {
            at: "2026-11-22T10:00:00.000Z".into(),
            actor: "portal".into(),
            action: "session.joined".into(),
            subject: "d-1".into(),
            session: Some("s-1".into()),
            fields: [(
                "z".to_owned(),
                json!({"b": [1, {"y": 2, "x": "\n"}], "a": null}),
            )]
            .into(),
        };
        let text = entry.canonical(7);
        assert_eq!(
            text,
            r#"{"action":"session.joined","actor":"portal","at":"2026-11-22T10:00:00.000Z","fields":{"z":{"a":null,"b":[1,{"x":"\n","y":2}]}},"n":7,"session":"s-1","subject":"d-1"}"#
        );
        assert_eq!(Entry::from_canonical(&text), Some((7, entry)));
        assert_eq!(Entry::from_canonical("{}"), None);
    }
}
