use std::path::Path;
use std::sync::Arc;

use deskhook_hooks::Grants;

use crate::package::folder_name;
use crate::script::compile;
use crate::vm::Vm;
use crate::{LoadError, Package, Script};

mod dialect;
mod lexer;
mod texts;
mod usage;

/// Something that an author should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Path inside the package; empty where it concerns the whole.
    pub file: String,
    /// From 1; 0 where it concerns the whole file.
    pub line: u32,
    /// From 1; 0 where it concerns the whole line.
    pub column: u32,
    /// How bad it is.
    pub severity: Severity,
    /// A stable word for programs: `syntax`, `lua-5.4`, `capability-missing`, ...
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do; empty where the message says it.
    pub help: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The package does not work like this.
    Error,
    /// It works, and may surprise.
    Warning,
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        match self.place().as_str() {
            "" => {}
            place => write!(f, "{place}: ")?,
        }
        write!(f, "{severity}: {} [{}]", self.message, self.code)?;
        if self.help.is_empty() {
            return Ok(());
        }
        write!(f, "\n  help: {}", self.help)
    }
}

impl Finding {
    /// `file:line:column`, as far as it is known.
    pub fn place(&self) -> String {
        match (self.line, self.column) {
            (0, _) => self.file.clone(),
            (line, 0) => format!("{}:{line}", self.file),
            (line, column) => format!("{}:{line}:{column}", self.file),
        }
    }

    fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            file: String::new(),
            line: 0,
            column: 0,
            severity,
            code,
            message: message.into(),
            help: String::new(),
        }
    }

    /// `file`, `file:line` or `file:line:column`.
    fn at(mut self, place: &str) -> Self {
        let mut parts = place.split(':');
        parts.next().unwrap_or_default().clone_into(&mut self.file);
        let mut number = || parts.next().and_then(|part| part.parse().ok()).unwrap_or(0);
        (self.line, self.column) = (number(), number());
        self
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }
}

/// Looks a package over without running a hook of it: manifest, syntax, hooks, capabilities,
/// texts, and what is Lua but not this Lua. Nothing found is an empty list.
pub fn check(dir: &Path) -> Vec<Finding> {
    let mut findings = match Package::load(dir) {
        Ok(package) => check_package(dir, &Arc::new(package)),
        Err(error) => vec![from_error(&error, "manifest")],
    };
    findings.sort();
    findings.dedup();
    findings
}

fn check_package(dir: &Path, package: &Arc<Package>) -> Vec<Finding> {
    let mut findings = syntax(package);
    let compiles = findings.is_empty();
    for path in package.modules().into_iter().chain(package.tests()) {
        let source = package.source(path).unwrap_or_default();
        let tokens = lexer::tokens(source);
        findings.extend(dialect::findings(path, &tokens));
        findings.extend(usage::findings(package, path, &tokens));
        findings.extend(texts::used(package, path, &tokens));
    }
    findings.extend(usage::unused(package));
    findings.extend(texts::findings(package));
    findings.extend(whole(dir, package));
    if compiles
        && let Err(error) = Script::new(Arc::clone(package), &package.manifest().capabilities)
    {
        findings.push(from_error(&error, "load"));
    }
    explain(findings)
}

fn from_error(error: &LoadError, code: &'static str) -> Finding {
    let inside = format!("{}/", error.package());
    let place = error.place();
    let place = place.strip_prefix(&inside).unwrap_or(place);
    Finding::new(Severity::Error, code, error.message()).at(place)
}

fn syntax(package: &Arc<Package>) -> Vec<Finding> {
    let vm = match Vm::open(package, &Grants::default()) {
        Ok(vm) => vm,
        Err(fault) => return vec![Finding::new(Severity::Error, "load", fault.to_string())],
    };
    let files = package.modules().into_iter().chain(package.tests());
    let troubles = files.filter_map(|path| compile(&vm, path).err());
    troubles
        .map(|trouble| from_error(&LoadError::new(package.name(), trouble), "syntax"))
        .collect()
}

fn whole(dir: &Path, package: &Package) -> Vec<Finding> {
    let (name, folder) = (package.name(), folder_name(dir));
    let mut findings = vec![];
    if name != folder {
        let message = format!("the package is named {name:?} and its folder {folder:?}");
        let help = "people look for a package under its name: give both the same";
        findings.push(
            Finding::new(Severity::Warning, "folder-name", message)
                .at(crate::package::MANIFEST)
                .help(help),
        );
    }
    if package.tests().is_empty() {
        let help =
            "a first one: test(\"...\", function(t) t.allowed(t.run(\"session.request\", {})) end)";
        findings.push(
            Finding::new(
                Severity::Warning,
                "no-tests",
                "there are no tests in tests/",
            )
            .help(help),
        );
    }
    findings
}

/// What another finding explains is said once: a mistake in the syntax that another Lua would
/// take, an `init.lua` that fails at a name that is not there.
fn explain(findings: Vec<Finding>) -> Vec<Finding> {
    let vague = |finding: &Finding| ["syntax", "load"].contains(&finding.code);
    let better: Vec<(String, u32)> = findings
        .iter()
        .filter(|finding| !vague(finding) && finding.severity == Severity::Error)
        .map(|finding| (finding.file.clone(), finding.line))
        .collect();
    let said = |finding: &Finding| {
        vague(finding) && better.contains(&(finding.file.clone(), finding.line))
    };
    findings
        .into_iter()
        .filter(|finding| !said(finding))
        .collect()
}
