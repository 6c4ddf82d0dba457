//! The catalogue as JSON Schema: what stubs and reference pages are made from.

use std::collections::BTreeMap;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use crate::{
    Body, ConsentPatch, Context, ExtensionRequest, FieldsPatch, Hook, Kind, LaunchPatch, MenuPatch,
    VerdictAnswer,
};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

impl Hook {
    /// The name of the definition of what it is given: `SessionRequestInput`.
    pub fn input_name(self) -> String {
        let words = self.name().split('.').map(|word| {
            let (first, rest) = word.split_at(1);
            first.to_uppercase() + rest
        });
        words.collect::<String>() + "Input"
    }

    /// The JSON Schema of an answer other than nothing, whole; none for a hook that only observes.
    pub fn answer_schema(self) -> Option<schemars::Schema> {
        let (mut shape, all) = (self.answer_shape()?, definitions());
        let name = shape["$ref"].as_str().and_then(|to| to.rsplit('/').next());
        if let Some(named) = name.and_then(|name| all.get(name)) {
            shape = named.clone();
        }
        shape["$defs"] = json!(all);
        shape.try_into().ok()
    }

    /// The same by references to [`definitions`].
    pub fn answer_shape(self) -> Option<Value> {
        let named = |name: &str| Some(reference(name));
        match self {
            Self::TrayMenu => named("MenuPatch"),
            Self::ConsentPrompt => named("ConsentPatch"),
            Self::ClientLaunch => named("LaunchPatch"),
            Self::AddressReport | Self::StateCollect => named("FieldsPatch"),
            Self::MenuClick => {
                let one = reference("ExtensionRequest");
                Some(json!({"anyOf": [one.clone(), {"type": "array", "items": one}]}))
            }
            _ => match self.kind() {
                Kind::Decide => named("Verdict"),
                Kind::Provide => Some(json!({"type": "string"})),
                Kind::Transform | Kind::Observe => None,
            },
        }
    }
}

/// Every shape of the catalogue by its name: the inputs as the agent gives them, in which what is not
/// required may be absent or null, and the answers as the agent reads them.
pub fn definitions() -> BTreeMap<String, Value> {
    let mut given = given();
    let mut answers = answers();
    // What is there twice, as the items of a menu, has other fields that may be left out.
    let is_other =
        |(name, shape): &(&String, &Value)| given.get(*name).is_some_and(|known| known != *shape);
    let other: Vec<String> = answers
        .iter()
        .filter(is_other)
        .map(|(name, _)| name.clone())
        .collect();
    for name in other {
        let new = format!("New{name}");
        let shape = answers.remove(&name);
        answers.extend(shape.map(|shape| (new.clone(), shape)));
        answers
            .values_mut()
            .for_each(|shape| renew(shape, (&name, &new)));
    }
    given.extend(answers);
    given.values_mut().for_each(tidy);
    given
}

/// All hooks in one JSON Schema document, as an object that has the hooks by name and of each its
/// `input` and its `answer`.
pub fn document() -> Value {
    let hooks: Map<String, Value> = Hook::ALL
        .into_iter()
        .map(|hook| (hook.name().to_owned(), both(hook)))
        .collect();
    json!({
        "$schema": DIALECT,
        "title": "Deskhook: what hooks are given and may answer",
        "type": "object",
        "properties": {"hooks": {"type": "object", "properties": hooks}},
        "$defs": definitions(),
    })
}

