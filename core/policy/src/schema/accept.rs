use std::ops::Range;

use serde_json::Value;

use super::forms::{self, Form};
use super::shape::Kind;
use super::{menu, records};
use crate::syntax::{Kind as Written, Node};

/// What is wrong with a value, or strange about it.
pub(crate) struct Complaint {
    pub(crate) span: Range<usize>,
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

impl Complaint {
    pub(super) fn new(code: &'static str, node: &Node, message: impl Into<String>) -> Self {
        let (span, message, help) = (node.span.clone(), message.into(), None);
        Self {
            span,
            code,
            message,
            help,
        }
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// What came of a value: itself in canonical form unless it was refused, and what was said of it.
///
/// With a value the complaints are warnings; without, they are errors.
pub(crate) struct Accepted {
    pub(crate) value: Option<Value>,
    pub(crate) complaints: Vec<Complaint>,
}

/// Holds a value against the type of its key.
pub(crate) fn accept(kind: Kind, node: &Node) -> Accepted {
    match kind {
        Kind::Records(section, check) => records::list(section, check, node),
        Kind::Menu(section, check) => {
            let mut accepted = records::list(section, check, node);
            if accepted.value.is_some() {
                accepted.complaints.extend(menu::left_out(node));
            }
            accepted
        }
        Kind::Bool => boolean(node),
        _ => match single(kind, node) {
            Ok(value) => Accepted {
                value: Some(value),
                complaints: vec![],
            },
            Err(complaints) => Accepted {
                value: None,
                complaints,
            },
        },
    }
}

fn boolean(node: &Node) -> Accepted {
    let read = match &node.kind {
        Written::Bool(value) => Some((*value, vec![])),
        Written::Text(text) => {
            let value = [("true", true), ("false", false)]
                .into_iter()
                .find(|(name, _)| text.eq_ignore_ascii_case(name));
            value.map(|(name, value)| {
                let said = Complaint::new("text-for-bool", node, "a boolean is written as a text");
                (
                    value,
                    vec![said.with_help(format!("write {name} without quotes"))],
                )
            })
        }
        _ => None,
    };
    let Some((value, complaints)) = read else {
        let complaints = vec![wrong_type(node, "true or false")];
        return Accepted {
            value: None,
            complaints,
        };
    };
    Accepted {
        value: Some(Value::Bool(value)),
        complaints,
    }
}

fn single(kind: Kind, node: &Node) -> Result<Value, Vec<Complaint>> {
    match kind {
        Kind::Number(least, most) => number(node, least, most).map_err(|said| vec![said]),
        Kind::Text(form) => text(node, form).map_err(|said| vec![said]),
        Kind::Choice(names) => choice(node, names).map_err(|said| vec![said]),
        Kind::TextOrTexts(form) if matches!(node.kind, Written::Text(_)) => {
            let value = text(node, form).map_err(|said| vec![said])?;
            Ok(Value::Array(vec![value]))
        }
        Kind::Texts(form) | Kind::TextOrTexts(form) => each(node, |item| text(item, form)),
        Kind::Choices(names) => each(node, |item| choice(item, names)),
        Kind::Stop => stop(node),
        Kind::Scalar | Kind::Bool | Kind::Records(..) | Kind::Menu(..) => match node.kind {
            Written::Text(_) | Written::Number(_) | Written::Bool(_) => Ok(node.to_value()),
            _ => Err(vec![wrong_type(node, "a text, number or boolean")]),
        },
    }
}

fn each(
    node: &Node,
    read: impl Fn(&Node) -> Result<Value, Complaint>,
) -> Result<Value, Vec<Complaint>> {
    let Written::List(items) = &node.kind else {
        return Err(vec![wrong_type(node, "a list of texts")]);
    };
    let (mut values, mut complaints) = (vec![], vec![]);
    for item in items {
        match read(item) {
            Ok(value) => values.push(value),
            Err(said) => complaints.push(said),
        }
    }
    if complaints.is_empty() {
        Ok(Value::Array(values))
    } else {
        Err(complaints)
    }
}

fn number(node: &Node, least: u64, most: u64) -> Result<Value, Complaint> {
    let expected = format!("a whole number from {least} to {most}");
    let Written::Number(number) = &node.kind else {
        return Err(wrong_type(node, &expected));
    };
    match number.as_u64() {
        Some(value) if (least..=most).contains(&value) => Ok(Value::from(value)),
        _ => Err(bad_value(node, format!("{number} is not {expected}"))),
    }
}

fn text(node: &Node, form: &Form) -> Result<Value, Complaint> {
    let Written::Text(text) = &node.kind else {
        return Err(wrong_type(node, "a text"));
    };
    (form.check)(text).map_err(|message| bad_value(node, message))?;
    Ok(Value::String(text.clone()))
}

fn choice(node: &Node, names: &[&str]) -> Result<Value, Complaint> {
    let shown: Vec<String> = names
        .iter()
        .filter(|n| !n.is_empty())
        .map(|n| (*n).to_owned())
        .collect();
    let expected = format!("one of {}", shown.join(", "));
    let Written::Text(text) = &node.kind else {
        return Err(wrong_type(node, &expected));
    };
    if let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(text)) {
        return Ok(Value::String((*name).to_owned()));
    }
    let said = bad_value(node, format!("\"{text}\" is not {expected}"));
    Err(match super::nearest(text, &shown) {
        Some(name) => said.with_help(format!("did you mean \"{name}\"?")),
        None => said,
    })
}

fn stop(node: &Node) -> Result<Value, Vec<Complaint>> {
    let Written::Object(members) = &node.kind else {
        return choice(node, &["Terminate", "Leave"]).map_err(|said| vec![said]);
    };
    match members.as_slice() {
        [only] if only.key.eq_ignore_ascii_case("Command") => {
            let arguments = each(&only.value, |item| text(item, &forms::ANY))?;
            Ok(serde_json::json!({ "Command": arguments }))
        }
        _ => Err(vec![bad_value(
            node,
            "an object here has the one key Command".to_owned(),
        )]),
    }
}

fn bad_value(node: &Node, message: String) -> Complaint {
    Complaint::new("bad-value", node, message)
}

/// A value of another type than `expected`.
pub(super) fn wrong_type(node: &Node, expected: &str) -> Complaint {
    let message = format!("{expected} is expected here, not {}", node.type_name());
    let said = Complaint::new("wrong-type", node, message);
    match &node.kind {
        Written::Null => said.with_help("to unset a key, list it under \"remove\""),
        Written::Text(text) if text.parse::<f64>().is_ok() && expected.contains("number") => {
            said.with_help(format!("write {text} without quotes"))
        }
        _ => said,
    }
}
