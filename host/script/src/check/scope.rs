use std::collections::{BTreeMap, BTreeSet};

use super::names::{tested, written};
use super::tree::{Expression, Spot, Statement};
use crate::REFERENCE;
use crate::shape::{Kind, Shape, Shapes, spelt};

/// How far down an expression is looked into for what it is. Deeper ones may be anything.
const DEEPEST: u32 = 32;
/// More parts no name of the API has: `deskhook.http.get`, and a field of what is no table.
const MOST_PARTS: u32 = 5;

/// What an expression is known to be before anything runs.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Nil,
    Text(String),
    /// A text that begins like this.
    Begins(String),
    Number(f64),
    /// `deskhook`, a room or a function of it, by its full name.
    Api(String),
    /// A table of the language's own: `string`.
    Library(String),
    Known(Shape),
}

impl Value {
    pub(super) const ANY: Self = Self::Known(Shape::Any);

    pub(super) fn kind(&self) -> Option<Kind> {
        match self {
            Self::Nil => Some(Kind::Nil),
            Self::Text(_) | Self::Begins(_) => Some(Kind::Text),
            Self::Number(_) => Some(Kind::Number),
            Self::Api(_) => None,
            Self::Library(_) => Some(Kind::Table),
            Self::Known(shape) => shape.kind(),
        }
    }
}

/// Which names mean what at one place of a file.
pub(super) struct Scopes<'a> {
    shapes: &'a Shapes,
    libraries: &'a BTreeMap<String, BTreeSet<String>>,
    /// Names that are assigned anywhere: nothing is known of what they hold.
    written: BTreeSet<String>,
    /// Names of which somebody asks whether there is something: they may be nil on purpose.
    tested: BTreeSet<String>,
    locals: Vec<BTreeMap<String, Value>>,
}

impl<'a> Scopes<'a> {
    pub(super) fn new(
        shapes: &'a Shapes,
        libraries: &'a BTreeMap<String, BTreeSet<String>>,
        tree: &[Statement],
    ) -> Self {
        Self {
            shapes,
            libraries,
            written: written(tree),
            tested: tested(tree),
            locals: vec![BTreeMap::new()],
        }
    }

