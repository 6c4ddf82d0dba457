//! What is looked up in a plugin: its entry, and its sides of hooks.

use deskhook_hooks::{Findings, Hook};

use super::subject::Trial;

/// Ids that no plugin knows.
const UNKNOWN: [&str; 4] = [
    "",
    "deskhook.no.such/1",
    "deskhook.session.request/2",
    "org.example.own/1",
];

pub(super) fn entry(trial: &Trial<'_>) -> Findings {
    let mut findings = Findings::default();
    // How it ends is looked at elsewhere.
    if let Some(subject) = trial.loaded(&mut findings) {
        subject.forget();
    }
    if let Some((library, manifest)) = trial.disagreement() {
        findings.problem(format!(
            "the library's abi_minor is {library}, and the manifest says \"abi\": \"{manifest}\": an older host would take the manifest and refuse the library"
        ));
    }
    findings
}

pub(super) fn hooks(trial: &Trial<'_>) -> Findings {
    let mut findings = Findings::default();
    let Some(subject) = trial.loaded(&mut findings) else {
        return findings;
    };
    for id in UNKNOWN {
        if !subject.side(id).is_null() {
            findings.problem(format!(
                "get_extension answers {id:?}, which it cannot know: answer null"
            ));
        }
    }
    for hook in Hook::ALL {
        let id = format!("deskhook.{hook}/1");
        let (first, second) = (subject.side(&id), subject.side(&id));
        let is_listed = trial.hooks().any(|listed| listed == hook);
        if first != second {
            findings.problem(format!(
                "get_extension answers {id:?} with another struct each time: the answer is the same until destroy"
            ));
        }
        if !is_listed && !first.is_null() {
            findings.note(format!(
                "it hears {hook}, and the manifest does not list it: it is never called"
            ));
        }
    }
    findings
}
