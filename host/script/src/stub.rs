use std::collections::BTreeMap;

use deskhook_hooks::{Context, Hook, Kind};
use serde_json::Value;

use crate::REFERENCE;

mod dialect;

use dialect::{Dialect, Field, schema_type};

/// Types that no schema has: what the API's own functions give back.
pub(crate) const OWN: [(&str, &str, &[Field<'static>]); 3] = [
    (
        "Time",
        "A time, as `deskhook.time` gives it.",
        &[
            ("year", "integer", "2026"),
            ("month", "integer", "1 to 12"),
            ("day", "integer", "1 to 31"),
            ("hour", "integer", "0 to 23"),
            ("minute", "integer", "0 to 59"),
            ("second", "integer", "0 to 59"),
            ("weekday", "integer", "1 is Monday, 7 is Sunday"),
            ("yearday", "integer", "1 to 366"),
            ("unix", "integer", "seconds since 1970"),
            ("offset", "integer", "seconds east of UTC"),
            ("zone", "string", "`Europe/Berlin`, or the offset"),
            ("date", "string", "`2026-11-22`"),
            ("text", "string", "RFC 3339"),
        ],
    ),
    (
        "Response",
        "What a server answered.",
        &[
            ("status", "integer", "100 to 599"),
            ("headers", "table<string, string>", "names in lower case"),
            ("body", "string", "at most 1 MiB"),
        ],
    ),
    (
        "Output",
        "What a program did.",
        &[
            (
                "code",
                "integer",
                "its exit code; -1 where a signal ended it",
            ),
            ("stdout", "string", "at most 256 KiB"),
            ("stderr", "string", "at most 256 KiB"),
        ],
    ),
];
pub(crate) const TEST_API: &[Field<'static>] = &[
    ("clock", "fun(now: string)", "sets the time"),
    (
        "advance",
        "fun(seconds: number)",
        "moves the time on; it stands still otherwise",
    ),
    ("policy", "fun(values: table)", "sets policy values"),
    ("facts", "fun(values: table)", "sets facts of the device"),
    ("env", "fun(values: table)", "sets the agent's environment"),
    ("files", "fun(texts: table)", "sets files by path"),
    ("store", "fun(values: table)", "sets what the package kept"),
    ("person", "fun(fields: table)", "sets who is at the device"),
    ("device", "fun(fields: table)", "sets the device"),
    (
        "grants",
        "fun(capabilities: string[])",
        "sets what the policy grants",
    ),
    (
        "http",
        "fun(url: string, answer: table)",
        "sets what answers there",
    ),
    (
        "exec",
        "fun(path: string, answer: table)",
        "sets what a program does",
    ),
    (
        "run",
        "fun(hook: string, input: table?): table",
        "calls the package",
    ),
    ("allowed", "fun(result: table)", "the result is an allow"),
    (
        "denied",
        "fun(result: table, code: string?)",
        "the result is a deny",
    ),
    (
        "asked",
        "fun(result: table, title: string?)",
        "the result is an ask",
    ),
    ("abstained", "fun(result: table)", "the result is nothing"),
    (
        "failed",
        "fun(result: table, text: string?)",
        "the call failed",
    ),
    (
        "patch",
        "fun(result: table, expected: any)",
        "the patch has these fields",
    ),
    (
        "value",
        "fun(result: table, expected: any)",
        "the value is this",
    ),
    (
        "equal",
        "fun(actual: any, expected: any)",
        "both are the same",
    ),
    (
        "requests",
        "fun(): table",
        "what the package asked the agent to do",
    ),
    ("logs", "fun(): string[]", "what it logged"),
    ("http_calls", "fun(): table", "its HTTP requests"),
    ("exec_calls", "fun(): table", "its programs"),
    (
        "stored",
        "fun(key: string): any",
        "what it kept under the key",
    ),
];

/// Editor stubs for LuaLS: the API, every hook's input and answer, what tests have.
pub fn luals_stubs() -> String {
    stubs(Dialect::LuaLs)
}

/// The same as Luau definitions, for luau-lsp and luau-analyze.
pub fn luau_definitions() -> String {
    stubs(Dialect::Luau)
}

fn stubs(dialect: Dialect) -> String {
    let mut text = dialect.head();
    for (name, doc, fields) in OWN {
        text += &dialect.class((name, doc), fields);
    }
    text += &dialect.class(("Test", "What every test is given."), TEST_API);
    for (name, schema) in classes() {
        let doc = schema["description"].as_str().unwrap_or_default();
        let fields = fields(&schema);
        let fields: Vec<Field<'_>> = fields
            .iter()
            .map(|(a, b, c)| (a.as_str(), b.as_str(), c.as_str()))
            .collect();
        text += &dialect.class((&name, doc), &fields);
    }
    text += &dialect.verdict();
    text + &functions(dialect)
}

/// Every object that a schema names, by its name.
fn classes() -> BTreeMap<String, Value> {
    let mut classes = BTreeMap::new();
    let context = Context::schema().to_value();
    for hook in Hook::ALL {
        let mut input = deskhook_hooks::Body::schema(hook).to_value();
        take_definitions(&mut classes, &input);
        if let (Some(to), Some(from)) = (input.as_object_mut(), context["properties"].as_object()) {
            let properties = to
                .entry("properties")
                .or_insert_with(|| Value::Object(Default::default()));
            for (name, field) in from {
                properties[name.as_str()] = field.clone();
            }
            properties["hook"] =
                serde_json::json!({"type": "string", "description": "Which hook."});
            let doc = format!("What the hook `{hook}` is given.");
            to.insert("description".to_owned(), Value::String(doc));
        }
        classes.insert(input_name(hook), input);
    }
    take_definitions(&mut classes, &context);
    for hook in Hook::ALL {
        take_answer(&mut classes, hook);
    }
    classes.retain(|_, schema| schema["properties"].is_object());
    classes
}

/// In an answer a field may be left out, unless its schema requires it.
fn take_answer(classes: &mut BTreeMap<String, Value>, hook: Hook) {
    let Some(answer) = hook.answer_schema().map(Value::from) else {
        return;
    };
    let mut found = BTreeMap::new();
    take_definitions(&mut found, &answer);
    if hook.kind() == Kind::Transform {
        let title = answer["title"].as_str().unwrap_or_default();
        found.insert(title.to_owned(), answer);
    }
    for (name, mut class) in found {
        let required = class["required"].clone();
        let required = |name: &str| {
            required
                .as_array()
                .is_some_and(|all| all.contains(&name.into()))
        };
        let fields = class["properties"].as_object_mut().into_iter().flatten();
        for (_, field) in fields.filter(|(name, _)| !required(name)) {
            let (kind, doc) = (field.clone(), field["description"].clone());
            *field = serde_json::json!({"anyOf": [kind, {"type": "null"}], "description": doc});
        }
        classes.insert(name, class);
    }
}

fn take_definitions(classes: &mut BTreeMap<String, Value>, schema: &Value) {
    let definitions = schema["$defs"].as_object();
    for (name, definition) in definitions.into_iter().flatten() {
        classes.insert(name.clone(), definition.clone());
    }
}

/// `session.request` is `SessionRequestInput`.
fn input_name(hook: Hook) -> String {
    let words = hook.name().split('.').map(|word| {
        let (first, rest) = word.split_at(1);
        first.to_uppercase() + rest
    });
    words.collect::<String>() + "Input"
}

fn fields(schema: &Value) -> Vec<(String, String, String)> {
    let properties = schema["properties"].as_object().into_iter().flatten();
    let field = |(name, field): (&String, &Value)| {
        let doc = field["description"].as_str().unwrap_or_default();
        (name.clone(), schema_type(field), doc.replace('\n', " "))
    };
    properties.map(field).collect()
}

/// The type of what a function that hears `hook` gives back.
fn answer_type(dialect: Dialect, hook: Hook) -> String {
    let Some(schema) = hook.answer_schema().map(Value::from) else {
        return String::new();
    };
    match hook.kind() {
        Kind::Decide => dialect.named("Verdict") + "?",
        Kind::Provide => "string?".to_owned(),
        Kind::Transform => dialect.named(schema["title"].as_str().unwrap_or_default()) + "?",
        Kind::Observe => "any".to_owned(),
    }
}

fn functions(dialect: Dialect) -> String {
    let handlers: Vec<(Hook, String, String)> = Hook::ALL
        .into_iter()
        .map(|hook| {
            (
                hook,
                dialect.named(&input_name(hook)),
                answer_type(dialect, hook),
            )
        })
        .collect();
    dialect.api(REFERENCE, &handlers)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stubs_name_every_function_and_every_field_of_every_hook() {
        for text in [luals_stubs(), luau_definitions()] {
            for entry in REFERENCE {
                let last = entry.name.rsplit('.').next().unwrap_or_default();
                assert!(text.contains(last), "{}", entry.name);
                assert!(text.contains(entry.doc), "{}", entry.name);
            }
            for hook in Hook::ALL {
                assert!(text.contains(&format!("\"{hook}\"")), "{hook}");
                assert!(text.contains(&input_name(hook)), "{hook}");
            }
            for field in [
                "policy_version",
                "display_name",
                "timeout_seconds",
                "after",
                "address",
            ] {
                assert!(text.contains(field), "{field}");
            }
            assert!(!text.contains("$ref"));
        }
    }

    #[test]
    fn the_stubs_compile() {
        let lua = mlua::Lua::new();
        lua.load(luals_stubs()).into_function().unwrap();
        let types = luau_definitions().replace("declare deskhook: ", "export type Api = ");
        let types = types.replace("declare function test", "type Run = ");
        let types = types
            .replace("type Run = (", "type Run = ((")
            .replace("): ()\n", ") -> ())\n");
        lua.load(types).into_function().unwrap();
    }
}
