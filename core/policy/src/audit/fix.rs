use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::layer::has_pairs;
use crate::{LayerName, Scope};

/// What a layer would have to say.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Change {
    /// Keys and the values that they would have.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub settings: BTreeMap<String, Value>,
    /// Keys that would be taken away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove: Vec<String>,
}

/// What mends a deviation.
///
/// Serialises as a whole layer file under `layer`, or its text of pairs under `pairs`, with `hint`.
#[derive(Clone, Debug, PartialEq)]
pub struct Fix {
    /// The layer that it goes before, or into.
    pub beside: LayerName,
    /// What it says.
    pub change: Change,
    /// What has to be known before it is used.
    pub hint: Option<String>,
}

/// A layer file, in the order in which people write one.
#[derive(Serialize)]
struct File<'a> {
    scope: Scope,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    priority: i64,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    settings: BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    remove: &'a [String],
}

impl Change {
    /// The settings as a layer file takes them: a name that is no plain word, such as a profile's
    /// with a space, cannot stand in a dotted path, and is nested from there on.
    fn written(&self) -> BTreeMap<String, Value> {
        let mut written = BTreeMap::new();
        for (key, value) in &self.settings {
            let parts: Vec<&str> = key.split('.').collect();
            let plain = parts.iter().take_while(|part| is_word(part)).count();
            let inner = parts[plain..].iter().rev();
            let value = inner.fold(value.clone(), |value, part| {
                Value::Object(Map::from_iter([((*part).to_owned(), value)]))
            });
            put(written.entry(parts[..plain].join(".")).or_default(), value);
        }
        written
    }
}

/// Objects merge by key. Recurses as deep as the keys are.
fn put(held: &mut Value, value: Value) {
    match (held, value) {
        (Value::Object(held), Value::Object(value)) => {
            for (key, value) in value {
                put(held.entry(key).or_insert(Value::Null), value);
            }
        }
        (held, value) => *held = value,
    }
}

/// What a layer file parts by dots.
pub(super) fn is_word(part: &str) -> bool {
    !part.is_empty()
        && part
            .chars()
            .all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

impl Fix {
    fn file(&self) -> File<'_> {
        File {
            scope: self.beside.scope,
            name: &self.beside.name,
            priority: self.beside.priority.saturating_add(1),
            settings: self.change.written(),
            remove: &self.change.remove,
        }
    }

    /// Whether it is pairs for the `.kv` file that the deviation comes from, in place of the same
    /// keys there; else it is a layer file of its own, to lie beside the others. On a device without
    /// a group a layer for a group would not go before a `.kv` file.
    pub fn is_pairs(&self) -> bool {
        has_pairs(&self.beside.file)
    }

    /// The text to write.
    pub fn text(&self) -> String {
        if self.is_pairs() {
            return self.pairs();
        }
        serde_json::to_string_pretty(&self.file()).unwrap_or_default()
    }

    fn pairs(&self) -> String {
        let settings = self.change.written().into_iter();
        let settings = settings.map(|(key, value)| format!("Key = {key}\nValue = {value}"));
        let remove = self.change.remove.iter();
        let remove = remove.map(|key| format!("# Take {key} out of this file."));
        let lines: Vec<String> = settings.chain(remove).collect();
        lines.join("\n\n")
    }
}

impl Serialize for Fix {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut fix = serializer.serialize_struct("Fix", 2)?;
        if self.is_pairs() {
            fix.serialize_field("pairs", &self.pairs())?;
        } else {
            fix.serialize_field("layer", &self.file())?;
        }
        fix.serialize_field("hint", &self.hint)?;
        fix.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_is_no_word_is_nested() {
        let keys = ["A.B-c", "A.P.my own.x", "A.P.my own.y", "A.P.plain.x"];
        let settings = keys.map(|key| (key.to_owned(), Value::Bool(false))).into();
        let change = Change {
            settings,
            remove: vec![],
        };
        let written = serde_json::to_value(change.written()).unwrap();
        let expected = serde_json::json!({
            "A.B-c": false, "A.P": {"my own": {"x": false, "y": false}}, "A.P.plain.x": false,
        });
        assert_eq!(written, expected);
    }
}
