//! The JSON Schema of a layer file, drawn from the table of keys.

mod header;
mod leaf;
mod needed;
mod spelling;

use std::collections::HashMap;

use schemars::Schema;
use serde_json::{Map, Value, json};

use super::forms;
use super::sections::ROOT;
use super::shape::{Dots, Field, Kind, Leaf, Merge, Names, Openness, Section, Shape};
use spelling::Spelling;

/// The JSON Schema (draft 2020-12) of a layer file, with every key that Deskhook knows, for
/// editors and for checks elsewhere.
///
/// It refuses nothing that [`Layer::parse`](crate::Layer::parse) and [`resolve`](crate::resolve)
/// take without a complaint, but for one object that is written in part beside its other keys in
/// dotted form: one that needs a key is whole. They know more: what a URL, a pattern or a path is, and what does
/// not fit together.
pub fn json_schema() -> Schema {
    let mut drawing = Drawing::default();
    let settings = drawing.section(&ROOT, "settings");
    header::layer(&settings, drawing.definitions)
}

/// What was drawn so far.
#[derive(Default)]
struct Drawing {
    definitions: Map<String, Value>,
    /// The definition of every section that is drawn or being drawn: a menu's entries have entries.
    names: HashMap<*const Section, String>,
}

/// The keys of one object.
#[derive(Default)]
struct Members {
    properties: Map<String, Value>,
    patterns: Map<String, Value>,
}

impl Members {
    /// A key as Deskhook spells it, for completion, and in any other case.
    fn add(&mut self, spelling: &Spelling, schema: &Value) {
        if let Some(name) = spelling.name() {
            self.properties.insert(name, schema.clone());
        }
        self.patterns.insert(spelling.pattern(), schema.clone());
    }

    /// The object; `others` says what any other key may have, and whether there may be one.
    fn object(self, others: Value) -> Value {
        let mut object = json!({"type": "object", "additionalProperties": others});
        for (word, keys) in [
            ("properties", self.properties),
            ("patternProperties", self.patterns),
        ] {
            if !keys.is_empty() {
                object[word] = Value::Object(keys);
            }
        }
        object
    }
}

impl Drawing {
    /// The schema of a section: a reference to its definition, which is drawn when it is first
    /// met, and is then called `name`.
    fn section(&mut self, section: &'static Section, name: &str) -> Value {
        let address = std::ptr::from_ref(section);
        if let Some(known) = self.names.get(&address) {
            return reference(known);
        }
        self.names.insert(address, name.to_owned());
        for field in section.fields {
            let name = format!("{name}.{}", field.name);
            let schema = self.shape(field.shape, &name);
            self.define(&name, schema, field);
        }
        if section.language_prefix.is_some() {
            let text = leaf::leaf(CAPTION, &Value::Null);
            self.definitions.insert(format!("{name}.TEXT"), text);
        }
        let mut members = Members::default();
        self.fields(section, &Spelling::default(), &mut members);
        let others = section.openness != Openness::Closed;
        let object = needed::with_needed(members.object(others.into()), section);
        self.definitions.insert(name.to_owned(), object);
        reference(name)
    }

    /// Keeps a key's definition, with what it is and what holds where nobody sets it.
    fn define(&mut self, name: &str, schema: Value, field: &Field) {
        let schema = if schema == reference(name) {
            self.definitions.remove(name).unwrap_or_default()
        } else {
            schema
        };
        let mut schema = schema;
        schema["description"] = field.about.into();
        if let Ok(default) = serde_json::from_str::<Value>(field.default) {
            schema["default"] = default;
        }
        self.definitions.insert(name.to_owned(), schema);
    }

