//! Whether what is spelt out has the shape that is wanted of it.

use deskhook_hooks::{Hook, Kind as HookKind};

use super::Severity;
use super::scope::Value;
use super::tree::{At, Entry, Expression, Spot};
use super::walk::{Said, Walk};
use crate::nearest::{did_you_mean, nearest};
use crate::shape::{Kind, Part, Record, Shape, Tagged};

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
        if let (Value::Number(number), Shape::Whole(least, most)) = (&value, &shape) {
            self.whole_fits((spot.at, *number), (*least, *most), (what, code));
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
            (Expression::Table(entries), Shape::Tagged(tagged)) => {
                self.tagged_fits((spot.at, entries), tagged, (what, code));
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

    fn whole_fits(
        &mut self,
        (at, number): (At, f64),
        (least, most): (i64, i64),
        (what, code): (&str, &'static str),
    ) {
        // Beyond what is exact both bounds are as far away as any number.
        let fits = number.fract() == 0.0 && (least as f64..=most as f64).contains(&number);
        if !fits && !number.is_nan() {
            let wanted = Shape::Whole(least, most).wanted();
            let message = format!("{what} has to be {wanted}, and this is {number}");
            self.tell(at, (Severity::Error, code), Said::new(message, ""));
        }
    }

    /// A table of several kinds: the field that says which one it is, then those of that one.
    fn tagged_fits(
        &mut self,
        (at, entries): (At, &[Entry]),
        tagged: &Tagged,
        (what, code): (&str, &'static str),
    ) {
        let named = entries.iter().filter_map(|entry| match entry {
            Entry::Named(_, name, value) => Some((name, value)),
            _ => None,
        });
        let named: Vec<(&String, &Spot)> = named.collect();
        let words = || tagged.records.keys().cloned().collect::<Vec<_>>();
        let Some((tag, value)) = named.iter().find(|(name, _)| **name == tagged.tag) else {
            let is_open = |entry: &Entry| matches!(entry, Entry::Keyed(..));
            if !entries.iter().any(is_open) {
                let texts: Vec<String> = named
                    .iter()
                    .filter_map(|(_, value)| match self.scopes.value(value) {
                        Value::Text(text) => Some(text),
                        _ => None,
                    })
                    .collect();
                let hint = tagged.meant(texts.iter().map(String::as_str));
                let message = format!("{what} lacks the field {:?}{hint}", tagged.tag);
                let help = format!("it is one of: {}", words().join(", "));
                self.tell(at, (Severity::Error, code), Said::new(message, help));
            }
            return;
        };
        let part = Part {
            shape: Shape::Words(words()),
            optional: false,
        };
        let before = self.seen.findings.len();
        self.fits(value, &part, (&format!("the field {tag:?}"), code));
        let is_told = self.seen.findings.len() > before;
        if let Value::Text(word) = self.scopes.value(value)
            && let Some(record) = tagged.records.get(&word).filter(|_| !is_told)
        {
            self.record_fits((at, entries), record, (what, code));
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
        record: &Record,
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
            HookKind::Observe => match &spot.what {
                // Several requests at once.
                Expression::Table(entries) if entries.iter().all(is_listed) => {
                    Shape::List(Box::new(self.scopes.shapes().answer(hook)))
                }
                _ => self.scopes.shapes().answer(hook),
            },
            HookKind::Decide if is_verdict => verdict,
            HookKind::Decide => self.scopes.shapes().answer(hook),
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
        if hook == Hook::TrayMenu {
            self.menu_patch(spot);
        }
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

fn is_listed(entry: &Entry) -> bool {
    matches!(entry, Entry::Listed(_))
}