fn both(hook: Hook) -> Value {
    let nothing = json!({"type": "null"});
    let answer = match hook.answer_shape() {
        Some(schema) => json!({"anyOf": [schema, nothing]}),
        None => nothing,
    };
    json!({
        "description": format!("{} Kind: {}.", hook.when(), hook.kind().word()),
        "type": "object",
        "properties": {"input": reference(&hook.input_name()), "answer": answer},
    })
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// The shapes of what hooks are given.
fn given() -> BTreeMap<String, Value> {
    let mut generator = SchemaSettings::draft2020_12()
        .for_serialize()
        .into_generator();
    let context = Value::from(generator.root_schema_for::<Context>());
    let mut all = BTreeMap::new();
    for hook in Hook::ALL {
        let mut input = Value::from(Body::shape(hook, &mut generator));
        take(&mut input, &context, "required");
        take(&mut input, &context, "properties");
        take(&mut input, &json!({"required": ["hook"]}), "required");
        input["properties"]["hook"] = json!({"const": hook.name(), "description": "Which hook."});
        let of = |part| Some((part, input.get(part)?.clone()));
        let parts = ["properties", "required"].into_iter().filter_map(of);
        let mut shape: Map<String, Value> =
            parts.map(|(name, part)| (name.to_owned(), part)).collect();
        shape.insert("type".to_owned(), json!("object"));
        shape.insert(
            "description".to_owned(),
            json!(format!("What the hook `{hook}` is given.")),
        );
        all.insert(hook.input_name(), Value::Object(shape));
    }
    all.extend(generator.take_definitions(true));
    // Made into the inputs above.
    all.retain(|name, _| name != "Context");
    all
}

/// Adds what `from` has under `part`, a list or an object.
fn take(to: &mut Value, from: &Value, part: &str) {
    match (&mut to[part], &from[part]) {
        (Value::Array(to), Value::Array(from)) => to.extend(from.iter().cloned()),
        (Value::Object(to), Value::Object(from)) => {
            to.extend(
                from.iter()
                    .map(|(name, value)| (name.clone(), value.clone())),
            );
        }
        (to @ Value::Null, from) => *to = from.clone(),
        _ => {}
    }
}

/// The shapes of what hooks may answer.
fn answers() -> BTreeMap<String, Value> {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let generator: &mut SchemaGenerator = &mut generator;
    generator.subschema_for::<MenuPatch>();
    generator.subschema_for::<ConsentPatch>();
    generator.subschema_for::<LaunchPatch>();
    generator.subschema_for::<FieldsPatch>();
    generator.subschema_for::<VerdictAnswer>();
    generator.subschema_for::<ExtensionRequest>();
    generator.take_definitions(true).into_iter().collect()
}

/// Lets references to one name refer to another.
fn renew(shape: &mut Value, (name, new): (&str, &str)) {
    let old = format!("#/$defs/{name}");
    each(shape, &mut |object| {
        if object.get("$ref").is_some_and(|to| *to == *old) {
            object.insert("$ref".to_owned(), json!(format!("#/$defs/{new}")));
        }
    });
}

/// Sentences on one line, and no default that says what leaving out says already.
fn tidy(shape: &mut Value) {
    each(shape, &mut |object| {
        let says_nothing = |value: &Value| match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(entries) => entries.is_empty(),
            other => other.is_object() || *other == json!(false) || *other == json!(0),
        };
        if object.get("default").is_some_and(says_nothing) {
            object.remove("default");
        }
        if let Some(Value::String(text)) = object.get_mut("description") {
            // What is a link for readers of the code is a name for all others.
            *text = text
                .replace('\n', " ")
                .replace("[`", "`")
                .replace("`]", "`");
        }
    });
}

