use std::path::PathBuf;

use deskhook_script::{TestCase, TestReport, junit, test};
use deskhook_source::{Change, Watched, watch};
use serde_json::json as value;

use super::{Format, TestArgs};
use crate::agent::{asked_to_stop, runtime};
use crate::output::{Colour, Exit, Failure, Outcome, clear, counted, json, paint, remark, say};

/// `script test`.
pub(super) fn run(args: &TestArgs) -> Outcome {
    let is_document = args.json || args.format == Format::Junit;
    if args.watch && is_document {
        return Err(Failure::Usage(anyhow::anyhow!(
            "--watch prints text for people: junit and JSON are one document of one run"
        )));
    }
    if args.json && args.format == Format::Junit {
        return Err(Failure::Usage(anyhow::anyhow!(
            "--json and --format junit are two forms of one document: choose one"
        )));
    }
    let exit = once(args, &args.dirs)?;
    if args.watch {
        runtime(1)?.block_on(watched(args))
    } else {
        Ok(exit)
    }
}

/// Runs what changed, until it is asked to stop.
async fn watched(args: &TestArgs) -> Outcome {
    let mut changes = watch(&args.dirs, Watched::Tree)?;
    // Asked once and for all: what comes while tests run is heard after them.
    let mut stop = std::pin::pin!(asked_to_stop());
    loop {
        remark(paint("waiting for a change; Ctrl-C ends", Colour::Dim));
        let change = tokio::select! {
            change = changes.changed() => change,
            () = &mut stop => return Ok(Exit::Done),
        };
        clear();
        let now = jiff::Zoned::now().strftime("%H:%M:%S").to_string();
        say(paint(&now, Colour::Dim));
        // A package that is being written, or gone for a moment, is no reason to end.
        if let Err(Failure::Could(error) | Failure::Help(error, _) | Failure::Usage(error)) =
            once(args, &touched(&args.dirs, &change))
        {
            remark(format!("{} {error:#}", paint("error:", Colour::Red)));
        }
    }
}

/// The packages that a change is in; all of them where that is not known.
fn touched(dirs: &[PathBuf], change: &Change) -> Vec<PathBuf> {
    let is_in = |dir: &&PathBuf| {
        let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_path_buf());
        let mut paths = change.paths.iter();
        paths.any(|path| path.starts_with(&dir) || dir.starts_with(path))
    };
    let some: Vec<PathBuf> = dirs.iter().filter(is_in).cloned().collect();
    if change.rescan || some.is_empty() {
        dirs.to_vec()
    } else {
        some
    }
}

fn once(args: &TestArgs, dirs: &[PathBuf]) -> Outcome {
    let mut reports = vec![];
    let mut broken = false;
    for dir in dirs {
        super::readable(dir)?;
        match test(dir, args.filter.as_deref()) {
            Ok(report) => reports.push(report),
            Err(error) => {
                broken = true;
                let message = format!("{:#}", anyhow::Error::from(error));
                let word = paint("error:", Colour::Red);
                remark(format!("{word} {}: {message}", dir.display()));
                if args.json || args.format == Format::Junit {
                    reports.push(TestReport::unloadable(dir, message));
                }
            }
        }
    }
    let without = without_tests(args, &reports);
    let passed = !broken && without.is_empty() && reports.iter().all(TestReport::passed);
    let exit = if passed { Exit::Done } else { Exit::No };
    match (args.format, args.json) {
        (Format::Junit, _) => say(junit(&reports).trim_end()),
        (Format::Text, true) => json(&document(&reports, exit))?,
        (Format::Text, false) => reports.iter().for_each(|report| print(report, args)),
    }
    let word = paint("error:", Colour::Red);
    match &args.filter {
        Some(filter) if !broken && !without.is_empty() => {
            remark(format!("{word} no test's name or file holds {filter:?}"));
        }
        Some(_) => {}
        None => without.iter().for_each(|package| {
            let what = "a test is test(\"...\", function(t) ... end) in tests/*.lua";
            remark(format!("{word} {package} has no tests: {what}"));
        }),
    }
    Ok(exit)
}

