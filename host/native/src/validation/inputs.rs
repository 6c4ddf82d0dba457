//! Inputs of every hook: empty, as usual, and as odd as a host may make them.

use deskhook_hooks::{Call, Hook};
use serde_json::{Map, Value, json};

/// A text as long as a person may paste one.
const LONG: usize = 64 << 10;
/// The input that a host makes every day.
const USUAL: &str = "usual";

/// An input of a hook, with a word for it.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub(super) kind: &'static str,
    pub(super) call: Call,
}

impl Input {
    pub(super) fn is_usual(&self) -> bool {
        self.kind == USUAL
    }
}

impl std::fmt::Display for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} with {} input", self.call.hook, self.kind)
    }
}

/// All inputs of `hook`.
pub(super) fn of(hook: Hook) -> Vec<Input> {
    let odd = "\u{202e}\u{1F600} \"quoted\" \\ {name} %s %n\n\t\u{1}";
    let long = "ü".repeat(LONG / 2);
    let more = [
        ("odd", filled(hook, &|_| json!(odd), 0x7fff_ffff)),
        ("very long", filled(hook, &|_| json!(long), 0)),
        ("blank", filled(hook, &|_| json!(""), 1)),
    ];
    let more = more.into_iter();
    let more = more.filter_map(|(kind, input)| read(hook, kind, input));
    plain(hook).into_iter().chain(more).collect()
}

/// The empty and the usual input of `hook`.
pub(super) fn plain(hook: Hook) -> Vec<Input> {
    let both = [read(hook, "empty", json!({})), usual(hook)];
    both.into_iter().flatten().collect()
}

/// The usual input of `hook`.
pub(super) fn usual(hook: Hook) -> Option<Input> {
    let mut input = filled(hook, &|field| json!(word(field)), 3);
    input["device"]["os"] = json!(std::env::consts::OS);
    read(hook, USUAL, input)
}

fn read(hook: Hook, kind: &'static str, input: Value) -> Option<Input> {
    let call = Call::read(Some(hook), input).ok()?;
    Some(Input { kind, call })
}

/// What a text field of that name says on most days.
fn word(field: &str) -> &'static str {
    match field {
        "address" => "123 456 789",
        "arguments" => "--plain",
        "changed" => "Integration.AnyDesk.Enabled",
        "client" => "anydesk",
        "display_name" => "Kim Sato",
        "groups" => "office",
        "icon" => "idle",
        "id" | "item" => "start",
        "language" => "en",
        "name" => "kim",
        "now" | "started" | "ended" => "2026-03-02T09:30:00+01:00",
        "organisation" => "Example",
        "os_version" => "12",
        "output" => "ready\n",
        "path" | "program" => "/usr/bin/true",
        "permissions" => "screen",
        "policy_version" => "5f3a",
        "session" => "s-1",
        "target" => "https://example.org/",
        "ticket" => "4711",
        _ => "printer",
    }
}

/// An input of `hook` with that text and that number wherever one may stand.
fn filled(hook: Hook, text: &dyn Fn(&str) -> Value, number: u64) -> Value {
    let all = deskhook_hooks::definitions();
    let shape = all.get(&hook.input_name()).cloned().unwrap_or_default();
    let filling = Filling {
        all: &all,
        text,
        number,
    };
    let mut made = filling.of("", &shape, 0);
    made["hook"] = json!(hook);
    made["now"] = json!("2026-03-02T09:30:00+01:00");
    made
}

struct Filling<'a> {
    all: &'a std::collections::BTreeMap<String, Value>,
    text: &'a dyn Fn(&str) -> Value,
    number: u64,
}

impl Filling<'_> {
    fn of(&self, field: &str, shape: &Value, depth: usize) -> Value {
        // A menu has menus in it.
        if depth > 8 {
            return Value::Null;
        }
        if let Some(name) = shape["$ref"].as_str().and_then(|to| to.rsplit('/').next()) {
            return self
                .all
                .get(name)
                .map_or(Value::Null, |named| self.of(field, named, depth + 1));
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
            return self.of(field, first, depth + 1);
        }
        let kind = match &shape["type"] {
            Value::Array(kinds) => kinds.first().and_then(Value::as_str),
            kind => kind.as_str(),
        };
        match kind {
            Some("string") => (self.text)(field),
            Some("integer" | "number") => json!(self.number),
            Some("boolean") => json!(true),
            Some("array") => json!([self.of(field, &shape["items"], depth + 1)]),
            _ => self.object(shape, depth),
        }
    }

    fn object(&self, shape: &Value, depth: usize) -> Value {
        let fields = shape["properties"].as_object().into_iter().flatten();
        let fields = fields.map(|(name, inner)| (name.clone(), self.of(name, inner, depth + 1)));
        Value::Object(
            fields
                .filter(|(_, value)| !value.is_null())
                .collect::<Map<_, _>>(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hook_has_inputs_of_every_kind() {
        for hook in Hook::ALL {
            let kinds: Vec<&str> = of(hook).iter().map(|input| input.kind).collect();
            assert_eq!(
                kinds,
                ["empty", "usual", "odd", "very long", "blank"],
                "{hook}"
            );
        }
    }

    #[test]
    fn the_usual_input_says_what_a_device_says() {
        let input = |hook| usual(hook).unwrap().call.input();
        let request = input(Hook::SessionRequest);
        assert_eq!(request["device"]["os"], std::env::consts::OS);
        assert_eq!(request["person"]["language"], "en");
        assert_eq!(request["origin"], "person");
        assert_eq!(input(Hook::ClientLaunch)["client"], "anydesk");
        assert_eq!(input(Hook::SessionEnded)["outcome"], "disconnected");
    }
}
