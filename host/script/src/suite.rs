use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use deskhook_hooks::LogLevel;

use crate::fake::Usage;
use crate::package::{INIT, folder_name};
use crate::{LoadError, Package};

mod assertion;
mod difference;
mod document;
mod file;
mod junit;
mod rig;

pub use junit::junit;

/// What became of a package's tests.
#[derive(Clone, Debug)]
pub struct TestReport {
    /// The package.
    pub package: String,
    /// Its tests, in the order in which they stand.
    pub cases: Vec<TestCase>,
    /// When they began, RFC 3339 in UTC with whole seconds.
    pub begun: String,
}

impl TestReport {
    /// The report of a package that does not load: one test, which failed.
    pub fn unloadable(dir: &Path, message: String) -> Self {
        let failure = TestFailure {
            place: None,
            line: None,
            message,
            logs: vec![],
        };
        Self {
            begun: now(),
            package: folder_name(dir),
            cases: vec![TestCase {
                name: "the package loads".to_owned(),
                file: INIT.to_owned(),
                failure: Some(failure),
                micros: 0,
                notes: vec![],
            }],
        }
    }
}

/// What became of one test.
#[derive(Clone, Debug)]
pub struct TestCase {
    /// Its name, as `test("...")` says.
    pub name: String,
    /// Its file, as a path inside the package.
    pub file: String,
    /// The failure, if it failed.
    pub failure: Option<TestFailure>,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// Failures that it does not look at. What it set and no test of the package made anybody ask for,
    /// and what was asked for and no test set: told of the first such test alone, and not where only
    /// some tests ran. One sentence each.
    pub notes: Vec<String>,
}

/// Why a test failed.
#[derive(Clone, Debug)]
pub struct TestFailure {
    /// `package/tests/file.lua:line`, where known.
    pub place: Option<String>,
    /// The line of source there, without its indent.
    pub line: Option<String>,
    /// What was expected and what came, with the difference line by line.
    pub message: String,
    /// What the script logged, in order.
    pub logs: Vec<(LogLevel, String)>,
}

impl TestReport {
    /// How many failed.
    pub fn failures(&self) -> usize {
        self.cases
            .iter()
            .filter(|case| case.failure.is_some())
            .count()
    }

    /// Whether all passed; no tests at all pass too.
    pub fn passed(&self) -> bool {
        self.failures() == 0
    }
}

/// Runs the tests of the package in `dir`, those whose name or file holds `filter`. Each has a
/// fresh pretended host and a fresh Lua state of the package; nothing of the machine is touched.
pub fn test(dir: &Path, filter: Option<&str>) -> Result<TestReport, LoadError> {
    let package = Arc::new(Package::load(dir)?);
    test_package(&package, filter)
}

/// As [`test()`], for a package that was read before.
pub fn test_package(package: &Arc<Package>, filter: Option<&str>) -> Result<TestReport, LoadError> {
    // A package that does not load fails as that, not once for each of its tests.
    crate::Script::new(Arc::clone(package), &package.manifest().capabilities)?;
    let wanted = |path: &str, name: &str| {
        filter.is_none_or(|filter| path.contains(filter) || name.contains(filter))
    };
    let begun = now();
    let mut ran = vec![];
    for path in package.tests() {
        ran.extend(file::run(package, path, &wanted));
    }
    let mut cases = match filter {
        Some(_) => ran.into_iter().map(|(case, _)| case).collect(),
        None => noted(ran),
    };
    for failure in cases.iter_mut().filter_map(|case| case.failure.as_mut()) {
        failure.line = failure
            .place
            .as_ref()
            .and_then(|place| source_line(package, place));
    }
    Ok(TestReport {
        package: package.name().to_owned(),
        cases,
        begun,
    })
}

/// The cases with their notes: what one test needs and another does not is no slip.
fn noted(ran: Vec<(TestCase, Usage)>) -> Vec<TestCase> {
    let mut all = Usage::default();
    ran.iter().for_each(|(_, usage)| all.join(usage));
    let mut told = BTreeSet::new();
    let one = |(mut case, usage): (TestCase, Usage)| {
        let notes = usage.notes_among(&all).into_iter();
        case.notes
            .extend(notes.filter(|note| told.insert(note.clone())));
        case
    };
    ran.into_iter().map(one).collect()
}

/// The line at `package/file.lua:12`.
fn source_line(package: &Package, place: &str) -> Option<String> {
    let (file, line) = place.rsplit_once(':')?;
    let path = file.strip_prefix(package.name())?.strip_prefix('/')?;
    let line: usize = line.parse().ok()?;
    let text = package.source(path)?.lines().nth(line.checked_sub(1)?)?;
    Some(text.trim().to_owned())
}

fn now() -> String {
    let now = jiff::Timestamp::now();
    now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
