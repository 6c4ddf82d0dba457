use std::ops::Range;

use serde_json::{Number, Value};

/// A JSON value that knows where it stands, in bytes of its file.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// From its first byte to behind its last.
    pub span: Range<usize>,
    /// What it is.
    pub kind: Kind,
}

/// What a [`Node`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text in quotes, without them.
    Text(String),
    /// An array.
    List(Vec<Node>),
    /// An object, in the order in which it is written.
    Object(Vec<Member>),
}

/// A key of an object, with its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// The key, as it is written.
    pub key: String,
    /// Where the key stands, with its quotes.
    pub key_span: Range<usize>,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// The value without places. Recurses no deeper than the parser let it grow.
    pub fn to_value(&self) -> Value {
        match &self.kind {
            Kind::Null => Value::Null,
            Kind::Bool(value) => Value::Bool(*value),
            Kind::Number(number) => Value::Number(number.clone()),
            Kind::Text(text) => Value::String(text.clone()),
            Kind::List(items) => items.iter().map(Self::to_value).collect(),
            Kind::Object(members) => {
                let pairs = members.iter().map(|m| (m.key.clone(), m.value.to_value()));
                Value::Object(pairs.collect())
            }
        }
    }

    /// What it is, as people call it.
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::Text(_) => "a text",
            Kind::List(_) => "a list",
            Kind::Object(_) => "an object",
        }
    }
}
