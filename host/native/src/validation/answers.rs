//! What a plugin answers: to any input, and in hosts of any kind.

use std::time::{Duration, Instant};

use deskhook_hooks::{Answer, Extension, Fault, Findings, Hook, Kind, Limit};
use deskhook_session::Verdict;

use super::hosts;
use super::inputs;
use super::record::{Failing, Record};
use super::subject::Trial;
use super::usual::{Desk, silent};
use crate::plugin::{Sizes, whole};
use crate::{LoadError, Manifest};

/// How long a call may take before it is told.
const SLOW: Duration = Duration::from_secs(1);

type Came = Result<Answer, Fault>;

/// Asks each hook of an extension that is there already, with usual input on a usual host, until one
/// does not come back.
pub fn answers(extension: &dyn Extension, manifest: &Manifest) -> Findings {
    let mut record = Record::default();
    let host = Desk::of(manifest).port();
    for input in manifest
        .hooks
        .iter()
        .filter_map(|hook| inputs::usual(*hook))
    {
        let limit = Limit::of(input.call.hook, 0);
        let answer = extension.call(&input.call, limit, &host);
        let is_lost = matches!(answer, Err(Fault::Late { .. } | Fault::Crashed { .. }));
        record.judge(&input, answer, Failing::Wrong);
        if is_lost {
            break;
        }
    }
    record.finish()
}

pub(super) fn inputs(trial: &Trial<'_>) -> Findings {
    let mut record = Record::default();
    let Some(subject) = trial.loaded(&mut record.findings) else {
        return record.findings;
    };
    let desk = Desk::of(trial.manifest());
    let host = desk.port();
    for input in trial.hooks().flat_map(inputs::of) {
        let begun = Instant::now();
        let answer = subject.call(&input, &host);
        let took = begun.elapsed();
        if took > SLOW {
            let waits = Limit::of(input.call.hook, 0).wall.as_millis();
            let took = took.as_millis();
            let what = format!("{input} took {took} ms: the chain waits {waits} ms");
            record.findings.problem(what);
        }
        let failing = match input.is_usual() {
            true => Failing::Wrong,
            false => Failing::Odd,
        };
        record.judge(&input, answer, failing);
    }
    for capability in desk.ungranted() {
        record.findings.note(format!(
            "it asks for {capability}, for which its manifest does not ask: no policy can grant it"
        ));
    }
    for text in subject.lacking_texts() {
        record.findings.note(format!(
            "it asks for the text {text:?}, which its manifest does not have"
        ));
    }
    record.finish()
}

pub(super) fn silence(trial: &Trial<'_>) -> Findings {
    let mut record = Record::default();
    let Some(subject) = trial.loaded(&mut record.findings) else {
        return record.findings;
    };
    for (host, asked) in silent() {
        for input in trial.hooks().filter_map(inputs::usual) {
            let hook = input.call.hook;
            let answer = subject.call(&input, &host);
            if asked.lately() && allows(hook, &answer) {
                record.findings.note(format!(
                    "{hook} allows where the host answers nothing: is what it asks for of no weight?"
                ));
            }
            record.judge(&input, answer, Failing::Right);
        }
    }
    record.finish()
}

fn allows(hook: Hook, answer: &Came) -> bool {
    hook.kind() == Kind::Decide && matches!(answer, Ok(Answer::Verdict(Verdict::Allow)))
}

pub(super) fn minimal_host(trial: &Trial<'_>) -> Findings {
    let mut record = Record::default();
    let [(nobody, _), _] = silent();
    match trial.load_in(&hosts::minimal) {
        Ok(subject) => {
            for input in trial.hooks().flat_map(inputs::plain) {
                let answer = subject.call(&input, &nobody);
                record.judge(&input, answer, Failing::Right);
            }
        }
        // Nothing is all that such a host can be given.
        Err(LoadError::Refused(why)) if !why.is_empty() => {}
        Err(error) => record.findings.problem(unmade(&error)),
    }
    record.finish()
}

pub(super) fn old_host(trial: &Trial<'_>) -> Findings {
    let advice = "its manifest says that a host of interface 1.0 is enough: do without what is newer, or say \"abi\": \"1.1\"";
    compared(trial, (&hosts::first, Sizes::True), advice)
}

pub(super) fn newer_host(trial: &Trial<'_>) -> Findings {
    let advice = "a later host of the same major version has the same and more: read what is known of a longer struct";
    compared(trial, (&hosts::later, Sizes::Longer), advice)
}

/// What fails in another host, and not in this one.
fn compared(trial: &Trial<'_>, (host, sizes): (&hosts::Make, Sizes), advice: &str) -> Findings {
    let mut record = Record::default();
    let there = match trial.load_in(host) {
        Ok(subject) => subject.with_sizes(sizes),
        Err(error) => {
            let what = format!("{}; {advice}", unmade(&error));
            record.findings.problem(what);
            return record.findings;
        }
    };
    let Some(here) = trial.loaded(&mut record.findings) else {
        return record.findings;
    };
    let (own, other) = (Desk::of(trial.manifest()), Desk::of(trial.manifest()));
    let (own, other) = (own.port(), other.port());
    for input in trial.hooks().flat_map(inputs::of) {
        let answer = there.call(&input, &other);
        if let Err(Fault::Failed { message, .. }) = &answer
            && here.call(&input, &own).is_ok()
        {
            let what = format!("{input} fails there alone: {message}; {advice}");
            record.findings.problem(what);
        }
        record.judge(&input, answer, Failing::Right);
    }
    record.finish()
}

/// Why there is no instance in a host of another kind.
fn unmade(error: &LoadError) -> String {
    match error {
        LoadError::Refused(why) if why.is_empty() => {
            "create answers null and does not say why: write a sentence to `error`".to_owned()
        }
        error => whole(error),
    }
}

pub(super) fn sizes(trial: &Trial<'_>) -> Findings {
    let mut record = Record::default();
    let Some(subject) = trial.loaded(&mut record.findings) else {
        return record.findings;
    };
    let subject = subject.with_sizes(Sizes::Nothing);
    let host = Desk::of(trial.manifest()).port();
    let decides = |hook: &Hook| hook.kind() == Kind::Decide;
    for input in trial.hooks().filter(decides).flat_map(inputs::plain) {
        let hook = input.call.hook;
        if allows(hook, &subject.call(&input, &host)) {
            record.findings.note(format!(
                "{hook} allows with an input of size 0: where it reads any field, `struct_size` comes first"
            ));
        }
    }
    record.finish()
}