/// Packages of which nothing is known, since no test of them ran. Where a filter takes some, it takes
/// none of others.
fn without_tests<'a>(args: &TestArgs, reports: &'a [TestReport]) -> Vec<&'a str> {
    let empty = reports.iter().filter(|report| report.cases.is_empty());
    let empty: Vec<&str> = empty.map(|report| report.package.as_str()).collect();
    match args.filter.is_some() && empty.len() < reports.len() {
        true => vec![],
        false => empty,
    }
}

/// All reports as one document.
fn document(reports: &[TestReport], exit: Exit) -> serde_json::Value {
    let tests: usize = reports.iter().map(|report| report.cases.len()).sum();
    let failed: usize = reports.iter().map(TestReport::failures).sum();
    let packages: Vec<_> = reports.iter().map(TestReport::to_document).collect();
    value!({"ok": exit == Exit::Done, "tests": tests, "failed": failed, "packages": packages})
}

fn print(report: &TestReport, args: &TestArgs) {
    say(paint(&report.package, Colour::Bold));
    for case in &report.cases {
        print_case(case);
    }
    if report.cases.is_empty() {
        let none = match args.filter {
            Some(_) => "  no such test",
            None => "  no tests",
        };
        say(paint(none, Colour::Yellow));
        return;
    }
    let micros: u64 = report.cases.iter().map(|case| case.micros).sum();
    let failed = report.failures();
    let colour = if failed == 0 {
        Colour::Green
    } else {
        Colour::Red
    };
    let total = format!(
        "  {}, {failed} failed ({})",
        counted(report.cases.len(), "test"),
        millis(micros)
    );
    say(paint(&total, colour));
}

fn print_case(case: &TestCase) {
    match &case.failure {
        None => say(format!(
            "  {} {} ({})",
            paint("ok", Colour::Green),
            case.name,
            millis(case.micros)
        )),
        Some(failure) => {
            let place = failure.place.as_ref().unwrap_or(&case.file);
            let word = paint("failed", Colour::Red);
            say(format!("  {word} {} ({place})", case.name));
            if let Some(line) = &failure.line {
                say(paint(&format!("    > {line}"), Colour::Dim));
            }
            failure.message.lines().for_each(|line| say(marked(line)));
            for (level, said) in &failure.logs {
                for line in said.lines() {
                    say(paint(&format!("    log {level:?}: {line}"), Colour::Dim));
                }
            }
        }
    }
    for note in &case.notes {
        let note = note.replace('\n', "\\n");
        say(paint(&format!("    note: {note}"), Colour::Yellow));
    }
}

/// A line of a difference in its colour. What a package says stands behind a bar: at the beginning of a
/// line, some build servers take it for a command.
fn marked(line: &str) -> String {
    let shown = format!("    | {line}");
    match line.trim_start().chars().next() {
        Some('-') => paint(&shown, Colour::Red),
        Some('+') => paint(&shown, Colour::Green),
        _ => shown,
    }
}

fn millis(micros: u64) -> String {
    format!("{:.1} ms", micros as f64 / 1000.0)
}

#[cfg(test)]
mod checks {
    use super::*;

    #[test]
    fn only_the_packages_that_changed_run_again() {
        let dirs = ["/p/a", "/p/b"].map(PathBuf::from);
        let touched = |paths: &[&str], rescan: bool| {
            let change = Change {
                paths: paths.iter().map(PathBuf::from).collect(),
                rescan,
            };
            touched(&dirs, &change)
        };
        assert_eq!(touched(&["/p/a"], false), [PathBuf::from("/p/a")]);
        assert_eq!(
            touched(&["/p/b/tests/x.lua"], false),
            [PathBuf::from("/p/b")]
        );
        assert_eq!(touched(&["/p"], false), dirs);
        assert_eq!(touched(&["/p/a"], true), dirs);
        assert_eq!(touched(&[], false), dirs);
    }
}
