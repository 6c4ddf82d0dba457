use schemars::Schema;
use serde_json::{Map, Value, json};

use super::needed::{having, when};
use super::spelling::without_case;
use crate::Scope;

/// What stands around the settings of a layer file.
pub(super) fn layer(settings: &Value, definitions: Map<String, Value>) -> Schema {
    let parts = [
        ("scope", scope()),
        (
            "name",
            named(
                "the group, user or device that the layer is for; on a tenant layer the organisation's name",
            ),
        ),
        (
            "priority",
            json!({"type": "integer", "default": 0, "description": "the order inside a scope: the higher one wins"}),
        ),
        ("filters", filters()),
        ("settings", settings.clone()),
        (
            "remove",
            json!({
                "type": "array",
                "items": {"type": "string"},
                "description": "keys that broader layers set and this one takes away",
            }),
        ),
        ("description", named("for people")),
        ("$schema", named("for editors")),
    ];
    let mut patterns = Map::new();
    let mut properties = Map::new();
    for (name, schema) in parts {
        patterns.insert(format!("^{}$", escaped(name)), schema.clone());
        properties.insert(name.to_owned(), schema);
    }
    schemars::json_schema!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Deskhook policy layer",
        "description": "One layer of policy: for whom it is, and what it sets and removes.",
        "type": "object",
        "properties": properties,
        "patternProperties": patterns,
        "additionalProperties": false,
        // There is a scope, in whatever case.
        "not": having("scope")["not"].clone(),
        "allOf": [when(("scope", &["group", "user", "device"]), &whose())],
        "$defs": definitions,
    })
}

fn escaped(name: &str) -> String {
    without_case(name).replace('$', r"\$")
}

fn named(about: &str) -> Value {
    json!({"type": "string", "description": about})
}

fn scope() -> Value {
    let names: Vec<&str> = Scope::NAMES.iter().map(|(name, _)| *name).collect();
    let patterns: Vec<String> = names.iter().map(|name| without_case(name)).collect();
    json!({
        "type": "string",
        "anyOf": [{"enum": names}, {"pattern": format!("^({})$", patterns.join("|"))}],
        "description": "whom the layer is for, from broad to narrow: a narrower scope wins",
    })
}

/// A layer that names whom it is for.
fn whose() -> Value {
    let mut whose = having("name");
    whose["patternProperties"] = json!({
        format!("^{}$", without_case("name")): {"pattern": r"\S"},
    });
    whose
}

/// What a device is or is not, and what it has one of several of.
const FACTS: [&str; 3] = ["vdi", "hybrid-joined", "private-device"];
const KINDS: [&str; 2] = ["os", "device-group"];

fn one_of(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| without_case(name)).collect();
    names.join("|")
}

/// One condition as a text.
fn condition() -> Value {
    let (facts, kinds) = (one_of(&FACTS), one_of(&KINDS));
    json!({
        "type": "string",
        "pattern": format!(r"^\s*(({facts})\s*(:\s*)?$|({kinds})\s*:\s*\S)"),
        "examples": ["vdi", "hybrid-joined", "private-device", "os:linux", "device-group:Kiosks"],
    })
}

/// Conditions as an object: `{"vdi": true, "os": ["windows", "macos"]}`.
fn by_kind() -> Value {
    let some = |value: &Value| json!({"anyOf": [value, {"type": "array", "items": value}]});
    let fact = json!({"anyOf": [{"const": true}, {"type": "string", "pattern": r"^\s*$"}]});
    let name = json!({"type": "string", "pattern": r"\S"});
    json!({
        "type": "object",
        "patternProperties": {
            format!(r"^\s*({})\s*$", one_of(&FACTS)): some(&fact),
            format!(r"^\s*({})\s*$", one_of(&KINDS)): some(&name),
        },
        "additionalProperties": {"type": "array", "maxItems": 0},
    })
}

/// Conditions as texts, alone or in a list, or as an object.
fn filters() -> Value {
    let conditions = json!({
        "anyOf": [condition(), {"type": "array", "items": condition()}, by_kind()],
    });
    json!({
        "type": "object",
        "patternProperties": {
            format!("^{}$", without_case("only-on")): conditions,
            format!("^{}$", without_case("ignore-on")): conditions,
        },
        "properties": {"only-on": conditions, "ignore-on": conditions},
        "additionalProperties": false,
        "description": "on which devices the layer counts",
    })
}
