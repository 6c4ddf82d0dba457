use std::path::{Path, PathBuf};

use deskhook_script::{Finding, Severity, check};
use serde_json::json as value;

use super::readable;
use crate::output::{Colour, Exit, Form, Outcome, counted, json, paint, remark, say};

/// Longer lines of source are shown from near their place on.
const WIDEST: usize = 100;

/// `script check`.
pub(super) fn run(dirs: &[PathBuf], form: Form) -> Outcome {
    let mut wrong = false;
    let mut all = vec![];
    for dir in dirs {
        readable(dir)?;
        let findings = check(dir);
        let errors = findings.iter().filter(|finding| is_error(finding)).count();
        wrong |= errors > 0;
        if form == Form::Json {
            all.extend(findings.iter().map(|finding| shape(dir, finding)));
            continue;
        }
        findings.iter().for_each(|finding| print(dir, finding));
        say(format!(
            "{}: {}, {}",
            dir.display(),
            counted(errors, "error"),
            counted(findings.len() - errors, "warning")
        ));
    }
    if form == Form::Json {
        json(&value!({"ok": !wrong, "findings": all}))?;
    }
    Ok(if wrong { Exit::No } else { Exit::Done })
}

fn is_error(finding: &Finding) -> bool {
    finding.severity == Severity::Error
}

fn word(finding: &Finding) -> &'static str {
    if is_error(finding) {
        "error"
    } else {
        "warning"
    }
}

fn shape(dir: &Path, finding: &Finding) -> serde_json::Value {
    value!({
        "package": dir, "file": finding.file, "line": finding.line, "column": finding.column,
        "severity": word(finding), "code": finding.code, "message": finding.message, "help": finding.help,
    })
}

fn print(dir: &Path, finding: &Finding) {
    let colour = if is_error(finding) {
        Colour::Red
    } else {
        Colour::Yellow
    };
    let place = match finding.place().as_str() {
        "" => dir.to_owned(),
        place => dir.join(place),
    };
    remark(format!(
        "{} {}: {} {}",
        paint(&format!("{}:", word(finding)), colour),
        place.display(),
        finding.message,
        paint(&format!("[{}]", finding.code), Colour::Dim)
    ));
    if let Some((line, caret)) = excerpt(dir, finding) {
        let bar = paint("  |", Colour::Dim);
        remark(format!("{bar} {line}"));
        if let Some(caret) = caret {
            remark(format!("{bar} {}", paint(&caret, colour)));
        }
    }
    if !finding.help.is_empty() {
        remark(format!("{} {}", paint("help:", Colour::Cyan), finding.help));
    }
}

/// The line of source, and a caret below the place where its column is known; none where only the
/// file is.
fn excerpt(dir: &Path, finding: &Finding) -> Option<(String, Option<String>)> {
    let line = finding.line.checked_sub(1)?;
    let column = finding.column.checked_sub(1);
    let text = std::fs::read_to_string(dir.join(&finding.file)).ok()?;
    let line: Vec<char> = text
        .lines()
        .nth(line as usize)?
        .chars()
        .map(|c| if c == '\t' { ' ' } else { c })
        .collect();
    let caret = column.is_some();
    let column = (column.unwrap_or_default() as usize).min(line.len());
    let indent = line.iter().take_while(|c| **c == ' ').count();
    // A place far to the right is shown with some of what is before it.
    let from = indent.max(column.saturating_sub(WIDEST / 2)).min(column);
    let from = match (caret, column < WIDEST) {
        (true, false) => from,
        (true, true) => indent.min(column),
        (false, _) => indent,
    };
    let shown: String = line.iter().skip(from).take(WIDEST).collect();
    let caret = caret.then(|| format!("{}^", " ".repeat(column - from)));
    Some((shown, caret))
}
