use deskhook_hooks::Hook;
use deskhook_policy::CAPABILITY_KINDS;
use serde_json::{Value, json};

/// The JSON Schema of `deskhook-plugin.json`, for editors and build scripts. Unknown fields are
/// nobody's mistake: a manifest may be newer than its reader.
pub fn manifest_schema() -> Value {
    let kinds = CAPABILITY_KINDS.map(|kind| kind.replace('.', "\\."));
    let capability = format!("^({}):", kinds.join("|"));
    json!({
        "description": "`deskhook-plugin.json`, the manifest of a native plugin.",
        "type": "object",
        "required": ["id", "version", "abi", "hooks", "sha256", "publisher"],
        "properties": {
            "id": {
                "type": "string", "maxLength": 128, "pattern": "^[a-z0-9-]+(\\.[a-z0-9-]+)+$",
                "description": "The plugin's name in reverse-domain form, which is its folder's, too.",
            },
            "version": text("The plugin's own version.", "^[!-~]{1,64}$"),
            "abi": text("The version of the interface that it needs at least.", "^\\+?[0-9]+\\.\\+?[0-9]+$"),
            "hooks": {
                "type": "array", "items": {"enum": Hook::ALL.map(Hook::name)},
                "description": "The hooks that it hears.",
            },
            "capabilities": {
                "type": "array", "items": {"type": "string", "pattern": capability},
                "description": "What it needs of the world; the policy grants it, or does not.",
            },
            "sha256": text("SHA-256 of the library, in hex.", "^[0-9A-Fa-f]{64}$"),
            "publisher": {
                "type": "string", "maxLength": 128,
                "pattern": "^[^\\s\\u0000-\\u001f\\u007f]([^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f])?$",
                "description": "The name by which policy knows the key of whoever made it.",
            },
            "library": {
                "type": ["string", "null"],
                "description": "The library's file name; without it, the id's last part as the platform names libraries.",
            },
            "timer": {
                "type": ["integer", "null"], "minimum": 0, "maximum": u32::MAX,
                "description": "Seconds between two calls of its hook `timer`, of which the agent keeps at least 10 and at most a day.",
            },
            "texts": {
                "type": "object",
                "additionalProperties": {
                    "type": ["string", "object"], "minProperties": 1,
                    "additionalProperties": {"type": "string"},
                },
                "description": "Its texts for people, by key: one text, or one for each language.",
            },
        },
    })
}

fn text(description: &str, pattern: &str) -> Value {
    json!({"type": "string", "pattern": pattern, "description": description})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Manifest;

    fn base() -> Value {
        json!({
            "id": "org.example.ticket", "version": "1.0.0", "abi": "1.0", "hooks": ["timer"],
            "sha256": "0".repeat(64), "publisher": "Example",
        })
    }

    /// Whether the reader takes it from a file.
    fn reads(manifest: &Value) -> bool {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(crate::MANIFEST), manifest.to_string()).unwrap();
        Manifest::read(folder.path()).is_ok()
    }

    #[test]
    fn the_schema_takes_what_the_reader_takes() {
        let schema = jsonschema::draft202012::new(&manifest_schema()).unwrap();
        for (field, value, fits) in [
            ("id", json!("org.deskhook.free-space"), true),
            ("id", json!("ticket"), false),
            ("id", json!("org..ticket"), false),
            ("id", json!("Org.ticket"), false),
            ("version", json!("1 0"), false),
            ("version", json!(""), false),
            ("abi", json!("1"), false),
            ("abi", json!("one.two"), false),
            ("hooks", json!(["session.begin"]), false),
            ("capabilities", json!(["facts:power"]), true),
            ("capabilities", json!(["power"]), false),
            ("sha256", json!("0"), false),
            ("sha256", json!("x".repeat(64)), false),
            ("publisher", json!(""), false),
            ("publisher", json!(" Example"), false),
            ("publisher", json!("Exam\nple"), false),
            ("publisher", json!("Example & Co."), true),
            ("publisher", json!("E".repeat(129)), false),
            ("library", json!("libticket.so"), true),
            ("library", Value::Null, true),
            ("timer", Value::Null, true),
            ("timer", json!(60), true),
            ("timer", json!(-1), false),
            ("timer", json!("60"), false),
            (
                "texts",
                json!({"one": "text", "more": {"en": "text"}}),
                true,
            ),
            ("texts", json!({"one": 1}), false),
            ("texts", json!({"none": {}}), false),
            ("texts", json!({"none": null}), false),
            ("texts", json!({"more": {"en": 1}}), false),
            ("texts", json!(["text"]), false),
            ("newer", json!(true), true),
        ] {
            let mut manifest = base();
            manifest[field] = value;
            assert_eq!(schema.is_valid(&manifest), fits, "{manifest}");
            assert_eq!(reads(&manifest), fits, "{manifest}");
        }
        for field in base().as_object().unwrap().keys() {
            let mut manifest = base();
            manifest.as_object_mut().unwrap().remove(field);
            assert!(
                !schema.is_valid(&manifest) && !reads(&manifest),
                "{manifest}"
            );
        }
    }

    #[test]
    fn the_schema_has_the_fields_of_the_manifest() {
        let whole = json!({"capabilities": [], "library": "x", "timer": 1, "texts": {"a": "b"}});
        let mut manifest = base();
        for (name, value) in whole.as_object().unwrap() {
            manifest[name.as_str()] = value.clone();
        }
        let manifest: Manifest = serde_json::from_value(manifest).unwrap();
        let written = serde_json::to_value(manifest).unwrap();
        let (schema, written) = (manifest_schema(), written.as_object().unwrap().clone());
        assert!(
            schema["properties"]
                .as_object()
                .unwrap()
                .keys()
                .eq(written.keys())
        );
    }
}