fn each(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(object) => {
            change(object);
            object.values_mut().for_each(|inner| each(inner, change));
        }
        Value::Array(entries) => entries.iter_mut().for_each(|inner| each(inner, change)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Call;

    #[test]
    fn every_reference_has_its_definition_and_every_field_its_sentence() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#/$defs/").skip(1) {
            let name = part.split('"').next().unwrap();
            assert!(document["$defs"].get(name).is_some(), "{name}");
        }
        for (name, shape) in document["$defs"].as_object().unwrap() {
            assert!(shape["description"].is_string(), "{name}");
            for (field, shape) in shape["properties"].as_object().into_iter().flatten() {
                assert!(shape["description"].is_string(), "{name}.{field}: {shape}");
            }
        }
    }

    #[test]
    fn the_schema_of_an_input_has_the_fields_that_the_agent_gives() {
        let all = definitions();
        for hook in Hook::ALL {
            let call = Call::read(Some(hook), json!({})).unwrap().input();
            let shape = &all[&hook.input_name()];
            let (given, said) = (
                call.as_object().unwrap(),
                shape["properties"].as_object().unwrap(),
            );
            assert!(given.keys().eq(said.keys()), "{hook}: {shape}");
            let required = shape["required"].as_array().unwrap();
            for name in ["hook", "device", "person", "now", "policy_version"] {
                assert!(required.contains(&json!(name)), "{hook}: {name}");
            }
        }
    }

    #[test]
    fn what_the_agent_gives_and_what_it_reads_is_what_the_schema_says() {
        let document = document();
        assert!(jsonschema::meta::is_valid(&document));
        let at = |hook: Hook, part: &str| {
            let hook = &document["properties"]["hooks"]["properties"][hook.name()];
            let mut schema = hook["properties"][part].clone();
            schema["$defs"] = document["$defs"].clone();
            jsonschema::draft202012::new(&schema).unwrap()
        };
        for (hook, input) in inputs() {
            let input = Call::read(Some(hook), input).unwrap().input();
            let told = at(hook, "input")
                .iter_errors(&input)
                .map(|e| e.to_string())
                .collect::<Vec<_>>();
            assert_eq!(told, Vec::<String>::new(), "{hook}: {input}");
        }
        for (hook, answer, fits) in answers_of_authors() {
            assert_eq!(
                at(hook, "answer").is_valid(&answer),
                fits,
                "{hook}: {answer}"
            );
            assert_eq!(
                crate::Answer::read(hook, answer.clone()).is_ok(),
                fits,
                "{answer}"
            );
        }
    }

    /// Inputs whose words are those of the agent.
    fn inputs() -> Vec<(Hook, Value)> {
        let mut inputs: Vec<_> = Hook::ALL.map(|hook| (hook, json!({}))).to_vec();
        for (hook, input) in &mut inputs {
            let sam = json!({"name": "Sam", "verified": true});
            *input = match hook {
                Hook::TrayMenu => json!({
                    "menu": {"items": [{"id": "start", "kind": "start"}, {"kind": "submenu", "items": [{"id": "a"}]}]},
                    "session": {"phase": "connected", "address": "1", "supporter": sam},
                }),
                Hook::SessionRequest => json!({"origin": "url", "reason": "x"}),
                Hook::ElevationRequest => json!({"method": "local-approval", "minutes": 5}),
                Hook::SessionEnded => json!({"outcome": "denied", "supporter": sam}),
                Hook::ElevationFinished => json!({"outcome": "expired"}),
                Hook::ClientExited => json!({"signal": 9}),
                _ => json!({}),
            };
            input["device"] = json!({"os": "linux"});
        }
        inputs
    }

    fn answers_of_authors() -> Vec<(Hook, Value, bool)> {
        let (decide, menu) = (Hook::SessionJoin, Hook::TrayMenu);
        let request = json!({"request": "start_session"});
        vec![
            (decide, Value::Null, true),
            (
                decide,
                json!({"verdict": "deny", "code": "x", "message": "y"}),
                true,
            ),
            (decide, json!({"verdict": "deny", "code": "x"}), false),
            (decide, json!({"verdict": "perhaps"}), false),
            (decide, json!(true), false),
            (
                menu,
                json!({"set": {"start": {"text": "x"}}, "add": [{"id": "a", "kind": "link"}]}),
                true,
            ),
            (menu, json!({"tool_tip": "x"}), false),
            (menu, json!({"add": [{"id": "a", "after": 1}]}), false),
            (Hook::MenuClick, request.clone(), true),
            (Hook::MenuClick, json!([request]), true),
            (Hook::MenuClick, json!({"request": "reboot"}), false),
            (Hook::ClientLocate, json!("/opt/x"), true),
            (Hook::ClientLocate, json!(1), false),
            (
                Hook::StateCollect,
                json!({"fields": {"a": 1.5, "b": true, "c": "x"}}),
                true,
            ),
            (Hook::StateCollect, json!({"fields": {"a": []}}), false),
            (
                Hook::ConsentPrompt,
                json!({"fields": [{"id": "a", "label": "b"}]}),
                true,
            ),
            (Hook::ConsentPrompt, json!({"fields": [{"id": "a"}]}), false),
            (
                Hook::ClientLaunch,
                json!({"arguments": ["a"], "environment": {"A": "b"}}),
                true,
            ),
            (Hook::ClientLaunch, json!({"environment": {"A": 1}}), false),
        ]
    }

    #[test]
    fn an_item_that_is_given_is_whole_and_one_that_is_new_need_not_be() {
        let all = definitions();
        assert_eq!(all["MenuItem"]["required"], json!(["id", "kind", "text"]));
        assert_eq!(all["NewMenuItem"].get("required"), None);
        let items = &all["AddedItem"]["properties"]["items"]["items"];
        assert_eq!(*items, reference("NewMenuItem"));
    }
}
