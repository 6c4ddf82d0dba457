//! Whether what is spelt out has the shape that is wanted of it.

use std::sync::Arc;

use deskhook_hooks::{Hook, Kind as HookKind};

use super::Severity;
use super::scope::Value;
use super::shape::{Kind, Part, Record, Shape};
use super::tree::{At, Entry, Expression, Spot};
use super::walk::{Said, Walk};
use crate::nearest::{did_you_mean, nearest};

/// The code of what does not fit the input of a hook.
const INPUT: &str = "input-wrong";

impl Walk<'_> {
    /// Tells what of `spot` does not fit; `what` names it, for the message.
    pub(super) fn fits(&mut self, spot: &Spot, part: &Part, (what, code): (&str, &'static str)) {
        let shape = self.scopes.shapes().resolve(&part.shape);
        let error = (Severity::Error, code);
        let value = self.scopes.value(spot);
        if let (Value::Text(text), Shape::Words(words)) = (&value, &shape) {
            if !words.contains(text) {
                let hint = did_you_mean(nearest(text, words.iter().map(String::as_str)));
                let message = format!("{what} cannot be {text:?}{hint}");
                let help = format!("it is one of: {}", words.join(", "));
                self.tell(spot.at, error, Said::new(message, help));
            }
            return;
        }
        let (Some(wanted), Some(given)) = (shape.kind(), value.kind()) else {
            return;
        };
        if given == Kind::Nil && part.optional {
            return;
        }
        if given != wanted {
            let message = format!(
                "{what} has to be {}, and this is {}",
                wanted.in_words(),
                given.in_words()
            );
            self.tell(spot.at, error, Said::new(message, ""));
            return;
        }
        match (&spot.what, &shape) {
            (Expression::Table(entries), Shape::Record(record)) => {
                self.record_fits((spot.at, entries), record, (what, code));
            }
            (Expression::Table(entries), Shape::List(item)) => {
                self.each_fits(entries, item, (what, code));
            }
            (Expression::Table(entries), Shape::Map(item)) => {
                self.each_fits(entries, item, (what, code));
            }
            _ => {}
        }
    }

    fn each_fits(&mut self, entries: &[Entry], item: &Shape, (what, code): (&str, &'static str)) {
        let part = Part {
            shape: item.clone(),
            optional: true,
        };
        for entry in entries {
            let (Entry::Named(_, _, value) | Entry::Keyed(_, value) | Entry::Listed(value)) = entry;
            self.fits(value, &part, (&format!("an entry of {what}"), code));
        }
    }

    fn record_fits(
        &mut self,
        (at, entries): (At, &[Entry]),
        record: &Arc<Record>,
        (what, code): (&str, &'static str),
    ) {
        let error = (Severity::Error, code);
        let mut seen = vec![];
        let mut open = false;
        for entry in entries {
            match entry {
                Entry::Named(place, name, value) => {
                    seen.push(name.as_str());
                    match record.fields.get(name) {
                        Some(part) => {
                            self.fits(value, part, (&format!("the field {name:?}"), code));
                        }
                        None => {
                            let known = || record.fields.keys().map(String::as_str);
                            let meant = nearest(name, known());
                            // Once it is spelt right it is there.
                            seen.extend(meant);
                            let hint = did_you_mean(meant);
                            let known: Vec<&str> = known().collect();
                            let message = format!("{what} has no field {name:?}{hint}");
                            let help = format!("its fields: {}", known.join(", "));
                            self.tell(*place, error, Said::new(message, help));
                        }
                    }
                }
                Entry::Keyed(..) => open = true,
                Entry::Listed(value) => {
                    let message = format!("{what} has fields with names: this one has none");
                    self.tell(value.at, error, Said::new(message, "write name = value"));
                    open = true;
                }
            }
        }
        if code == INPUT {
            // A test says what it is about; whatever it leaves out is empty.
            return;
        }
        let lacking = record
            .fields
            .iter()
            .filter(|(name, part)| !part.optional && !open && !seen.contains(&name.as_str()));
        for (name, _) in lacking {
            let message = format!("{what} lacks the field {name:?}");
            self.tell(at, error, Said::new(message, ""));
        }
    }

    /// What the function of a hook gives back.
    pub(super) fn answer(&mut self, hook: Hook, spot: &Spot) {
        const CODE: &str = "answer-wrong";
        let value = self.scopes.value(spot);
        let verdict = Shape::Named("Verdict".to_owned());
        let what = format!("the answer to {hook}");
        let is_verdict = value == Value::Known(verdict.clone());
        let shape = match hook.kind() {
            HookKind::Observe if hook != Hook::MenuClick => {
                if value.kind().is_some_and(|kind| kind != Kind::Nil) {
                    let message = format!("{hook} is only told: its answer is ignored");
                    let weak = (Severity::Warning, CODE);
                    self.tell(
                        spot.at,
                        weak,
                        Said::new(message, "write return without a value"),
                    );
                }
                return;
            }
            HookKind::Observe => {
                if value
                    .kind()
                    .is_none_or(|kind| [Kind::Nil, Kind::Table].contains(&kind))
                {
                    return;
                }
                Shape::Map(Box::new(Shape::Any))
            }
            HookKind::Decide => verdict,
            HookKind::Transform | HookKind::Provide if is_verdict => {
                let message = format!("{what} is no verdict: this hook does not decide");
                let help = format!("it wants {}", hook.wants());
                self.tell(spot.at, (Severity::Error, CODE), Said::new(message, help));
                return;
            }
            HookKind::Transform | HookKind::Provide => self.scopes.shapes().answer(hook),
        };
        let before = self.seen.findings.len();
        let part = Part {
            shape,
            optional: true,
        };
        self.fits(spot, &part, (&what, CODE));
        for finding in &mut self.seen.findings[before..] {
            if finding.help.is_empty() {
                finding.help = format!("it wants {}", hook.wants());
            }
        }
    }

    /// What a test gives to a hook: every field may be left out.
    pub(super) fn input_fits(&mut self, spot: &Spot, hook: Hook) {
        let part = Part {
            shape: self.scopes.shapes().input(hook),
            optional: true,
        };
        let what = format!("the input of {hook}");
        self.fits(spot, &part, (&what, INPUT));
    }
}
