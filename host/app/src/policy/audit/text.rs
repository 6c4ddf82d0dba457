use std::fmt;

use deskhook_policy::{Finding, Level, Rule, rules};
use miette::{Diagnostic, LabeledSpan, Severity, SourceCode};

use super::Report;
use crate::output::{Colour, counted, paint, say};
use crate::policy::diagnostic::{Excerpt, ShownTexts, draw};

/// More people than this are counted and not named.
const NAMED: usize = 6;

/// Prints the findings for people, the open ones first.
pub(super) fn print(report: &Report) {
    let (open, excepted): (Vec<&Finding>, Vec<&Finding>) = report
        .audit
        .findings
        .iter()
        .partition(|finding| finding.is_open());
    let mut shown = ShownTexts::default();
    for finding in &open {
        whole(finding, shown.of(&finding.place));
    }
    for finding in &excepted {
        line(finding);
    }
    if !excepted.is_empty() {
        say("");
    }
    count(report, &open, excepted.len());
}

/// `shown` is the file's text as people may see it.
fn whole(finding: &Finding, shown: &str) {
    let Finding { place, rule, .. } = finding;
    say(format!("{place}: {}: {}", rule.level.word(), rule.id));
    let excerpt = Excerpt { place, shown };
    match draw(&Shown { finding, excerpt }) {
        Some(drawn) => say(drawn.trim_end()),
        None => say(format!("  {}", finding.message)),
    }
    if let Some(exception) = &finding.exception {
        said("but", &paint(&exception.to_string(), Colour::Yellow));
    }
    said("for", &people(finding));
    said("from", &rule.basis.to_string());
    let how = if finding.fix.is_pairs() {
        format!(
            "in {}, in place of what it says of these keys",
            finding.fix.beside.file
        )
    } else {
        "a layer file beside the others".to_owned()
    };
    said("fix", &how);
    for line in finding.fix.text().lines() {
        said("", &paint(line, Colour::Cyan));
    }
    if let Some(hint) = &finding.fix.hint {
        said("", hint);
    }
    say("");
}

fn line(finding: &Finding) {
    let Finding {
        place,
        message,
        rule,
        ..
    } = finding;
    say(paint(
        &format!("{place}: {}: {message}", rule.id),
        Colour::Dim,
    ));
    let exception = finding.exception.iter().map(ToString::to_string);
    exception.for_each(|exception| said("", &exception));
    said("for", &people(finding));
}

/// A word, and what there is to say of it.
fn said(word: &str, text: &str) {
    let line = format!("  {word:<4}  {text}");
    say(line.trim_end());
}

fn people(finding: &Finding) -> String {
    named(finding.audiences.iter())
}

fn named(audiences: impl Iterator<Item = impl ToString>) -> String {
    let mut names: Vec<String> = audiences.map(|audience| audience.to_string()).collect();
    if names.len() > NAMED {
        let more = names.len() - NAMED + 1;
        names.truncate(NAMED - 1);
        names.push(format!("and {more} more"));
    }
    names.join(", ")
}

fn count(report: &Report, open: &[&Finding], excepted: usize) {
    let of = |level: Level| {
        open.iter()
            .filter(|finding| finding.rule.level == level)
            .count()
    };
    let (errors, warnings) = (of(Level::Error), of(Level::Warning));
    let (manual, checked): (Vec<&Rule>, Vec<&Rule>) = rules().partition(|rule| rule.is_manual());
    let found = [
        counted(errors, "error"),
        counted(warnings, "warning"),
        counted(of(Level::Note), "note"),
        format!("{excepted} excepted"),
    ];
    let colour = match (errors, warnings, report.refused) {
        (0, 0, 0) => Colour::Green,
        (0, _, 0) => Colour::Yellow,
        _ => Colour::Red,
    };
    say(paint(&found.join(", "), colour));
    let looked_at = [
        counted(report.files.len(), "layer file"),
        counted(checked.len(), "rule"),
    ];
    let whom = named(report.audiences.iter());
    say(format!(
        "looked at {}, for {whom}",
        looked_at.join(" with ")
    ));
    if report.refused > 0 {
        say(format!(
            "{} refused, and not looked at",
            counted(report.refused, "file")
        ));
    }
    let points = format!(
        "{} more for people to look at: --format json lists them",
        manual.len()
    );
    say(paint(&points, Colour::Dim));
}

/// A finding as miette draws it.
struct Shown<'a> {
    finding: &'a Finding,
    excerpt: Excerpt<'a>,
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.finding.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn severity(&self) -> Option<Severity> {
        Some(match self.finding.rule.level {
            Level::Note => Severity::Advice,
            Level::Warning => Severity::Warning,
            Level::Error => Severity::Error,
        })
    }

    fn help<'b>(&'b self) -> Option<Box<dyn fmt::Display + 'b>> {
        Some(Box::new(self.finding.rule.advice))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.finding.place.span();
        let label = LabeledSpan::new(Some(self.finding.key.clone()), span.start, span.len());
        Some(Box::new(std::iter::once(label)))
    }
}
