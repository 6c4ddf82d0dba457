use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use deskhook_hooks::Grants;

use crate::globals::globals;
use crate::lexer;
use crate::package::folder_name;
use crate::vm::Vm;
use crate::{LoadError, Package, Script};

mod call;
mod capability;
mod dialect;
mod fit;
mod language;
mod manifest;
mod menu;
mod names;
mod operation;
mod scope;
mod syntax;
mod texts;
mod tree;
mod walk;

use crate::shape::Shapes;
use walk::{Ground, Seen, Walk};

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
    let mut findings = match Package::examined(dir) {
        Ok((package, errors)) if errors.is_empty() => check_package(dir, &Arc::new(package)),
        Ok((package, errors)) => check_rest(&Arc::new(package), &errors),
        Err(error) => vec![from_error(&error, "manifest")],
    };
    findings.sort();
    findings.dedup();
    findings
}

/// What holds of a file whatever the others say: the rest is looked for once all can be read.
const OWN: [&str; 14] = [
    "syntax",
    "lua-5.4",
    "not-there",
    "field-unknown",
    "argument-wrong",
    "answer-wrong",
    "input-wrong",
    "type-wrong",
    "comparison-never",
    "comparison-fails",
    "menu-refused",
    "verdict-dropped",
    "input-written",
    "test-twice",
];

/// Of a package that is none yet: why, and what is wrong in its files.
fn check_rest(package: &Arc<Package>, errors: &[LoadError]) -> Vec<Finding> {
    let found = |error| from_error(error, "manifest");
    let mut findings: Vec<Finding> = errors.iter().map(found).collect();
    if let Ok(vm) = Vm::open(package, &Grants::default()) {
        let own = sources(package, &vm);
        findings.extend(own.into_iter().filter(|one| OWN.contains(&one.code)));
    }
    explain(findings)
}

fn check_package(dir: &Path, package: &Arc<Package>) -> Vec<Finding> {
    let vm = match Vm::open(package, &Grants::default()) {
        Ok(vm) => vm,
        Err(fault) => return vec![Finding::new(Severity::Error, "load", fault.to_string())],
    };
    let mut findings = sources(package, &vm);
    let compiles = !findings.iter().any(|finding| finding.code == "syntax");
    findings.extend(texts::findings(package));
    findings.extend(whole(dir, package));
    if compiles
        && let Err(error) = Script::new(Arc::clone(package), &package.manifest().capabilities)
    {
        findings.push(from_error(&error, "load"));
    }
    explain(findings)
}

/// What the sources say by themselves.
fn sources(package: &Package, vm: &Vm) -> Vec<Finding> {
    let mut findings = syntax::findings(package, vm);
    let broken: Vec<String> = findings.iter().map(|one| one.file.clone()).collect();
    for path in package.modules().into_iter().chain(package.tests()) {
        let source = package.source(path).unwrap_or_default();
        findings.extend(dialect::findings(path, &lexer::tokens(source)));
    }
    let ground = Ground {
        package,
        shapes: Shapes::known(),
        globals: globals(vm),
    };
    findings.extend(files(&ground, |path| {
        !broken.iter().any(|file| file == path)
    }));
    findings
}

/// Looks into every file that compiles; what only the whole of them shows is told where each does.
fn files(ground: &Ground<'_>, compiles: impl Fn(&str) -> bool) -> Vec<Finding> {
    let package = ground.package;
    let mut whole = Seen::default();
    let mut unread_names: Option<BTreeSet<&str>> = None;
    let own = package.modules();
    for path in own.iter().copied().chain(package.tests()) {
        let source = package.source(path).unwrap_or_default();
        let looked = match compiles(path) {
            true => tree::with_tree(source, |tree| Walk::file(ground, path, tree)),
            false => Err(String::new()),
        };
        match looked {
            Ok(seen) => whole.join(seen, path),
            Err(why) => {
                let names = lexer::tokens(source).into_iter().map(|token| token.text);
                unread_names.get_or_insert_default().extend(names);
                whole.findings.extend(unread(path, &why));
            }
        }
    }
    let unknown = unknown(&whole, unread_names.as_ref());
    whole.findings.extend(unknown);
    if unread_names.is_none() {
        let (hooks, uses) = (&whole.hooks, &whole.uses);
        // One that is misspelt is told as that alone.
        let misspelt = whole.findings.iter().any(|one| one.code == "hook-unknown");
        if !misspelt {
            whole.findings.extend(manifest::twice(hooks));
        }
        // A name that is computed may be any; loading the package shows which it is.
        if !misspelt && whole.computed == 0 {
            whole.findings.extend(manifest::unheard(package, hooks));
        }
        whole.findings.extend(capability::unused(package, uses));
        whole.findings.extend(texts::unused(package, &whole.texts));
        if whole.tests == 0 {
            whole.findings.push(untested(package));
        }
    }
    whole.findings
}

