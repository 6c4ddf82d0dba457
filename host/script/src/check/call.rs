//! Calls: of the API, of what a test is given, of `require`.

use deskhook_hooks::{Hook, VerdictAnswer};

use super::Severity;
use super::capability::{self, wanted};
use super::scope::Value;
use super::tree::{self, At, Expression, Spot, named};
use super::walk::{Said, Walk};
use crate::nearest::{did_you_mean, nearest};
use crate::shape::{Part, Shape, spelt};
use crate::{Entry, REFERENCE};

const ERROR: (Severity, &str) = (Severity::Error, "argument-wrong");

impl Walk<'_> {
    pub(super) fn call(&mut self, spot: &Spot, (of, given): (&Spot, &[Spot])) {
        if let Some(path) = self.scopes.api_path(of) {
            self.api(of.at, &path, Some(given));
            self.api_call(spot.at, &path, given);
            return;
        }
        match self.global(of) {
            Some("pcall") => {
                let path = given.first().and_then(|first| self.scopes.api_path(first));
                if let Some((path, first)) = path.zip(given.first()) {
                    self.api(first.at, &path, Some(&given[1..]));
                    self.api_call(first.at, &path, &given[1..]);
                    return;
                }
            }
            Some("test") if self.in_tests() => {
                self.test(given);
                return;
            }
            Some("require") => self.require(given),
            _ => {}
        }
        self.needed(of, "");
        self.look(of);
        self.look_all(given);
        self.test_call(of, given);
        let value = self.scopes.value(of);
        if let Some(kind) = value.kind().filter(|_| !may_be_called(&value)) {
            let name = named(of);
            let message = format!("{name} is {} and cannot be called", kind.in_words());
            self.tell(
                of.at,
                (Severity::Error, "type-wrong"),
                Said::new(message, ""),
            );
        }
    }

    /// The name of a global that is called, nobody having made a local of it.
    fn global<'s>(&self, of: &'s Spot) -> Option<&'s str> {
        match &of.what {
            Expression::Name(name) if self.scopes.local(name).is_none() => Some(name),
            _ => None,
        }
    }

    /// A name of the API, with what it is called with where it is called.
    pub(super) fn api(&mut self, at: At, path: &str, given: Option<&[Spot]>) {
        if path == "deskhook" {
            return;
        }
        let Some(entry) = REFERENCE.iter().find(|entry| holds(entry.name, path)) else {
            let meant = nearest(path, REFERENCE.iter().map(|entry| entry.name));
            let message = format!("there is no {path}{}", did_you_mean(meant));
            self.tell(at, (Severity::Error, "not-there"), Said::new(message, ""));
            // What was meant uses its capability, once it is spelt right.
            let meant = REFERENCE.iter().find(|entry| Some(entry.name) == meant);
            let used = meant.map(|entry| (entry.capability, None));
            self.seen.uses.extend(used);
            return;
        };
        if entry.capability.is_empty() || self.in_tests() {
            return;
        }
        let first = given.and_then(<[Spot]>::first);
        let first = first.filter(|_| entry.name == path);
        let first = first.map(|first| self.scopes.value(first));
        let wanted = first.and_then(|first| wanted(entry.capability, &first));
        let used = (entry.capability, wanted);
        if let Some(said) = capability::missing(self.ground.package, path, &used) {
            self.tell(at, (Severity::Error, "capability-missing"), said);
        }
        self.seen.uses.push(used);
    }

    fn api_call(&mut self, at: At, path: &str, given: &[Spot]) {
        match (path, given.get(1).map(|second| &second.what)) {
            ("deskhook.on", Some(Expression::Function(function))) => {
                let hook = self.hook_heard(&given[0]);
                self.function(function, hook);
            }
            ("deskhook.on", _) => {
                if let Some(first) = given.first() {
                    self.hook_heard(first);
                }
                self.look_all(given);
            }
            _ => self.look_all(given),
        }
        if let Some(entry) = REFERENCE.iter().find(|entry| entry.name == path) {
            self.arguments(at, entry, given);
        } else if holds_any(path) {
            let message = format!("{path} is a room and no function");
            self.tell(at, (Severity::Error, "type-wrong"), Said::new(message, ""));
        }
        match path {
            "deskhook.text" => self.text_used(given),
            "deskhook.ask" => self.timeout(given),
            _ => {}
        }
    }

    /// The reference says of a number that it is one; how large this one may be is the verdict's.
    fn timeout(&mut self, given: &[Spot]) {
        let Some(Expression::Table(entries)) = given.first().map(|first| &first.what) else {
            return;
        };
        let (least, most) = VerdictAnswer::TIMEOUT.into_inner();
        let part = Part {
            shape: Shape::Whole(least.into(), most.into()),
            optional: true,
        };
        for entry in entries {
            if let tree::Entry::Named(_, name, value) = entry
                && name == "timeout"
                && matches!(self.scopes.value(value), Value::Number(number) if number.fract() == 0.0)
            {
                self.fits(value, &part, ("\"timeout\" in seconds", ERROR.1));
            }
        }
    }

    fn arguments(&mut self, at: At, entry: &Entry, given: &[Spot]) {
        let open = given.last().is_some_and(may_be_many);
        for (index, (name, kind, _)) in entry.parameters.iter().enumerate() {
            let part = spelt(kind);
            match given.get(index) {
                Some(spot) => {
                    let what = format!("{name:?} of {}", entry.name);
                    self.fits(spot, &part, (&what, ERROR.1));
                }
                None if open || part.optional || *name == "..." => {}
                None => {
                    let message = format!("{} lacks {name:?}: {kind}", entry.name);
                    self.tell(at, ERROR, Said::new(message, ""));
                }
            }
        }
        let many = entry.parameters.iter().any(|(name, ..)| *name == "...");
        if let Some(extra) = given.get(entry.parameters.len()).filter(|_| !many) {
            let message = format!(
                "{} takes {} and ignores the rest",
                entry.name,
                count(entry.parameters.len())
            );
            let weak = (Severity::Warning, ERROR.1);
            self.tell(extra.at, weak, Said::new(message, ""));
        }
    }

    fn hook_heard(&mut self, first: &Spot) -> Option<Hook> {
        let Value::Text(name) = self.scopes.value(first) else {
            self.seen.computed += 1;
            return None;
        };
        let hook = self.known_hook(first.at, &name)?;
        let manifest = self.ground.package.manifest();
        if !manifest.hooks.contains(&hook) && !self.in_tests() {
            let message = format!("the manifest does not name the hook {name:?}");
            let help = format!("add {name:?} to \"hooks\" in {}", crate::package::MANIFEST);
            self.tell(
                first.at,
                (Severity::Error, "hook-undeclared"),
                Said::new(message, help),
            );
        }
        let path = self.path.to_owned();
        self.seen.hooks.push((hook, path, first.at));
        Some(hook)
    }

    fn known_hook(&mut self, at: At, name: &str) -> Option<Hook> {
        let hook = Hook::parse(name).ok();
        if hook.is_none() {
            let hint = did_you_mean(nearest(name, Hook::ALL.map(Hook::name)));
            let message = format!("there is no hook {name:?}{hint}");
            let help = "deskhook hooks list names them all";
            self.tell(
                at,
                (Severity::Error, "hook-unknown"),
                Said::new(message, help),
            );
        }
        hook
    }

    fn test(&mut self, given: &[Spot]) {
        self.seen.tests += 1;
        self.test_named(given);
        match given.get(1).map(|second| &second.what) {
            Some(Expression::Function(function)) => {
                let t = Value::Known(Shape::Named("Test".to_owned()));
                self.function_of(function, (None, Some(t)));
            }
            _ => self.look_all(given),
        }
    }

    /// A second test of one name does not run: its file does not load.
    fn test_named(&mut self, given: &[Spot]) {
        let Some(first) = given.first() else {
            return;
        };
        let Value::Text(name) = self.scopes.value(first) else {
            return;
        };
        if let Some(before) = self.seen.tests_named.get(&name) {
            let message = format!("there is a test {name:?} already, at line {}", before.line);
            let help = "every test of a file has a name of its own";
            let said = Said::new(message, help);
            self.tell(first.at, (Severity::Error, "test-twice"), said);
        } else {
            self.seen.tests_named.insert(name, first.at);
        }
    }

    /// `t.run(hook, input)`: the input's fields are the hook's; `t.person{...}`: a person's.
    fn test_call(&mut self, of: &Spot, given: &[Spot]) {
        let Expression::Field(of, _, name) = &of.what else {
            return;
        };
        let is_test = self.scopes.value(of) == Value::Known(Shape::Named("Test".to_owned()));
        let Some((first, input)) = given.split_first().filter(|_| is_test) else {
            return;
        };
        let who = match name.as_str() {
            "run" => None,
            "person" => Some("Person"),
            "device" => Some("Device"),
            _ => return,
        };
        if let Some(who) = who {
            let part = Part {
                shape: Shape::Named(who.to_owned()),
                optional: false,
            };
            self.fits(
                first,
                &part,
                (&format!("what t.{name} is given"), "input-wrong"),
            );
            return;
        }
        let Value::Text(hook) = self.scopes.value(first) else {
            return;
        };
        let Some(hook) = self.known_hook(first.at, &hook) else {
            return;
        };
        if let Some(input) = input.first() {
            self.input_fits(input, hook);
        }
    }

    fn require(&mut self, given: &[Spot]) {
        let Some(first) = given.first() else {
            return;
        };
        let Value::Text(name) = self.scopes.value(first) else {
            return;
        };
        let Err(message) = self.ground.package.module(self.path, &name) else {
            return;
        };
        let help =
            "a module is a file of the package: require(\"./other\") is other.lua beside this one";
        self.tell(
            first.at,
            (Severity::Error, "module-missing"),
            Said::new(message, help),
        );
    }
}

fn holds(entry: &str, path: &str) -> bool {
    let rest = entry.strip_prefix(path);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

fn holds_any(path: &str) -> bool {
    REFERENCE.iter().any(|entry| holds(entry.name, path))
}

/// A call or `...` at the end may give any number of values.
fn may_be_many(spot: &Spot) -> bool {
    matches!(
        spot.what,
        Expression::Call(..) | Expression::Method(..) | Expression::Other(_)
    )
}

/// A table that is made here may have a metatable that makes it callable.
fn may_be_called(value: &Value) -> bool {
    matches!(value, Value::Known(Shape::Function | Shape::Map(_)))
}

fn count(number: usize) -> String {
    match number {
        0 => "no argument".to_owned(),
        1 => "1 argument".to_owned(),
        more => format!("{more} arguments"),
    }
}
