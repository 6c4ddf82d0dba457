use deskhook_hooks::{CAPABILITY_KINDS, Hook};
use serde_json::{Value, json};

use super::manifest::API;

/// The JSON Schema of `deskhook.json`, for editors: as strict as the reader is, but for paths, which
/// it looks at more closely.
pub fn manifest_schema() -> Value {
    let capability = format!("^({}):.+$", CAPABILITY_KINDS.join("|").replace('.', "\\."));
    let timer = json!({"properties": {"hooks": {"contains": {"const": Hook::Timer.name()}}}});
    json!({
        "description": "`deskhook.json`, the manifest of a Lua package.",
        "type": "object",
        "required": ["name", "version", "api", "hooks"],
        "additionalProperties": false,
        "if": timer,
        "then": {"required": ["timer"]},
        "properties": {
            "name": text("The package's name, which is its folder's, too.", "^[a-z0-9][a-z0-9-]{0,63}$"),
            "version": text("The package's own version.", "^[A-Za-z0-9.+-]{1,64}$"),
            "api": {"const": API, "description": "The version of the Lua API that it is written for."},
            "hooks": {
                "type": "array", "minItems": 1, "uniqueItems": true,
                "items": {"enum": Hook::ALL.map(Hook::name)},
                "description": "The hooks that it hears.",
            },
            "capabilities": {
                "type": "array", "items": {"type": "string", "pattern": capability},
                "description": "What it needs of the world; the policy grants it, or does not.",
            },
            "timer": {
                "type": "integer", "minimum": 10, "maximum": 86_400,
                "description": "Seconds between two calls of its hook `timer`.",
            },
            "description": words("One sentence for people."),
            "author": words("Who wrote it."),
            "homepage": words("Where there is more about it."),
            "license": words("Under which licence it may be used."),
            "$schema": words("Where this schema is, for editors."),
        },
    })
}

fn text(description: &str, pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern, "description": description})
}

fn words(description: &str) -> Value {
    json!({"type": "string", "description": description})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::manifest::{FIELDS, Manifest};

    fn base() -> Value {
        json!({"name": "a", "version": "1", "api": 1, "hooks": ["timer"], "timer": 60})
    }

    #[test]
    fn the_schema_has_the_fields_of_the_reader() {
        let schema = manifest_schema();
        let mut fields = FIELDS.to_vec();
        fields.sort_unstable();
        let known = schema["properties"].as_object().unwrap();
        assert!(known.keys().eq(fields), "{schema}");
    }

    #[test]
    fn the_schema_takes_what_the_reader_takes() {
        let schema = jsonschema::draft202012::new(&manifest_schema()).unwrap();
        for (field, value, fits) in [
            ("name", json!("business-hours"), true),
            ("name", json!("-a"), false),
            ("name", json!("A"), false),
            ("name", json!("a".repeat(65)), false),
            ("version", json!("1.0.0-beta+1"), true),
            ("version", json!("1 0"), false),
            ("api", json!(2), false),
            ("hooks", json!(["session.request"]), true),
            ("hooks", json!(["session.begin"]), false),
            ("hooks", json!(["timer", "timer"]), false),
            ("hooks", json!([]), false),
            (
                "capabilities",
                json!(["net:example.org", "fs.read:/etc/x"]),
                true,
            ),
            ("capabilities", json!(["fsxread:/etc/x"]), false),
            ("capabilities", json!(["net:"]), false),
            ("timer", json!(10), true),
            ("timer", json!(9), false),
            ("timer", json!(86_401), false),
            ("licence", json!("MIT"), false),
            ("license", json!("MIT"), true),
            ("license", json!(1), false),
        ] {
            let mut manifest = base();
            manifest[field] = value;
            assert_eq!(schema.is_valid(&manifest), fits, "{manifest}");
            assert_eq!(
                Manifest::read(&manifest.to_string()).is_ok(),
                fits,
                "{manifest}"
            );
        }
        for field in ["name", "version", "api", "hooks", "timer"] {
            let mut manifest = base();
            manifest.as_object_mut().unwrap().remove(field);
            assert!(!schema.is_valid(&manifest), "{manifest}");
            assert!(Manifest::read(&manifest.to_string()).is_err(), "{manifest}");
        }
    }
}
