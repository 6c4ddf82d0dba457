//! Keys that an object cannot do without, in whatever case they are written.

use serde_json::{Value, json};

use super::super::shape::{Needed, Section};
use super::spelling::without_case;

/// The same object with what `section` needs.
pub(super) fn with_needed(mut object: Value, section: &Section) -> Value {
    let each = section.fields.iter().filter_map(|field| {
        let has = having(field.name);
        match field.needed {
            Needed::None => None,
            Needed::All => Some(has),
            Needed::OfKind(kind) => Some(when(("Kind", &[kind]), &has)),
        }
    });
    let each: Vec<Value> = each.collect();
    if !each.is_empty() {
        object["allOf"] = each.into();
    }
    object
}

/// An object that has a key `name`.
pub(super) fn having(name: &str) -> Value {
    let pattern = format!("^{}$", without_case(name));
    json!({"not": {"propertyNames": {"not": {"pattern": pattern}}}})
}

/// What an object has to be whose `key` is one of `values`.
pub(super) fn when((key, values): (&str, &[&str]), then: &Value) -> Value {
    let values: Vec<String> = values.iter().map(|value| without_case(value)).collect();
    let mut condition = having(key);
    condition["patternProperties"] = json!({
        format!("^{}$", without_case(key)): {"pattern": format!("^({})$", values.join("|"))},
    });
    json!({"if": condition, "then": then})
}
