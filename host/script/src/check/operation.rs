//! Names, fields and operators: what is certain to be a slip whatever the values are.

use super::Severity;
use super::dialect::is_explained;
use super::scope::Value;
use super::tree::{At, Expression, Spot, named};
use super::walk::{Said, Walk};
use crate::nearest::{did_you_mean, nearest};
use crate::shape::{Kind, Shape};

const ERROR: Severity = Severity::Error;
const WARNING: Severity = Severity::Warning;

impl Walk<'_> {
    pub(super) fn name(&mut self, at: At, name: &str) {
        self.unknown((at, name), WARNING, "");
    }

    /// A name of which a field is wanted, or something else that nil does not have: this fails.
    pub(super) fn needed(&mut self, of: &Spot, field: &str) {
        if let Expression::Name(name) = &of.what
            && !self.scopes.is_tested(name)
        {
            let help = match self.misses(field) {
                true => {
                    format!("write function({name}): what the function is given has no name before")
                }
                false => String::new(),
            };
            self.unknown((of.at, name), ERROR, &help);
        }
    }

    /// Whether it is unknown shows once every file was looked into: any of them may set it.
    fn unknown(&mut self, (at, name): (At, &str), severity: Severity, help: &str) {
        let globals = &self.ground.globals;
        let known = self.scopes.local(name).is_some()
            || globals.contains_key(name)
            || (self.in_tests() && name == "test");
        if known || is_explained(name) {
            return;
        }
        let near = nearest(name, globals.keys().map(String::as_str));
        let hint = did_you_mean(near.filter(|_| help.is_empty()));
        let message = format!("nothing here is called {name:?}: it is nil{hint}");
        let found = self.found(at, (severity, "name-unknown"), Said::new(message, help));
        self.seen.unknown.push((name.to_owned(), found));
    }

    pub(super) fn field(&mut self, of: &Spot, (at, name): (At, &str)) {
        match self.scopes.value(of) {
            Value::Library(library) => self.library(&library, (at, name)),
            Value::Known(shape) => self.record_field(of, &shape, (at, name)),
            Value::Nil => {
                let message = format!("{} is nil: it has no field {name:?}", named(of));
                self.tell(at, (ERROR, "field-unknown"), Said::new(message, ""));
            }
            _ => {}
        }
    }

    fn library(&mut self, library: &str, (at, name): (At, &str)) {
        let full = format!("{library}.{name}");
        let fields = &self.ground.globals[library];
        if fields.contains(name) || is_explained(&full) {
            return;
        }
        let hint = did_you_mean(nearest(name, fields.iter().map(String::as_str)));
        let message = format!("there is no {full}{hint}");
        self.tell(at, (ERROR, "not-there"), Said::new(message, ""));
    }

    fn record_field(&mut self, of: &Spot, shape: &Shape, (at, name): (At, &str)) {
        let whole = named(of);
        let message = match self.scopes.shapes().resolve(shape) {
            Shape::Record(record) if !record.fields.contains_key(name) => {
                let hint = did_you_mean(nearest(name, record.fields.keys().map(String::as_str)));
                let known: Vec<&str> = record.fields.keys().map(String::as_str).collect();
                let help = format!("its fields: {}", known.join(", "));
                let message = format!("{whole} has no field {name:?}{hint}");
                self.tell(at, (ERROR, "field-unknown"), Said::new(message, help));
                return;
            }
            Shape::List(_) => format!("{whole} is a list: it has no field {name:?}"),
            Shape::Text | Shape::Words(_) if !self.ground.globals["string"].contains(name) => {
                format!("{whole} is a text: it has no field {name:?}")
            }
            other @ (Shape::Number | Shape::Whole(..) | Shape::Truth | Shape::Function) => {
                let kind = other.kind().map_or("", Kind::in_words);
                format!("{whole} is {kind}: it has no field {name:?}")
            }
            _ => return,
        };
        self.tell(at, (ERROR, "field-unknown"), Said::new(message, ""));
    }

    pub(super) fn binary(&mut self, one: &Spot, sign: &str, other: &Spot) {
        let (left, right) = (self.scopes.value(one), self.scopes.value(other));
        match sign {
            "==" | "~=" => {
                self.equality((one, &left), (other, &right), sign);
                self.equality((other, &right), (one, &left), sign);
            }
            "<" | ">" | "<=" | ">=" => self.order((one, &left), (other, &right)),
            ".." => {
                self.operand((one, &left), is_joinable, "joined to a text");
                self.operand((other, &right), is_joinable, "joined to a text");
            }
            "and" | "or" => {}
            _ => {
                self.operand((one, &left), is_countable, "calculated with");
                self.operand((other, &right), is_countable, "calculated with");
            }
        }
    }

    /// Looks at the first of two: each comparison is looked at from both sides.
    fn equality(&mut self, (spot, value): (&Spot, &Value), (_, than): (&Spot, &Value), sign: &str) {
        let always = if sign == "==" { "false" } else { "true" };
        let is_literal = matches!(than, Value::Text(_)) || is_plain(than);
        let message = match (value, than) {
            (Value::Known(shape), Value::Text(text)) => match self.scopes.shapes().resolve(shape) {
                Shape::Words(words) if !words.contains(text) => {
                    let hint = did_you_mean(nearest(text, words.iter().map(String::as_str)));
                    let name = named(spot);
                    let help = format!("it is one of: {}", words.join(", "));
                    let message =
                        format!("{name} is never {text:?}: this is always {always}{hint}");
                    self.tell(
                        spot.at,
                        (ERROR, "comparison-never"),
                        Said::new(message, help),
                    );
                    return;
                }
                shape => differs(shape.kind(), Some(Kind::Text)),
            },
            (Value::Known(_) | Value::Number(_), than) if is_literal => {
                differs(value.kind(), than.kind())
            }
            _ => None,
        };
        if let Some((own, other)) = message {
            let message = format!(
                "{} is {} and never {}: this is always {always}",
                named(spot),
                own.in_words(),
                other.in_words()
            );
            let help = match (own, other) {
                (Kind::Number, Kind::Text) => "compare it with a number, without quotes",
                (Kind::Text, Kind::Number) => "compare it with a text, in quotes",
                (Kind::Truth, Kind::Text) => "write true or false without quotes",
                _ => "",
            };
            self.tell(
                spot.at,
                (ERROR, "comparison-never"),
                Said::new(message, help),
            );
        }
    }

    fn order(&mut self, (one, left): (&Spot, &Value), (_, right): (&Spot, &Value)) {
        let Some((own, other)) = differs(left.kind(), right.kind()) else {
            return;
        };
        let message = format!(
            "{} cannot be compared with {}: this is an error when it runs",
            own.in_words(),
            other.in_words()
        );
        self.tell(one.at, (ERROR, "comparison-fails"), Said::new(message, ""));
    }

    fn operand(&mut self, (spot, value): (&Spot, &Value), fits: fn(Kind) -> bool, done: &str) {
        let Some(kind) = value.kind().filter(|kind| !fits(*kind)) else {
            return;
        };
        // A table may say by its metatable what is done with it.
        if kind == Kind::Table && matches!(value, Value::Known(Shape::Map(_))) {
            return;
        }
        let message = format!(
            "{} is {}: it cannot be {done}",
            named(spot),
            kind.in_words()
        );
        self.tell(spot.at, (ERROR, "type-wrong"), Said::new(message, ""));
    }

    pub(super) fn unary(&mut self, sign: &str, of: &Spot) {
        let value = self.scopes.value(of);
        match sign {
            "#" => self.operand((of, &value), is_long, "measured by #"),
            "-" => self.operand((of, &value), is_countable, "made negative"),
            _ => {}
        }
    }

    /// Something that a value is assigned to.
    pub(super) fn assigned(&mut self, target: &Spot) {
        if let Some(path) = self
            .scopes
            .api_path(target)
            .filter(|path| path.contains('.'))
        {
            let message = format!("{path} cannot be written: the API is the host's");
            self.tell(target.at, (ERROR, "not-written"), Said::new(message, ""));
            return;
        }
        match &target.what {
            Expression::Name(name) if self.scopes.local(name).is_none() => {
                self.seen.globals.insert(name.clone());
                let message =
                    format!("{name} is global: it is the whole package's, and outlives the call");
                let help = format!("write local {name}; deskhook.store keeps what has to last");
                self.tell(
                    target.at,
                    (WARNING, "global-written"),
                    Said::new(message, help),
                );
            }
            Expression::Field(of, _, _) | Expression::Item(of, _) => {
                self.needed(of, "");
                self.look(of);
                if let Some(name) = self.input_of(of) {
                    let message = format!("what is written into {name} changes nothing");
                    let help = "give back what is to change: the hook's answer";
                    self.tell(
                        target.at,
                        (WARNING, "input-written"),
                        Said::new(message, help),
                    );
                }
            }
            _ => {}
        }
    }

    /// The name of the hook's input, where `spot` is it or inside it.
    fn input_of(&self, spot: &Spot) -> Option<String> {
        match &spot.what {
            Expression::Field(of, ..) | Expression::Item(of, _) => self.input_of(of),
            Expression::Name(name) => match self.scopes.local(name)? {
                Value::Known(Shape::Named(kind)) if kind.starts_with("input of ") => {
                    Some(name.clone())
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// A verdict that nobody gives back.
impl Walk<'_> {
    pub(super) fn dropped(&mut self, call: &Spot) {
        let Expression::Call(of, _) = &call.what else {
            return;
        };
        let path = self.scopes.api_path(of).unwrap_or_default();
        if !["deskhook.allow", "deskhook.deny", "deskhook.ask"].contains(&path.as_str()) {
            return;
        }
        let message = format!("what {path} gives back is dropped: nothing is decided by it");
        let help = format!("write return {path}...");
        self.tell(
            call.at,
            (WARNING, "verdict-dropped"),
            Said::new(message, help),
        );
    }
}

fn differs(own: Option<Kind>, other: Option<Kind>) -> Option<(Kind, Kind)> {
    let (own, other) = (own?, other?);
    (own != other && own != Kind::Nil && other != Kind::Nil).then_some((own, other))
}

/// A number, true or false, as far as it is seen: never a table, which may be anything.
fn is_plain(value: &Value) -> bool {
    matches!(value.kind(), Some(Kind::Number | Kind::Truth))
}

fn is_joinable(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Number)
}

/// Luau reads a number out of a text.
fn is_countable(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Number)
}

fn is_long(kind: Kind) -> bool {
    matches!(kind, Kind::Text | Kind::Table)
}
