use std::time::Duration;

use deskhook_hooks::{Bound, Fault, Health, Hook, Kind};
use deskhook_session::Moment;

use crate::extensions::same;
use crate::{ExtensionSet, Rejected};

/// How long new files of a package have to run without a fault until the old ones are given up.
const TERM: Duration = Duration::from_secs(600);

/// How often in a row a hook of new files may fail in a way that may pass.
const MOST_PASSING: u32 = 3;

/// What is new, and has yet to show that it works. A fault within ten minutes puts back what it
/// replaced; without one it lasts.
#[derive(Default)]
pub(crate) struct Probation {
    trials: Vec<Trial>,
}

struct Trial {
    name: String,
    /// What it replaced; none where there is no way back.
    before: Option<Bound>,
    /// What ran before it was called no more: also where that was kept, it is nothing to go back to.
    is_better: bool,
    until: Moment,
}

/// What came of trials.
#[derive(Default)]
pub(crate) struct Outcome {
    /// What is put back, with the rejection of what it was replaced by.
    pub(crate) back: Vec<(Bound, Rejected)>,
    /// The names of what failed and has no way back here, and why.
    pub(crate) alone: Vec<(String, String)>,
    /// The names of those that served their term.
    pub(crate) lasted: Vec<String>,
}

impl Probation {
    /// Puts on trial what was loaded and did not run before.
    pub(crate) fn admit(
        &mut self,
        now: Moment,
        (running, unwell): (&[Bound], &[String]),
        set: &ExtensionSet,
    ) {
        let mut trials = std::mem::take(&mut self.trials);
        let judged: Vec<Trial> = set
            .loaded
            .iter()
            .filter_map(|new| trial(now, (running, unwell, &trials), new))
            .collect();
        // What newer files could not replace goes on, and so does its trial.
        let is_loaded = |name: &str| {
            let mut names = set.loaded.iter().map(|new| &new.extension.about().name);
            names.any(|loaded| same(loaded, name))
        };
        let is_rejected = |name: &str| {
            let mut rejected = set.rejected.iter();
            rejected.any(|rejected| same(&rejected.name, name))
        };
        trials.retain(|trial| !is_loaded(&trial.name) && is_rejected(&trial.name));
        self.trials = judged.into_iter().chain(trials).collect();
    }

    /// What would be put back.
    pub(crate) fn ways_back(&self) -> impl Iterator<Item = &Bound> {
        self.trials.iter().filter_map(|trial| trial.before.as_ref())
    }

    /// Gives up the ways back that are none any more: what is on trial then stays.
    pub(crate) fn keep(&mut self, is_way_back: impl Fn(&Bound) -> bool) {
        for trial in &mut self.trials {
            trial.before = trial.before.take().filter(&is_way_back);
        }
    }

    /// Whether anything is on trial.
    pub(crate) fn sits(&self) -> bool {
        !self.trials.is_empty()
    }

    /// Ends the trials of what failed, and of what served its term.
    pub(crate) fn judge(&mut self, now: Moment, health: &[Health]) -> Outcome {
        let mut outcome = Outcome::default();
        for trial in std::mem::take(&mut self.trials) {
            let link = health.iter().find(|link| same(&link.name, &trial.name));
            match (link.and_then(failing), trial.before) {
                (Some(failing), before) => {
                    let (version, hook, fault) = failing;
                    let why = format!("{version} failed while it was new: {hook}: {fault}");
                    match before {
                        Some(before) => {
                            let refused = rejected(&before, why);
                            outcome.back.push((before, refused));
                        }
                        None if trial.is_better => {}
                        None => outcome.alone.push((trial.name, why)),
                    }
                }
                (None, before) if now < trial.until => {
                    self.trials.push(Trial { before, ..trial });
                }
                (None, _) => outcome.lasted.extend(link.map(|link| link.name.clone())),
            }
        }
        outcome
    }
}

/// What speaks against new files, and their version. Being late once may be the machine's fault, and what a
/// hook that observes says of itself may be that of a server.
fn failing(link: &Health) -> Option<(&str, Hook, &Fault)> {
    let (hook, fault) = link.last_fault.as_ref()?;
    let may_pass = match fault {
        Fault::Late { .. } => true,
        Fault::Failed { .. } => hook.kind() == Kind::Observe,
        _ => false,
    };
    (!may_pass || link.faults >= MOST_PASSING).then_some((&link.version, *hook, fault))
}

fn rejected(bound: &Bound, why: String) -> Rejected {
    let about = bound.extension.about();
    Rejected {
        name: about.name.clone(),
        why,
        hooks: Some(about.hooks.clone()),
    }
}

/// What is itself on trial is no way back where something else is: what ran before it.
fn trial(
    now: Moment,
    (running, unwell, trials): (&[Bound], &[String], &[Trial]),
    new: &Bound,
) -> Option<Trial> {
    let about = new.extension.about();
    let mut old = running.iter();
    let old = old.find(|old| same(&old.extension.about().name, &about.name));
    let under_way = trials.iter().find(|trial| same(&trial.name, &about.name));
    let is_same = old.is_some_and(|old| old.extension.about().sha256 == about.sha256);
    let is_unwell = unwell.iter().any(|name| same(name, &about.name));
    let is_better = match under_way {
        Some(trial) if is_same => trial.is_better,
        _ => is_unwell,
    };
    let old = old.filter(|_| !is_unwell);
    let (before, until) = match (under_way, is_same) {
        (None, true) => return None,
        (None, false) => (old.cloned(), now.after(TERM)),
        // Loaded once more, as when the policy changes.
        (Some(trial), true) => (trial.before.clone(), trial.until),
        (Some(trial), false) => {
            let before = trial.before.clone();
            (before.or_else(|| old.cloned()), now.after(TERM))
        }
    };
    let is_back = |before: &Bound| before.extension.about().sha256 == about.sha256;
    (!before.as_ref().is_some_and(is_back)).then(|| Trial {
        name: about.name.clone(),
        before,
        is_better,
        until,
    })
}

#[cfg(test)]
mod tests;