    /// What may stand at a key that is called `name`.
    fn shape(&mut self, shape: Shape, name: &str) -> Value {
        match shape {
            Shape::Section(section) => self.section(section, name),
            Shape::Names(names) => {
                let mut members = Members::default();
                self.names(names, (name, &Spelling::default()), &mut members);
                members.object(Value::Bool(true))
            }
            Shape::Leaf(leaf) => self.leaf(leaf, name),
            Shape::LeafOrNames(leaf) => {
                let leaf = self.leaf(leaf, name);
                json!({"anyOf": [leaf, {"type": "object", "additionalProperties": leaf}]})
            }
        }
    }

    fn leaf(&mut self, leaf: Leaf, name: &str) -> Value {
        let record = match leaf.kind {
            Kind::Records(section, _) | Kind::Menu(section, _) => {
                self.record(section, &format!("{name}.ITEM"))
            }
            _ => Value::Null,
        };
        leaf::leaf(leaf, &record)
    }

    /// The keys of a section that is drawn, and the dotted ones inside it, each after `spelling`.
    fn fields(&mut self, section: &'static Section, spelling: &Spelling, members: &mut Members) {
        let name = self.names[&std::ptr::from_ref(section)].clone();
        for field in section.fields {
            let key = spelling.known(field.name);
            let name = format!("{name}.{}", field.name);
            members.add(&key, &reference(&name));
            match field.shape {
                Shape::Section(inner) => self.fields(inner, &key, members),
                Shape::Names(names) => self.names(names, (&name, &key), members),
                Shape::LeafOrNames(leaf) => members.add(&key.any(), &self.leaf(leaf, &name)),
                Shape::Leaf(_) => {}
            }
        }
        if section.openness == Openness::Closed && spelling.is_parted() {
            let strange = spelling.other_than(&section.names());
            members.patterns.insert(strange, Value::Bool(false));
        }
        if section.language_prefix.is_some() {
            for language in section.names() {
                members.add(
                    &spelling.known(&language),
                    &reference(&format!("{name}.TEXT")),
                );
            }
        }
    }

    /// Free names, each after `spelling`.
    fn names(&mut self, names: &Names, (name, key): (&str, &Spelling), members: &mut Members) {
        let name = format!("{name}.NAME");
        let value = self.shape(names.value, &name);
        match (names.dots, names.value) {
            (Dots::Belong, Shape::Section(section)) => {
                // The next part of a dotted name is an object of objects.
                let prefix = json!({"type": "object", "additionalProperties": {"type": "object"}});
                members.add(&key.any(), &json!({"anyOf": [value, prefix]}));
                members.add(&key.dotted(), &Value::Bool(true));
                self.fields(section, &key.dotted(), members);
            }
            (Dots::Belong, _) => {
                let value = json!({"anyOf": [value, {"type": "object"}]});
                members.add(&key.dotted(), &value);
            }
            (Dots::Part, inner) => {
                members.add(&key.any(), &value);
                match inner {
                    Shape::Section(section) => self.fields(section, &key.any(), members),
                    Shape::Names(inner) => self.names(inner, (&name, &key.any()), members),
                    Shape::LeafOrNames(leaf) => {
                        members.add(&key.any().any(), &self.leaf(leaf, &name));
                    }
                    Shape::Leaf(_) => {}
                }
            }
        }
    }

    /// One object of a list: its keys have no dots.
    fn record(&mut self, section: &'static Section, name: &str) -> Value {
        let address = std::ptr::from_ref(section);
        if let Some(known) = self.names.get(&address) {
            return reference(known);
        }
        self.names.insert(address, name.to_owned());
        let mut members = Members::default();
        for field in section.fields {
            let name = format!("{name}.{}", field.name);
            let schema = match field.shape {
                Shape::Section(inner) => self.record(inner, &name),
                shape => self.shape(shape, &name),
            };
            self.define(&name, schema, field);
            members.add(&Spelling::default().known(field.name), &reference(&name));
        }
        let object = needed::with_needed(members.object(Value::Bool(false)), section);
        self.definitions.insert(name.to_owned(), object);
        reference(name)
    }
}

const CAPTION: Leaf = Leaf {
    kind: Kind::Text(&forms::CAPTION),
    merge: Merge::Replace,
};

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}
