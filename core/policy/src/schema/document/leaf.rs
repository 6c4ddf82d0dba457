use serde_json::{Value, json};

use super::super::forms::Form;
use super::super::shape::{Kind, Leaf};
use super::spelling::without_case;

/// The schema of a single value; `record` is the schema of one object of a list of them.
pub(super) fn leaf(leaf: Leaf, record: &Value) -> Value {
    match leaf.kind {
        Kind::Bool => boolean(),
        Kind::Number(least, most) => {
            json!({"type": "integer", "minimum": least, "maximum": most})
        }
        Kind::Text(form) => text(form),
        Kind::Texts(form) => list(&text(form)),
        Kind::TextOrTexts(form) => json!({"anyOf": [text(form), list(&text(form))]}),
        Kind::Choice(names) => choice(names),
        Kind::Choices(names) => list(&choice(names)),
        Kind::Scalar => json!({"type": ["string", "number", "boolean"]}),
        Kind::Records(..) | Kind::Menu(..) => list(record),
        Kind::Stop => stop(),
    }
}

/// A text that says the same is taken too, with a remark.
fn boolean() -> Value {
    let as_text = format!("^({}|{})$", without_case("true"), without_case("false"));
    json!({"anyOf": [{"type": "boolean"}, {"type": "string", "pattern": as_text, "deprecated": true}]})
}

fn text(form: &Form) -> Value {
    let mut text = json!({"type": "string"});
    if !form.pattern.is_empty() {
        text["pattern"] = form.pattern.into();
    }
    if !form.format.is_empty() {
        text["format"] = form.format.into();
    }
    text
}

/// One of the names, in any case.
fn choice(names: &[&str]) -> Value {
    let patterns: Vec<String> = names.iter().map(|name| without_case(name)).collect();
    let pattern = format!("^({})$", patterns.join("|"));
    json!({"type": "string", "anyOf": [{"enum": names}, {"pattern": pattern}]})
}

fn list(item: &Value) -> Value {
    json!({"type": "array", "items": item})
}

fn stop() -> Value {
    let command = json!({
        "type": "object",
        "properties": {"Command": {"type": "array", "items": {"type": "string"}}},
        "patternProperties": {
            format!("^{}$", without_case("Command")): {"type": "array", "items": {"type": "string"}},
        },
        "additionalProperties": false,
        "minProperties": 1,
    });
    json!({"anyOf": [choice(&["Terminate", "Leave"]), command]})
}
