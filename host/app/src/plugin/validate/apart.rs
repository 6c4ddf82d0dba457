//! A check in the process that the agent would start for the plugin, granted what its manifest asks for
//! and no more.

use std::time::Duration;

use anyhow::Context as _;
use deskhook_hooks::{About, Findings};
use deskhook_isolate::{Printed, Process};
use deskhook_native::{Check, Verified, answers};
use deskhook_wire::Opening;

use crate::extensions::OwnChild;
use crate::output::Failure;

/// The check that is the agent's own way: loaded once, no more code after that, then called.
pub(super) const CONFINED: Check = (
    "confined",
    "answers usual input in the agent's child, where it loads no more code once it is there",
);

/// A plugin, for one child after the other.
pub(super) struct Apart(Verified);

/// What came of a check, and how long was waited for what did not come back.
type Looked = (Findings, Duration);

impl Apart {
    pub(super) fn new(verified: Verified) -> Self {
        Self(verified)
    }

    /// Runs one check in a child of its own, with an empty folder of its own.
    pub(super) fn look(&self, check: &str) -> Result<Looked, Failure> {
        let own = tempfile::tempdir().context("cannot make a temporary folder")?;
        let own = own.path();
        let printed = Printed::default();
        let verified = self.0.clone().with_folder(own.to_owned());
        let granted = &self.0.manifest().capabilities;
        let child = OwnChild::of(&verified, own.to_owned(), granted)?;
        let (process, about, opening) = child.heard(&printed);
        Ok(match check == CONFINED.0 {
            true => self.opened(&process, (about, opening), &printed),
            false => checked(&process, (&opening, check), &printed),
        })
    }

    fn opened(&self, process: &Process, plugin: (About, Opening), printed: &Printed) -> Looked {
        let (about, opening) = plugin;
        let mut findings = match process.open(about, opening) {
            Ok(plugin) => answers(&plugin, self.0.manifest()),
            Err(error) => lost(&error.into()),
        };
        if process.pid().is_none() {
            quote(&mut findings, printed);
        }
        (findings, Duration::ZERO)
    }
}

fn checked(process: &Process, (opening, check): (&Opening, &str), printed: &Printed) -> Looked {
    match process.check(opening, check) {
        Ok(findings) => (findings, Duration::ZERO),
        Err(error) => {
            let waited = error.waited();
            let mut findings = lost(&error.into());
            if process.pid().is_none() {
                quote(&mut findings, printed);
            }
            (findings, waited)
        }
    }
}

fn lost(error: &anyhow::Error) -> Findings {
    let mut findings = Findings::default();
    findings.problem(format!("{error:#}"));
    findings
}

/// Repeats what a process that ended had printed.
fn quote(findings: &mut Findings, printed: &Printed) {
    let words = printed.text();
    if let (false, Some(last)) = (words.is_empty(), findings.problems.last_mut()) {
        last.push_str("; it printed: ");
        last.push_str(&words);
    }
}