    pub(super) fn shapes(&self) -> &'a Shapes {
        self.shapes
    }

    pub(super) fn enter(&mut self) {
        self.locals.push(BTreeMap::new());
    }

    pub(super) fn leave(&mut self) {
        self.locals.pop();
    }

    pub(super) fn declare(&mut self, name: &str, value: Value) {
        let meant = value == Value::Nil && self.is_tested(name);
        let value = match meant || self.written.contains(name) {
            true => Value::ANY,
            false => value,
        };
        if let Some(innermost) = self.locals.last_mut() {
            innermost.insert(name.to_owned(), value);
        }
    }

    /// Whether the file asks somewhere whether there is something by this name.
    pub(super) fn is_tested(&self, name: &str) -> bool {
        self.tested.contains(name)
    }

    pub(super) fn local(&self, name: &str) -> Option<&Value> {
        self.locals.iter().rev().find_map(|names| names.get(name))
    }

    /// The full name of what is meant, where it is of the API: `deskhook.http.get`.
    pub(super) fn api_path(&self, spot: &Spot) -> Option<String> {
        self.api_path_within(spot, MOST_PARTS)
    }

    fn api_path_within(&self, spot: &Spot, left: u32) -> Option<String> {
        let left = left.checked_sub(1)?;
        match &spot.what {
            Expression::Name(name) => match self.local(name) {
                Some(Value::Api(path)) => Some(path.clone()),
                Some(_) => None,
                None => (name == "deskhook").then(|| name.clone()),
            },
            Expression::Field(of, _, name) => {
                Some(format!("{}.{name}", self.api_path_within(of, left)?))
            }
            _ => None,
        }
    }

    pub(super) fn value(&self, spot: &Spot) -> Value {
        self.value_within(spot, DEEPEST)
    }

    fn value_within(&self, spot: &Spot, left: u32) -> Value {
        let Some(left) = left.checked_sub(1) else {
            return Value::ANY;
        };
        if let Some(path) = self.api_path(spot) {
            return Value::Api(path);
        }
        match &spot.what {
            Expression::Nil => Value::Nil,
            Expression::Truth(_) => Value::Known(Shape::Truth),
            Expression::Number(number) => Value::Number(*number),
            Expression::Text(text) => Value::Text(text.clone()),
            Expression::Pattern => Value::Known(Shape::Text),
            Expression::Function(_) => Value::Known(Shape::Function),
            Expression::Table(_) => Value::Known(Shape::Map(Box::new(Shape::Any))),
            Expression::Name(name) => self.name(name),
            Expression::Field(of, _, name) => self.field(&self.value_within(of, left), name),
            Expression::Item(of, _) => match self.value_within(of, left) {
                Value::Known(Shape::List(item) | Shape::Map(item)) => Value::Known(*item),
                _ => Value::ANY,
            },
            Expression::Call(of, _) => self.result(of),
            Expression::Binary(one, sign, other) => self.joined(one, sign, (other, left)),
            Expression::Unary(sign, of) => match (sign.as_str(), &of.what) {
                ("not", _) => Value::Known(Shape::Truth),
                ("-", Expression::Number(number)) => Value::Number(-number),
                _ => Value::Known(Shape::Number),
            },
            Expression::Method(..) | Expression::Other(_) => Value::ANY,
        }
    }

    fn name(&self, name: &str) -> Value {
        match self.local(name) {
            Some(value) => value.clone(),
            None if self
                .libraries
                .get(name)
                .is_some_and(|fields| !fields.is_empty()) =>
            {
                Value::Library(name.to_owned())
            }
            None => Value::ANY,
        }
    }

    fn field(&self, of: &Value, name: &str) -> Value {
        let Value::Known(shape) = of else {
            return Value::ANY;
        };
        match self.shapes.resolve(shape) {
            Shape::Record(record) => match record.fields.get(name) {
                Some(part) => Value::Known(part.shape.clone()),
                None => Value::ANY,
            },
            Shape::Map(values) => Value::Known(*values),
            _ => Value::ANY,
        }
    }

    fn result(&self, of: &Spot) -> Value {
        if let Some(path) = self.api_path(of) {
            let entry = REFERENCE.iter().find(|entry| entry.name == path);
            let part = entry.map(|entry| spelt(entry.returns));
            let known = part.filter(|part| !part.optional);
            return known.map_or(Value::ANY, |part| Value::Known(part.shape));
        }
        match &of.what {
            Expression::Name(name) if self.local(name).is_none() => match name.as_str() {
                "tostring" | "type" => Value::Known(Shape::Text),
                _ => Value::ANY,
            },
            _ => Value::ANY,
        }
    }

    fn joined(&self, one: &Spot, sign: &str, (other, left): (&Spot, u32)) -> Value {
        match sign {
            ".." => match self.value_within(one, left) {
                Value::Text(start) | Value::Begins(start) => Value::Begins(start),
                _ => Value::Known(Shape::Text),
            },
            "==" | "~=" | "<" | ">" | "<=" | ">=" => Value::Known(Shape::Truth),
            "or" => {
                let (one, other) = (self.value_within(one, left), self.value_within(other, left));
                let alike = one.kind().is_some() && one.kind() == other.kind();
                match (one, alike) {
                    (
                        Value::Text(_) | Value::Begins(_) | Value::Number(_) | Value::Known(_),
                        true,
                    ) => self.widened(&other),
                    _ => Value::ANY,
                }
            }
            "and" => Value::ANY,
            _ => Value::Known(Shape::Number),
        }
    }

    /// What is left to know of a value that may be another one of the same type.
    fn widened(&self, value: &Value) -> Value {
        match value.kind() {
            Some(Kind::Text) => Value::Known(Shape::Text),
            Some(Kind::Number) => Value::Known(Shape::Number),
            Some(Kind::Truth) => Value::Known(Shape::Truth),
            _ => Value::ANY,
        }
    }
}
