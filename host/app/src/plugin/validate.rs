//! `plugin validate`.

mod apart;
mod manifest;
mod report;

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use deskhook_hooks::Findings;
use deskhook_native::{Check, Inspection, Verified, checks_of, inspect};

use super::told::failure;
use crate::output::{Exit, Failure, Form, Outcome};
use apart::Apart;
use report::{Report, Reports};

/// How long calls that are slow or do not come back may be waited for, all of them together.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long a check may take of which nothing is slow: those that take longest end after three seconds.
const USUAL: Duration = Duration::from_secs(5);

/// `plugin validate`.
#[derive(Args)]
pub(crate) struct Validate {
    /// The plugin's folder, its manifest or its library
    path: PathBuf,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// Does what the command says; the answer is no where something has to be mended.
pub(super) fn run(args: &Validate) -> Outcome {
    let inspection = inspect(&args.path).map_err(failure)?;
    let mut reports = Reports::new(Form::from(args.json));
    reports.add(manifest::report(&inspection));
    // What is refused before it is loaded has no other checks.
    if inspection.refusal().is_none() {
        checks(&inspection, &mut reports)?;
    }
    let is_well = reports.conclude(&inspection)?;
    Ok(if is_well { Exit::Done } else { Exit::No })
}

fn checks(inspection: &Inspection, reports: &mut Reports) -> Result<(), Failure> {
    let apart = Apart::new(verified(inspection)?);
    let mut patience = PATIENCE;
    for check in checks_of(&inspection.manifest).chain([apart::CONFINED]) {
        if patience.is_zero() {
            reports.add(unlooked(check));
            continue;
        }
        let report = Report::timed(check, || {
            let begun = Instant::now();
            let (findings, waited) = apart.look(check.0)?;
            let slow = begun.elapsed().saturating_sub(USUAL);
            patience = patience.saturating_sub(waited.max(slow));
            Ok(findings)
        })?;
        // Where it cannot even be loaded, every check says the same.
        let is_lost = check.0 == "entry" && !report.is_well();
        reports.add(report);
        if is_lost {
            break;
        }
    }
    Ok(())
}

fn unlooked(check: Check) -> Report {
    let seconds = PATIENCE.as_secs();
    let why = format!(
        "not looked at: calls that are slow or do not come back took more than {seconds} s already, so mend those first"
    );
    let mut findings = Findings::default();
    findings.problem(why);
    Report::of(check, findings)
}

fn verified(inspection: &Inspection) -> Result<Verified, Failure> {
    let library = &inspection.library;
    let absolute = std::path::absolute(library);
    let absolute = absolute.with_context(|| format!("cannot find {}", library.display()))?;
    Ok(Verified::unjudged(inspection.manifest.clone(), absolute))
}
