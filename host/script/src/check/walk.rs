use std::collections::{BTreeMap, BTreeSet};

use deskhook_hooks::Hook;

use super::scope::{Scopes, Value};
use super::tree::{At, Counts, Expression, Function, Spot, Statement, dotted};
use super::{Finding, Severity};
use crate::Package;
use crate::shape::{Shape, Shapes};

/// What every file of a package is held against.
pub(super) struct Ground<'a> {
    pub(super) package: &'a Package,
    pub(super) shapes: &'static Shapes,
    /// Every global that there is, with its fields.
    pub(super) globals: BTreeMap<String, BTreeSet<String>>,
}

/// What one file says, and what is wrong with it.
#[derive(Debug, Default)]
pub(super) struct Seen {
    pub(super) findings: Vec<Finding>,
    /// The hooks that it hears, with the file.
    pub(super) hooks: Vec<(Hook, String, At)>,
    /// How often it hears a hook whose name is computed.
    pub(super) computed: usize,
    /// Kinds of capabilities that it uses, with the capability where that is spelt out.
    pub(super) uses: Vec<(&'static str, Option<String>)>,
    /// Keys of texts; none where a key is computed.
    pub(super) texts: Vec<Option<String>>,
    pub(super) tests: usize,
    /// Where the tests of this file are, by their names.
    pub(super) tests_named: BTreeMap<String, At>,
    /// Globals that it writes.
    pub(super) globals: BTreeSet<String>,
    /// Names that are unknown unless some file writes them, with what is to be told then.
    pub(super) unknown: Vec<(String, Finding)>,
}

impl Seen {
    /// Adds what one file says. Tests hear no hooks, and ask for nothing.
    pub(super) fn join(&mut self, other: Self, path: &str) {
        self.findings.extend(other.findings);
        self.globals.extend(other.globals);
        self.unknown.extend(other.unknown);
        if path.starts_with("tests/") {
            self.tests += other.tests;
            return;
        }
        self.hooks.extend(other.hooks);
        self.computed += other.computed;
        self.uses.extend(other.uses);
        self.texts.extend(other.texts);
    }
}

/// One file under examination.
pub(super) struct Walk<'a> {
    pub(super) ground: &'a Ground<'a>,
    pub(super) path: &'a str,
    pub(super) scopes: Scopes<'a>,
    pub(super) seen: Seen,
    /// Which hook a function by its name hears, where it hears one.
    heard: BTreeMap<String, Hook>,
    /// The functions around here; the innermost is the last.
    around: Vec<Around>,
}

/// A function that is looked into.
struct Around {
    /// The hook that it hears, if it does.
    hook: Option<Hook>,
    /// What it is called with and has no parameter for.
    missed: Option<Value>,
}

impl<'a> Walk<'a> {
    pub(super) fn file(ground: &'a Ground<'a>, path: &'a str, tree: &[Statement]) -> Seen {
        let mut walk = Walk {
            ground,
            path,
            scopes: Scopes::new(ground.shapes, &ground.globals, tree),
            seen: Seen::default(),
            heard: named_handlers(tree),
            around: vec![],
        };
        walk.statements(tree);
        walk.seen
    }

    pub(super) fn in_tests(&self) -> bool {
        self.path.starts_with("tests/")
    }

