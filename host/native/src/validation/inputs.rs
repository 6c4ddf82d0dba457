//! Inputs of every hook: empty, as usual, and as odd as a host may make them.

use deskhook_hooks::{Call, Hook, HostCall};
use serde_json::{Map, Value, json};

/// A text as long as a person may paste one.
const LONG: usize = 64 << 10;

/// Inputs of `hook`, each with a word for it.
pub(super) fn of(hook: Hook) -> Vec<(&'static str, Call)> {
    let empty = json!({});
    let usual = filled(hook, &|| json!("printer"), 3);
    let odd_text = || json!("\u{202e}\u{1F600} \"quoted\" \\ {name} %s %n\n\t\u{1}");
    let odd = filled(hook, &odd_text, 0x7fff_ffff);
    let long = filled(hook, &|| json!("ü".repeat(LONG / 2)), 0);
    let blank = filled(hook, &|| json!(""), 1);
    let all = [
        ("empty", empty),
        ("usual", usual),
        ("odd", odd),
        ("very long", long),
        ("blank", blank),
    ];
    let read =
        |(kind, input): (&'static str, Value)| Some((kind, Call::read(Some(hook), input).ok()?));
    all.into_iter().filter_map(read).collect()
}

/// An input of `hook` with that text and that number wherever one may stand.
fn filled(hook: Hook, text: &dyn Fn() -> Value, number: u64) -> Value {
    let all = deskhook_hooks::definitions();
    let shape = all.get(&hook.input_name()).cloned().unwrap_or_default();
    let filling = Filling {
        all: &all,
        text,
        number,
    };
    let mut made = filling.of(&shape, 0);
    made["hook"] = json!(hook);
    made["now"] = json!("2026-03-02T09:30:00+01:00");
    made
}

struct Filling<'a> {
    all: &'a std::collections::BTreeMap<String, Value>,
    text: &'a dyn Fn() -> Value,
    number: u64,
}

impl Filling<'_> {
    fn of(&self, shape: &Value, depth: usize) -> Value {
        // A menu has menus in it.
        if depth > 8 {
            return Value::Null;
        }
        if let Some(name) = shape["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
            return self
                .all
                .get(name)
                .map_or(Value::Null, |named| self.of(named, depth + 1));
        }
        if let Some(first) = shape["enum"].as_array().and_then(|all| all.first()) {
            return first.clone();
        }
        if !shape["const"].is_null() {
            return shape["const"].clone();
        }
        let any = ["anyOf", "oneOf"].into_iter();
        let any = any.filter_map(|key| shape[key].as_array()?.first());
        if let Some(first) = any.into_iter().next() {
            return self.of(first, depth + 1);
        }
        let kind = match &shape["type"] {
            Value::Array(kinds) => kinds.first().and_then(Value::as_str),
            kind => kind.as_str(),
        };
        match kind {
            Some("string") => (self.text)(),
            Some("integer" | "number") => json!(self.number),
            Some("boolean") => json!(true),
            Some("array") => json!([self.of(&shape["items"], depth + 1)]),
            _ => self.object(shape, depth),
        }
    }

    fn object(&self, shape: &Value, depth: usize) -> Value {
        let fields = shape["properties"].as_object().into_iter().flatten();
        let fields = fields.map(|(name, inner)| (name.clone(), self.of(inner, depth + 1)));
        Value::Object(
            fields
                .filter(|(_, value)| !value.is_null())
                .collect::<Map<_, _>>(),
        )
    }
}

/// An answer of the kind that a call wants.
pub(super) fn answer(call: &HostCall) -> Value {
    match call {
        HostCall::Http { .. } => json!({"status": 200, "headers": {}, "body": "{}"}),
        HostCall::Exec { .. } => json!({"code": 0, "stdout": "", "stderr": ""}),
        HostCall::Fact { .. } => json!("unknown"),
        HostCall::ReadFile { .. } => json!(""),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hook_has_inputs_of_every_kind() {
        for hook in Hook::ALL {
            let kinds: Vec<&str> = of(hook).into_iter().map(|(kind, _)| kind).collect();
            assert_eq!(
                kinds,
                ["empty", "usual", "odd", "very long", "blank"],
                "{hook}"
            );
        }
    }
}