/// Names that no file gives anything to. Those that stand in a file that could not be read may be
/// given something there.
fn unknown(whole: &Seen, unread: Option<&BTreeSet<&str>>) -> Vec<Finding> {
    let mut findings: Vec<Finding> = vec![];
    for (name, finding) in &whole.unknown {
        if whole.globals.contains(name) {
            continue;
        }
        let mut finding = finding.clone();
        if unread.is_some_and(|names| names.contains(name.as_str())) {
            finding.severity = Severity::Warning;
        }
        let same = |other: &&mut Finding| other.place() == finding.place();
        match findings.iter_mut().find(same) {
            // Said once, and as bad as it is.
            Some(other) if finding.severity < other.severity => *other = finding,
            Some(_) => {}
            None => findings.push(finding),
        }
    }
    findings
}

/// What compiles and cannot be read here is told, so that nobody takes silence for a yes.
fn unread(path: &str, why: &str) -> Option<Finding> {
    let message = format!("what this file does is not looked into: {why}");
    (!why.is_empty()).then(|| Finding::new(Severity::Warning, "not-read", message).at(path))
}

fn untested(package: &Package) -> Finding {
    let message = match package.tests().first() {
        Some(_) => "no file in tests/ has a test",
        None => "there are no tests in tests/",
    };
    let hook = package.manifest().hooks.first();
    let hook = hook.map_or("session.request", |hook| hook.name());
    let help =
        format!("a first one: test(\"...\", function(t) t.abstained(t.run({hook:?}, {{}})) end)");
    let finding = Finding::new(Severity::Warning, "no-tests", message).help(help);
    match package.tests().first() {
        Some(file) => finding.at(file),
        None => finding,
    }
}

fn from_error(error: &LoadError, code: &'static str) -> Finding {
    let inside = format!("{}/", error.package());
    let place = error.place();
    let place = place.strip_prefix(&inside).unwrap_or(place);
    Finding::new(Severity::Error, code, error.message()).at(place)
}

fn whole(dir: &Path, package: &Package) -> Option<Finding> {
    let (name, folder) = (package.name(), folder_name(dir));
    if name == folder {
        return None;
    }
    let message = format!("the package is named {name:?} and its folder {folder:?}");
    let help = "the agent takes a package from a folder of its own name alone: give both the same";
    let finding = Finding::new(Severity::Error, "folder-name", message);
    Some(finding.at(&manifest::place(package, name)).help(help))
}

/// What another finding explains is said once: a mistake in the syntax that another Lua would
/// take, an `init.lua` that fails at a name that is not there, a hook that is not heard.
fn explain(findings: Vec<Finding>) -> Vec<Finding> {
    let vague = |finding: &Finding| ["syntax", "load"].contains(&finding.code);
    let clear: Vec<&Finding> = findings
        .iter()
        .filter(|finding| !vague(finding) && finding.severity == Severity::Error)
        .collect();
    let said = |finding: &Finding| {
        let same = |other: &&Finding| other.file == finding.file && other.line == finding.line;
        let unheard = finding.code == "load" && finding.line == 0;
        vague(finding)
            && (clear.iter().any(same)
                || (unheard && clear.iter().any(|other| other.code.starts_with("hook-un"))))
    };
    let kept = findings.iter().filter(|finding| !said(finding));
    kept.cloned().collect()
}
