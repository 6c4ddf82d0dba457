//! Lists of objects: menu entries, links, programs, ways to an address.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::accept::{Accepted, Complaint, accept, wrong_type};
use super::nearest;
use super::shape::{Leaf, Section, Shape};
use crate::syntax::{Kind as Written, Node};
use crate::{AddressSource, Executable, MenuEntry, WebLink};

/// Reads a list of objects, each with the keys of `section` and then held against `check`.
pub(super) fn list(
    section: &Section,
    check: fn(&Value) -> Result<(), String>,
    node: &Node,
) -> Accepted {
    let Written::List(items) = &node.kind else {
        let complaints = vec![wrong_type(node, "a list of objects")];
        return Accepted {
            value: None,
            complaints,
        };
    };
    let mut reading = Reading::default();
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        let before = reading.errors.len();
        let value = reading.object(section, item);
        if reading.errors.len() == before
            && let Err(message) = check(&value)
        {
            reading
                .errors
                .push(Complaint::new("bad-value", item, message));
        }
        values.push(value);
    }
    reading.done(Value::Array(values))
}

#[derive(Default)]
struct Reading {
    errors: Vec<Complaint>,
    warnings: Vec<Complaint>,
}

impl Reading {
    fn done(self, value: Value) -> Accepted {
        if self.errors.is_empty() {
            let complaints = self.warnings;
            return Accepted {
                value: Some(value),
                complaints,
            };
        }
        Accepted {
            value: None,
            complaints: self.errors,
        }
    }

    fn object(&mut self, section: &Section, node: &Node) -> Value {
        let Written::Object(members) = &node.kind else {
            self.errors.push(wrong_type(node, "an object"));
            return Value::Null;
        };
        let mut object = Map::new();
        for member in members {
            let Some((name, shape)) = section.field(&member.key) else {
                self.unknown(section, member.key_span.clone(), &member.key);
                continue;
            };
            let value = self.value(shape, &member.value);
            object.insert(name, value);
        }
        Value::Object(object)
    }

    fn unknown(&mut self, section: &Section, span: std::ops::Range<usize>, key: &str) {
        let help = nearest(key, &section.names()).map(|name| format!("did you mean {name}?"));
        self.warnings.push(Complaint {
            span,
            code: "unknown-key",
            message: format!("{key} is no key that Deskhook knows here"),
            help,
        });
    }

    fn value(&mut self, shape: Shape, node: &Node) -> Value {
        match (shape, &node.kind) {
            (Shape::Section(section), _) => self.object(section, node),
            (Shape::LeafOrNames(leaf), Written::Object(members)) => {
                let pairs = members
                    .iter()
                    .map(|m| (m.key.clone(), self.leaf(leaf, &m.value)));
                Value::Object(pairs.collect())
            }
            (Shape::Leaf(leaf) | Shape::LeafOrNames(leaf), _) => self.leaf(leaf, node),
            (Shape::Names(_), _) => node.to_value(),
        }
    }

    fn leaf(&mut self, leaf: Leaf, node: &Node) -> Value {
        let accepted = accept(leaf.kind, node);
        let said = match accepted.value {
            Some(_) => &mut self.warnings,
            None => &mut self.errors,
        };
        said.extend(accepted.complaints);
        accepted.value.unwrap_or_default()
    }
}

/// The same value without the keys that `section` does not know.
pub(crate) fn known(section: &Section, value: &Value) -> Value {
    let Value::Object(object) = value else {
        return value.clone();
    };
    let kept = object.iter().filter_map(|(key, value)| {
        let (name, shape) = section.field(key)?;
        let value = match shape {
            Shape::Section(inner) => known(inner, value),
            _ => value.clone(),
        };
        Some((name, value))
    });
    Value::Object(kept.collect())
}

fn typed<T: DeserializeOwned>(value: &Value) -> Result<T, String> {
    serde_json::from_value(value.clone()).map_err(|error| error.to_string())
}

pub(super) fn menu_entry(value: &Value) -> Result<(), String> {
    let entry: MenuEntry = typed(value)?;
    match entry.kind.as_str() {
        "link" if entry.target.is_none() => Err("a link has a Target".to_owned()),
        "separator" => Ok(()),
        "submenu" if entry.items.is_empty() => Err("a submenu has Items".to_owned()),
        _ if entry.id.is_empty() => Err("an entry has an Id".to_owned()),
        _ => Ok(()),
    }
}

pub(super) fn web_link(value: &Value) -> Result<(), String> {
    let link: WebLink = typed(value)?;
    if link.target.is_empty() {
        return Err("a link has a Target".to_owned());
    }
    Ok(())
}

pub(super) fn executable(value: &Value) -> Result<(), String> {
    let executable: Executable = typed(value)?;
    if executable.path.is_empty() {
        return Err("a program has a Path".to_owned());
    }
    Ok(())
}

pub(super) fn address_source(value: &Value) -> Result<(), String> {
    let keys: Vec<&str> = value
        .as_object()
        .into_iter()
        .flat_map(Map::keys)
        .map(String::as_str)
        .collect();
    let message = match keys[..] {
        ["Query"] => "Query needs Arguments, a list of texts",
        ["Output"] => "Output needs Prefix and Template, such as \"ID=\" and \"{value}\"",
        ["Listening"] => "Listening needs a Template, such as \"vnc://{host}:{port}\"",
        _ => "a way to the address is one of Query, Output, Listening",
    };
    typed::<AddressSource>(value)
        .map(drop)
        .map_err(|_| message.to_owned())
}
