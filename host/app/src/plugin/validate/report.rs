//! What is told of a plugin: for people as it comes, for programs in the end.

use std::collections::BTreeMap;
use std::time::Instant;

use deskhook_hooks::Findings;
use deskhook_native::{Check, Inspection};
use serde::Serialize;

use crate::output::{Colour, Failure, Form, json, one_line, paint, say};

/// One check, and what came of it.
#[derive(Serialize)]
pub(super) struct Report {
    name: &'static str,
    about: &'static str,
    ok: bool,
    #[serde(flatten)]
    findings: Findings,
    millis: u64,
}

impl Report {
    /// A check that took no time.
    pub(super) fn of((name, about): Check, findings: Findings) -> Self {
        Self {
            name,
            about,
            ok: findings.problems.is_empty(),
            findings,
            millis: 0,
        }
    }

    /// What comes of looking.
    pub(super) fn timed(
        check: Check,
        look: impl FnOnce() -> Result<Findings, Failure>,
    ) -> Result<Self, Failure> {
        let begun = Instant::now();
        let report = Self::of(check, look()?);
        Ok(Self {
            millis: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
            ..report
        })
    }

    pub(super) fn is_well(&self) -> bool {
        self.ok
    }

    /// What a plugin wrote is in it, so each finding is a line and no more. What `told` has, by check, is
    /// not told again.
    fn print(&self, told: &mut BTreeMap<String, &'static str>) {
        let (word, colour) = match (self.ok, self.findings.notes.is_empty()) {
            (true, true) => ("ok  ", Colour::Green),
            (true, false) => ("note", Colour::Yellow),
            (false, _) => ("no  ", Colour::Red),
        };
        let (word, Self { name, about, .. }) = (paint(word, colour), self);
        say(format!("{word} {name:<13} {about}"));
        let problems = self.findings.problems.iter().map(|it| one_line(it));
        let notes = self.findings.notes.iter();
        let notes = notes.map(|note| format!("note: {}", one_line(note)));
        let mut again = BTreeMap::<_, u32>::new();
        for line in problems.chain(notes) {
            match told.get(&line) {
                Some(check) if check != name => *again.entry(*check).or_default() += 1,
                _ => {
                    say(format!("       {line}"));
                    told.insert(line, name);
                }
            }
        }
        for (check, count) in again {
            let same = match count {
                1 => "one that is also".to_owned(),
                more => format!("{more} that are also"),
            };
            say(format!("       {same} under {check}"));
        }
    }
}

/// All checks so far.
pub(super) struct Reports {
    form: Form,
    all: Vec<Report>,
    /// What was told of, and under which check.
    told: BTreeMap<String, &'static str>,
}

impl Reports {
    pub(super) fn new(form: Form) -> Self {
        Self {
            form,
            all: vec![],
            told: BTreeMap::new(),
        }
    }

    pub(super) fn add(&mut self, report: Report) {
        if self.form == Form::Text {
            report.print(&mut self.told);
        }
        self.all.push(report);
    }

    /// Says the last word; whether nothing has to be mended.
    pub(super) fn conclude(self, inspection: &Inspection) -> Result<bool, Failure> {
        let ok = self.all.iter().all(Report::is_well);
        match (self.form, ok) {
            (Form::Json, _) => json(&serde_json::json!({
                "ok": ok,
                "id": inspection.manifest.id,
                "version": inspection.manifest.version,
                "library": inspection.library,
                "checks": self.all,
            }))?,
            (Form::Text, true) => say(paint("nothing has to be mended", Colour::Green)),
            (Form::Text, false) => say(paint("something has to be mended", Colour::Red)),
        }
        Ok(ok)
    }
}
