use std::collections::BTreeMap;
use std::sync::Arc;

mod schema;
mod spelling;

pub(super) use schema::Shapes;
pub(super) use spelling::spelt;

/// What is known of a value before anything runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shape {
    Any,
    Text,
    /// One of these texts.
    Words(Vec<String>),
    Number,
    Truth,
    Function,
    List(Box<Shape>),
    /// Texts to values.
    Map(Box<Shape>),
    /// A record that [`Shapes`] knows by its name; records may hold themselves.
    Named(String),
    Record(Arc<Record>),
}

/// A table whose fields are known, all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Record {
    pub(super) fields: BTreeMap<String, Part>,
}

/// A field of a [`Record`], or a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) shape: Shape,
    pub(super) optional: bool,
}

/// The types of Lua, as far as a literal shows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nil,
    Text,
    Number,
    Truth,
    Function,
    Table,
}

impl Kind {
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::Nil => "nil",
            Self::Text => "a text",
            Self::Number => "a number",
            Self::Truth => "true or false",
            Self::Function => "a function",
            Self::Table => "a table",
        }
    }
}

impl Shape {
    /// The type of Lua; none where it may be any.
    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Any => None,
            Self::Text | Self::Words(_) => Some(Kind::Text),
            Self::Number => Some(Kind::Number),
            Self::Truth => Some(Kind::Truth),
            Self::Function => Some(Kind::Function),
            Self::List(_) | Self::Map(_) | Self::Named(_) | Self::Record(_) => Some(Kind::Table),
        }
    }
}
