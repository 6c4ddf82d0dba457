use std::collections::BTreeMap;
use std::sync::Arc;

use crate::nearest::nearest;

mod schema;
mod spelling;

pub(crate) use schema::Shapes;
pub(crate) use spelling::spelt;

/// What is known of a value before anything runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Shape {
    Any,
    Text,
    /// One of these texts.
    Words(Vec<String>),
    Number,
    /// A whole number, from the least to the most.
    Whole(i64, i64),
    Truth,
    Function,
    List(Box<Shape>),
    /// Texts to values.
    Map(Box<Shape>),
    /// A record that [`Shapes`] knows by its name; records may hold themselves.
    Named(String),
    Record(Arc<Record>),
    Tagged(Arc<Tagged>),
}

/// A table whose fields are known, all of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Record {
    pub(crate) fields: BTreeMap<String, Part>,
}

/// Tables of several kinds; a field of each says by a word which it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tagged {
    /// That field.
    pub(crate) tag: String,
    /// Which word stands for which.
    pub(crate) records: BTreeMap<String, Record>,
}

impl Tagged {
    /// For a table without the field: which word one of its texts was meant to be, if any.
    pub(crate) fn meant<'a>(&self, texts: impl Iterator<Item = &'a str>) -> String {
        let words = || self.records.keys().map(String::as_str);
        let mut meant = texts.filter_map(|text| nearest(text, words()));
        let hint = meant.next();
        hint.map(|word| format!("; did you mean {} = {word:?}?", self.tag))
            .unwrap_or_default()
    }
}

/// A field of a [`Record`], or a parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    pub(crate) shape: Shape,
    pub(crate) optional: bool,
}

/// The types of Lua, as far as a literal shows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Nil,
    Text,
    Number,
    Truth,
    Function,
    Table,
}

impl Kind {
    pub(crate) fn in_words(self) -> &'static str {
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
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Any => None,
            Self::Text | Self::Words(_) => Some(Kind::Text),
            Self::Number | Self::Whole(..) => Some(Kind::Number),
            Self::Truth => Some(Kind::Truth),
            Self::Function => Some(Kind::Function),
            Self::List(_) | Self::Map(_) | Self::Named(_) | Self::Record(_) | Self::Tagged(_) => {
                Some(Kind::Table)
            }
        }
    }

    /// What a message wants instead of something else.
    pub(crate) fn wanted(&self) -> String {
        match self {
            Self::Any => "anything".to_owned(),
            Self::Text => "text".to_owned(),
            Self::Words(words) => format!("one of: {}", words.join(", ")),
            Self::Number => "a number".to_owned(),
            Self::Whole(least, most) => whole(*least, *most),
            Self::Truth => "true or false".to_owned(),
            Self::Function => "a function".to_owned(),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) | Self::Named(_) | Self::Record(_) | Self::Tagged(_) => {
                "a table".to_owned()
            }
        }
    }
}

/// Bounds that only the type of a number sets are not worth saying.
fn whole(least: i64, most: i64) -> String {
    match (least, most) {
        (_, most) if most < u32::MAX.into() => format!("a whole number of {least} to {most}"),
        (0.., _) => format!("a whole number of {least} or more"),
        _ => "a whole number".to_owned(),
    }
}
