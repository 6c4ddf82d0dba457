//! `extension-host`: the child in which extensions run. The agent alone starts it.

use std::process::ExitCode;

use deskhook_hooks::{Extension, ExtensionKind, Findings, Tell};
use deskhook_isolate::{Desk, TestOutcome, serve};
use deskhook_native::{Plugin, Verified};
use deskhook_script::{Package, Parcel, Script, TestCase, TestReport, test_package};
use deskhook_wire::Opening;

/// The argument that makes this program one.
pub(crate) const NAME: &str = "extension-host";

/// Runs what comes over standard input, until that closes.
pub(crate) fn run() -> ExitCode {
    let code = serve(Desk { open, test, check });
    if code == ExitCode::from(2) {
        crate::output::remark("extension-host runs packages for the agent, which alone starts it");
    }
    code
}

fn open(opening: &Opening) -> Result<Box<dyn Extension>, String> {
    match opening.kind {
        ExtensionKind::Plugin => plugin(opening),
        _ => script(opening),
    }
}

/// The agent has judged it: what comes here is what it may be loaded from.
fn plugin(opening: &Opening) -> Result<Box<dyn Extension>, String> {
    let plugin = Plugin::load(&verified(opening)?);
    Ok(Box::new(plugin.map_err(|error| said(error.into()))?))
}

fn verified(opening: &Opening) -> Result<Verified, String> {
    let verified: Verified = serde_json::from_str(&opening.parcel)
        .map_err(|error| format!("the plugin cannot be read: {error}"))?;
    // A child that is started again later reads the copy again.
    if !verified.is_intact() {
        let library = verified.library().display();
        return Err(format!("{library} is not the library that was judged"));
    }
    Ok(verified)
}

fn check(opening: &Opening, name: &str, tell: &Tell<'_>) -> Result<Findings, String> {
    if opening.kind != ExtensionKind::Plugin {
        return Err("only native plugins have checks".to_owned());
    }
    let findings = deskhook_native::check(name, &verified(opening)?, tell);
    findings.ok_or_else(|| format!("there is no check {name:?}"))
}

fn script(opening: &Opening) -> Result<Box<dyn Extension>, String> {
    let package = package(opening)?;
    let script = Script::new(package, &opening.granted);
    Ok(Box::new(script.map_err(|error| said(error.into()))?))
}

fn test(opening: &Opening) -> Result<TestOutcome, String> {
    let package = std::sync::Arc::new(package(opening)?);
    let report = test_package(&package, None).map_err(|error| said(error.into()))?;
    Ok(outcome(&report))
}

/// A report in the few words that a child says.
pub(crate) fn outcome(report: &TestReport) -> TestOutcome {
    let first = report.cases.iter().find(|case| case.failure.is_some());
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    TestOutcome {
        cases: count(report.cases.len()),
        failures: count(report.failures()),
        first: first.map(told),
    }
}

/// A test that failed, by its name and the first line of why.
fn told(case: &TestCase) -> String {
    let why = case
        .failure
        .as_ref()
        .and_then(|failure| failure.message.lines().next());
    let line = format!("{}: {}", case.name, why.unwrap_or("it failed"));
    line.chars().take(300).collect()
}

fn package(opening: &Opening) -> Result<Package, String> {
    if opening.kind != ExtensionKind::Script {
        return Err("only Lua packages have tests of their own".to_owned());
    }
    let parcel: Parcel = serde_json::from_str(&opening.parcel)
        .map_err(|error| format!("the package cannot be read: {error}"))?;
    Package::from_parcel(parcel).map_err(|error| said(error.into()))
}

fn said(error: anyhow::Error) -> String {
    format!("{error:#}")
}