    pub(super) fn tell(&mut self, at: At, code: (Severity, &'static str), said: Said) {
        let finding = self.found(at, code, said);
        self.seen.findings.push(finding);
    }

    /// What is told of a place.
    pub(super) fn found(
        &self,
        at: At,
        (severity, code): (Severity, &'static str),
        said: Said,
    ) -> Finding {
        Finding {
            file: self.path.to_owned(),
            line: at.line,
            column: at.column,
            severity,
            code,
            message: said.0,
            help: said.1,
        }
    }

    /// The hook whose function this is, not one inside it.
    pub(super) fn hook_here(&self) -> Option<Hook> {
        self.around.last()?.hook
    }

    /// Whether a function around here is called with something that has this field, and has no
    /// parameter for it.
    pub(super) fn misses(&self, field: &str) -> bool {
        let missed = self
            .around
            .iter()
            .filter_map(|around| around.missed.as_ref());
        let mut shapes = missed.map(|value| match value {
            Value::Known(shape) => self.scopes.shapes().resolve(shape),
            _ => Shape::Any,
        });
        shapes.any(|shape| match shape {
            Shape::Record(record) => record.fields.contains_key(field),
            _ => false,
        })
    }

    fn statements(&mut self, tree: &[Statement]) {
        tree.iter().for_each(|statement| self.statement(statement));
    }

    fn block(&mut self, tree: &[Statement]) {
        self.scopes.enter();
        self.statements(tree);
        self.scopes.leave();
    }

    fn statement(&mut self, statement: &Statement) {
        match statement {
            Statement::Local(names, values) => self.locals(names, values),
            Statement::LocalFunction(name, function) => {
                self.scopes.declare(name, Value::Known(Shape::Function));
                self.named_function(name, function);
            }
            Statement::Assign(targets, values) => {
                self.look_all(values);
                targets.iter().for_each(|target| self.assigned(target));
            }
            Statement::Define(target, function) => {
                self.assigned(target);
                let name = dotted(target).unwrap_or_default();
                self.named_function(&name, function);
            }
            Statement::Call(call) => {
                self.look(call);
                self.dropped(call);
            }
            Statement::Block(body) => self.block(body),
            Statement::Branch(conditions, bodies) => {
                self.look_all(conditions);
                bodies.iter().for_each(|body| self.block(body));
            }
            Statement::For {
                names,
                over,
                counts,
                body,
            } => {
                let values = self.looped(over, *counts);
                self.scopes.enter();
                for (index, name) in names.iter().enumerate() {
                    let value = values.get(index).cloned().unwrap_or(Value::ANY);
                    self.scopes.declare(name, value);
                }
                self.statements(body);
                self.scopes.leave();
            }
            Statement::Return(values) => {
                self.look_all(values);
                if let (Some(hook), Some(first)) = (self.hook_here(), values.first()) {
                    self.answer(hook, first);
                }
            }
        }
    }

    fn locals(&mut self, names: &[String], values: &[Spot]) {
        for (index, value) in values.iter().enumerate() {
            match (&value.what, names.get(index)) {
                (Expression::Function(function), Some(name)) => self.named_function(name, function),
                _ => self.look(value),
            }
        }
        let known: Vec<Value> = values
            .iter()
            .map(|value| self.scopes.value(value))
            .collect();
        for (index, name) in names.iter().enumerate() {
            let known = known.get(index).cloned();
            // What nobody gives a value to, here or later, is nil.
            let rest = if values.is_empty() {
                Value::Nil
            } else {
                Value::ANY
            };
            self.scopes.declare(name, known.unwrap_or(rest));
        }
    }

    fn named_function(&mut self, name: &str, function: &Function) {
        let hook = self.heard.get(name).copied();
        self.function(function, hook);
    }

    /// Looks into a function; `hook` is the one that it hears.
    pub(super) fn function(&mut self, function: &Function, hook: Option<Hook>) {
        let given = hook.map(|hook| Value::Known(self.ground.shapes.input(hook)));
        self.function_of(function, (hook, given));
    }

    /// The same, given what its first parameter is known to be.
    pub(super) fn function_of(
        &mut self,
        function: &Function,
        (hook, mut given): (Option<Hook>, Option<Value>),
    ) {
        self.around.push(Around {
            hook,
            missed: given.clone().filter(|_| function.parameters.is_empty()),
        });
        self.scopes.enter();
        for name in &function.parameters {
            let value = given.take().unwrap_or(Value::ANY);
            self.scopes.declare(name, value);
        }
        self.statements(&function.body);
        self.scopes.leave();
        self.around.pop();
    }

    fn looped(&mut self, over: &[Spot], counts: Counts) -> Vec<Value> {
        self.look_all(over);
        if counts == Counts::Numbers {
            return vec![Value::Known(Shape::Number)];
        }
        let Some(first) = over.first() else {
            return vec![];
        };
        let things = match &first.what {
            Expression::Call(of, given) => match (dotted(of).as_deref(), given.first()) {
                (Some("ipairs" | "pairs"), Some(things)) => things,
                _ => return vec![],
            },
            _ => first,
        };
        match self.scopes.value(things) {
            Value::Known(Shape::List(item)) => {
                vec![Value::Known(Shape::Number), Value::Known(*item)]
            }
            Value::Known(Shape::Map(item)) if *item != Shape::Any => {
                vec![Value::Known(Shape::Text), Value::Known(*item)]
            }
            _ => vec![],
        }
    }

    pub(super) fn look_all(&mut self, spots: &[Spot]) {
        spots.iter().for_each(|spot| self.look(spot));
    }

    /// Looks at an expression and everything in it.
    pub(super) fn look(&mut self, spot: &Spot) {
        if let Some(path) = self.scopes.api_path(spot) {
            self.api(spot.at, &path, None);
            return;
        }
        match &spot.what {
            Expression::Function(function) => self.function(function, None),
            Expression::Call(of, given) => self.call(spot, (of, given)),
            _ => {
                match &spot.what {
                    Expression::Field(of, _, name) => self.needed(of, name),
                    Expression::Item(of, _) | Expression::Method(of, _) => self.needed(of, ""),
                    _ => {}
                }
                for inner in spot.inner() {
                    self.look(inner);
                }
                self.one(spot);
            }
        }
    }

    fn one(&mut self, spot: &Spot) {
        match &spot.what {
            Expression::Name(name) => self.name(spot.at, name),
            Expression::Field(of, at, name) => self.field(of, (*at, name)),
            Expression::Binary(one, sign, other) => self.binary(one, sign, other),
            Expression::Unary(sign, of) => self.unary(sign, of),
            _ => {}
        }
    }
}

/// What is wrong, and what to do.
pub(super) struct Said(pub(super) String, pub(super) String);

impl Said {
    pub(super) fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self(message.into(), help.into())
    }
}

/// `deskhook.on("session.request", name)` at the top level of a file, by the name.
fn named_handlers(tree: &[Statement]) -> BTreeMap<String, Hook> {
    let mut heard: BTreeMap<String, Option<Hook>> = BTreeMap::new();
    for statement in tree {
        let Statement::Call(Spot {
            what: Expression::Call(of, given),
            ..
        }) = statement
        else {
            continue;
        };
        let [hook, function] = given.as_slice() else {
            continue;
        };
        let (Expression::Text(hook), Some(name)) = (&hook.what, dotted(function)) else {
            continue;
        };
        if dotted(of).as_deref() == Some("deskhook.on") {
            let hook = Hook::parse(hook).ok();
            // One function for two hooks is given either input.
            let entry = heard.entry(name);
            entry.and_modify(|known| *known = None).or_insert(hook);
        }
    }
    let sure = heard.into_iter();
    sure.filter_map(|(name, hook)| Some((name, hook?)))
        .collect()
}
