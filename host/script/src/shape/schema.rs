use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use deskhook_hooks::{Body, Context, Hook};
use serde_json::Value;

use super::{Part, Record, Shape, Tagged, spelt};
use crate::stub::{OWN, TEST_API};

/// Every record by its name: what hooks are given and answer, from their schemas, and what the
/// API gives back.
pub(crate) struct Shapes {
    named: BTreeMap<String, Shape>,
}

impl Shapes {
    /// All of them, made once.
    pub(crate) fn known() -> &'static Self {
        static KNOWN: LazyLock<Shapes> = LazyLock::new(Shapes::new);
        &KNOWN
    }

    fn new() -> Self {
        let mut shapes = Self {
            named: BTreeMap::new(),
        };
        let context = Context::schema().to_value();
        shapes.define(&context);
        for hook in Hook::ALL {
            let input = Body::schema(hook).to_value();
            shapes.define(&input);
            let mut fields = fields(&context);
            fields.extend(self::fields(&input));
            fields.insert("hook".to_owned(), part(Shape::Text));
            shapes.record(&input_name(hook), fields);
            if let Some(answer) = hook.answer_schema().map(Value::from) {
                shapes.define(&answer);
                let answer = match hook {
                    // Or a list of them.
                    Hook::MenuClick => Shape::Named("ExtensionRequest".to_owned()),
                    _ => shape(&answer),
                };
                shapes.named.insert(answer_name(hook), answer);
            }
        }
        for (name, _, list) in OWN {
            shapes.record(name, listed(list));
        }
        shapes.record("Test", listed(TEST_API));
        let texts = ["code", "title", "message"];
        let mut verdict =
            BTreeMap::from(texts.map(|name| (name.to_owned(), left_out(Shape::Text))));
        let words = ["allow", "deny", "ask"].map(str::to_owned).to_vec();
        verdict.insert("verdict".to_owned(), part(Shape::Words(words)));
        verdict.insert("timeout".to_owned(), left_out(Shape::Number));
        shapes.record("Verdict", verdict);
        shapes
    }

    /// What `hook` is given.
    pub(crate) fn input(&self, hook: Hook) -> Shape {
        Shape::Named(input_name(hook))
    }

    /// What `hook` may answer, `menu.click` once or many times; anything where nothing is wanted.
    pub(crate) fn answer(&self, hook: Hook) -> Shape {
        let known = self.named.get(&answer_name(hook));
        known.cloned().unwrap_or(Shape::Any)
    }

    /// What stands behind a name.
    pub(crate) fn resolve(&self, shape: &Shape) -> Shape {
        match shape {
            Shape::Named(name) => self.named.get(name).cloned().unwrap_or(Shape::Any),
            other => other.clone(),
        }
    }

    fn record(&mut self, name: &str, fields: BTreeMap<String, Part>) {
        let record = Shape::Record(Arc::new(Record { fields }));
        self.named.insert(name.to_owned(), record);
    }

    fn define(&mut self, schema: &Value) {
        let definitions = schema["$defs"].as_object();
        for (name, definition) in definitions.into_iter().flatten() {
            self.named.insert(name.clone(), shape(definition));
        }
    }
}

fn input_name(hook: Hook) -> String {
    format!("input of {hook}")
}

fn answer_name(hook: Hook) -> String {
    format!("answer to {hook}")
}

fn part(shape: Shape) -> Part {
    Part {
        shape,
        optional: false,
    }
}

fn left_out(shape: Shape) -> Part {
    Part {
        shape,
        optional: true,
    }
}

fn listed(fields: &[(&str, &str, &str)]) -> BTreeMap<String, Part> {
    let read = |(name, kind, _): &(&str, &str, &str)| ((*name).to_owned(), spelt(kind));
    fields.iter().map(read).collect()
}

fn fields(schema: &Value) -> BTreeMap<String, Part> {
    let required = schema["required"].as_array();
    let required = |name: &str| required.is_some_and(|all| all.iter().any(|one| one == name));
    let properties = schema["properties"].as_object().into_iter().flatten();
    let field = |(name, field): (&String, &Value)| {
        let part = Part {
            shape: shape(field),
            optional: !required(name),
        };
        (name.clone(), part)
    };
    properties.map(field).collect()
}

fn shape(schema: &Value) -> Shape {
    // Words beside a reference are those of its that count here.
    if let Some(words) = words(schema) {
        return Shape::Words(words);
    }
    if let Some(name) = schema["$ref"].as_str() {
        return Shape::Named(name.rsplit('/').next().unwrap_or_default().to_owned());
    }
    if let Some(tagged) = tagged(schema) {
        return Shape::Tagged(Arc::new(tagged));
    }
    if let Some(parts) = schema["anyOf"].as_array().or(schema["oneOf"].as_array()) {
        let mut some = parts.iter().filter(|part| part["type"] != "null");
        return match (some.next(), some.next()) {
            (Some(one), None) => shape(one),
            _ => Shape::Any,
        };
    }
    let kinds = match &schema["type"] {
        Value::Array(kinds) => kinds.as_slice(),
        kind => std::slice::from_ref(kind),
    };
    let kinds = kinds.iter().filter_map(Value::as_str);
    let mut kinds = kinds.filter(|kind| *kind != "null");
    let first = kinds.next();
    if kinds.next().is_some() {
        return Shape::Any;
    }
    match first {
        Some("string") => Shape::Text,
        Some("integer") => whole(schema),
        Some("number") => Shape::Number,
        Some("boolean") => Shape::Truth,
        Some("array") => Shape::List(Box::new(shape(&schema["items"]))),
        Some("object") if schema["properties"].is_object() => {
            let fields = fields(schema);
            Shape::Record(Arc::new(Record { fields }))
        }
        Some("object") => Shape::Map(Box::new(shape(&schema["additionalProperties"]))),
        _ => Shape::Any,
    }
}

fn whole(schema: &Value) -> Shape {
    let (least, most) = match schema["format"].as_str() {
        Some("uint16") => (0, u16::MAX.into()),
        Some("uint32") => (0, u32::MAX.into()),
        Some("uint64") => (0, i64::MAX),
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    };
    let bound = |name: &str, otherwise: i64| schema[name].as_i64().unwrap_or(otherwise);
    Shape::Whole(bound("minimum", least), bound("maximum", most))
}

/// Tables of several kinds, where one field says which.
fn tagged(schema: &Value) -> Option<Tagged> {
    let mut found = Tagged::default();
    for part in schema["oneOf"].as_array()? {
        let properties = part["properties"].as_object()?;
        let mut tags = properties.iter();
        let (tag, word) = tags.find_map(|(tag, field)| Some((tag, field["const"].as_str()?)))?;
        found.tag.clone_from(tag);
        let fields = fields(part);
        found.records.insert(word.to_owned(), Record { fields });
    }
    Some(found)
}

/// The texts of a closed set, however the schema writes it.
fn words(schema: &Value) -> Option<Vec<String>> {
    let word = |value: &Value| value.as_str().map(str::to_owned);
    if let Some(list) = schema["enum"].as_array() {
        let texts = list.iter().filter(|value| !value.is_null());
        return texts.map(word).collect();
    }
    if let Some(one) = word(&schema["const"]) {
        return Some(vec![one]);
    }
    let parts = schema["oneOf"].as_array().or(schema["anyOf"].as_array())?;
    let some = parts.iter().filter(|part| part["type"] != "null");
    let lists: Option<Vec<Vec<String>>> = some.map(words).collect();
    lists
        .map(|lists| lists.concat())
        .filter(|all| !all.is_empty())
}
