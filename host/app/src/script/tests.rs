use deskhook_script::{TestReport, junit, test};
use deskhook_source::{Watched, watch};

use super::{Format, TestArgs};
use crate::agent::{asked_to_stop, runtime};
use crate::output::{Colour, Exit, Failure, Outcome, paint, remark, say};

/// `script test`.
pub(super) fn run(args: &TestArgs) -> Outcome {
    let exit = once(args)?;
    if !args.watch {
        return Ok(exit);
    }
    runtime(1)?.block_on(async {
        let mut changes = watch(&args.dirs, Watched::Tree)?;
        remark(paint("waiting for a change; Ctrl-C ends", Colour::Dim));
        loop {
            tokio::select! {
                _ = changes.changed() => {}
                () = asked_to_stop() => return Ok(Exit::Done),
            }
            if let Err(Failure::Could(error) | Failure::Help(error, _) | Failure::Usage(error)) =
                once(args)
            {
                remark(format!("{error:#}"));
            }
        }
    })
}

fn once(args: &TestArgs) -> Outcome {
    let mut reports = vec![];
    let mut broken = false;
    for dir in &args.dirs {
        super::readable(dir)?;
        match test(dir, args.filter.as_deref()) {
            Ok(report) => reports.push(report),
            Err(error) => {
                broken = true;
                let message = format!("{:#}", anyhow::Error::from(error));
                let word = paint("error:", Colour::Red);
                remark(format!("{word} {}: {message}", dir.display()));
                if args.format == Format::Junit {
                    reports.push(TestReport::unloadable(dir, message));
                }
            }
        }
    }
    match args.format {
        Format::Junit => say(junit(&reports)),
        Format::Text => reports.iter().for_each(print),
    }
    let none = reports.iter().all(|report| report.cases.is_empty());
    if let Some(filter) = args.filter.as_ref().filter(|_| none) {
        remark(format!("no test's name or file holds {filter:?}"));
        return Ok(Exit::No);
    }
    let passed = !broken && reports.iter().all(TestReport::passed);
    Ok(if passed { Exit::Done } else { Exit::No })
}

fn print(report: &TestReport) {
    say(paint(&report.package, Colour::Bold));
    for case in &report.cases {
        let millis = case.micros as f64 / 1000.0;
        match &case.failure {
            None => say(format!(
                "  {} {} ({millis:.1} ms)",
                paint("ok", Colour::Green),
                case.name
            )),
            Some(failure) => {
                let place = failure.place.as_ref().unwrap_or(&case.file);
                say(format!(
                    "  {} {} ({place})",
                    paint("failed", Colour::Red),
                    case.name
                ));
                failure
                    .message
                    .lines()
                    .for_each(|line| say(format!("    {line}")));
                for (level, line) in &failure.logs {
                    say(paint(&format!("    log {level:?}: {line}"), Colour::Dim));
                }
            }
        }
    }
    say(format!(
        "  {} tests, {} failed",
        report.cases.len(),
        report.failures()
    ));
}
