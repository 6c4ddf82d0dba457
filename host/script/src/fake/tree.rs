use serde_json::{Map, Value};

/// Policy values by dotted keys, compared without case; whole, nested and dotted forms are the same.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree(Map<String, Value>);

impl Tree {
    pub(super) fn set(&mut self, key: &str, value: Value) {
        set(&mut self.0, key, value);
    }

    pub(super) fn get(&self, key: &str) -> Value {
        let mut parts = key.split('.');
        let first = parts.next().unwrap_or_default();
        let start = find(&self.0, first).and_then(|name| self.0.get(&name));
        let found = parts.try_fold(start, |value, part| {
            let fields = value?.as_object()?;
            Some(find(fields, part).and_then(|name| fields.get(&name)))
        });
        found.flatten().cloned().unwrap_or_default()
    }
}

fn set(fields: &mut Map<String, Value>, key: &str, value: Value) {
    let (first, rest) = match key.split_once('.') {
        Some((first, rest)) => (first, Some(rest)),
        None => (key, None),
    };
    let name = find(fields, first).unwrap_or_else(|| first.to_owned());
    let entry = fields.entry(name).or_insert(Value::Null);
    match (rest, value) {
        (Some(rest), value) => set(object(entry), rest, value),
        (None, Value::Object(inner)) => {
            *entry = Value::Object(Map::new());
            for (key, value) in inner {
                set(object(entry), &key, value);
            }
        }
        (None, value) => *entry = value,
    }
}

fn object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    value
        .as_object_mut()
        .expect("it was made an object just now")
}

fn find(fields: &Map<String, Value>, key: &str) -> Option<String> {
    fields
        .keys()
        .find(|name| name.eq_ignore_ascii_case(key))
        .cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_nested_and_dotted_forms_are_the_same() {
        let mut tree = Tree::default();
        tree.set("Hours", json!({"Open": "08:00", "Week.Monday": 1}));
        tree.set("hours.close", json!("17:00"));
        assert_eq!(tree.get("HOURS.open"), json!("08:00"));
        assert_eq!(tree.get("Hours.Week.Monday"), json!(1));
        assert_eq!(tree.get("Hours.Close"), json!("17:00"));
        assert_eq!(tree.get("Hours.Close.More"), Value::Null);
        assert_eq!(tree.get("Other"), Value::Null);
    }
}
