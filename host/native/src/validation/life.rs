//! A plugin that is made and ended, again and again and at the same time.

use std::time::{Duration, Instant};

use deskhook_hooks::{Findings, HostPort};

use super::subject::{Subject, Trial};
use super::threads as counted;
use super::usual::Desk;

/// How often it is made and ended.
const LIVES: usize = 100;
/// How many instances are called at the same time.
const AT_ONCE: usize = 4;
/// How often each thread makes one.
const ROUNDS: usize = 10;
/// After how long no further one is made: what a slow call costs is told of it elsewhere.
const LONG_ENOUGH: Duration = Duration::from_secs(3);

pub(super) fn life(trial: &Trial<'_>) -> Findings {
    let mut findings = Findings::default();
    let host = Desk::of(trial.manifest()).port();
    let begun = Instant::now();
    for life in 1..=LIVES {
        match trial.load() {
            Ok(subject) => subject.call_each(&host),
            Err(why) => {
                findings.problem(format!("made for the {life}. time: {why}"));
                return findings;
            }
        }
        if begun.elapsed() > LONG_ENOUGH {
            break;
        }
    }
    at_once(trial, &host, &mut findings);
    findings
}

/// Several live at the same time, and end one by one.
fn at_once(trial: &Trial<'_>, host: &HostPort, findings: &mut Findings) {
    let mut all: Vec<Subject<'_>> = vec![];
    for number in 0..AT_ONCE {
        match trial.load() {
            Ok(subject) => all.push(subject),
            Err(why) => {
                return findings.problem(format!("made while {number} others live: {why}"));
            }
        }
    }
    // The first one goes first, while the others live.
    while !all.is_empty() {
        drop(all.remove(0));
        if let Some(subject) = all.first() {
            subject.call_each(host);
        }
    }
}

pub(super) fn threads(trial: &Trial<'_>) -> Findings {
    let mut findings = Findings::default();
    let host = Desk::of(trial.manifest()).port();
    let Some(subject) = trial.loaded(&mut findings) else {
        return findings;
    };
    for _ in 0..2 {
        std::thread::scope(|scope| {
            scope.spawn(|| subject.call_each(&host));
        });
    }
    let begun = Instant::now();
    let rounds = || {
        for _ in 0..ROUNDS {
            // What it comes to alone is looked at elsewhere.
            if let Ok(subject) = trial.load() {
                subject.call_each(&host);
            }
            if begun.elapsed() > LONG_ENOUGH {
                break;
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(rounds);
        }
    });
    findings
}

pub(super) fn leftovers(trial: &Trial<'_>) -> Findings {
    let mut findings = Findings::default();
    let host = Desk::of(trial.manifest()).port();
    // What a library starts once for the whole process was started by the first.
    if let Ok(subject) = trial.load() {
        subject.call_each(&host);
    }
    let Some(before) = counted::settled() else {
        findings.note("threads cannot be counted on this system");
        return findings;
    };
    for _ in 0..AT_ONCE {
        if let Some(subject) = trial.loaded(&mut findings) {
            subject.call_each(&host);
        }
    }
    let after = counted::at_most(before).unwrap_or(before);
    if after > before {
        findings.problem(format!(
            "{} threads run after destroy that did not run before create: end them in destroy",
            after - before
        ));
    }
    findings
}
