use std::collections::BTreeMap;
use std::time::Duration;

use deskhook_hooks::{Bound, Fault, Health, Hook};
use deskhook_session::Moment;

use crate::extensions::same;
use crate::{ExtensionSet, Rejected};

/// How long new files of a package have to run without a fault until the old ones are given up.
const TERM: Duration = Duration::from_secs(600);

/// How often in a row a hook of new files may be late.
const MOST_LATE: u32 = 3;

/// What replaced a running extension and has yet to show that it works. A fault within ten minutes
/// puts the old files back, until the files change again.
#[derive(Default)]
pub(crate) struct Probation {
    trials: Vec<Trial>,
    /// Files that were put back from, by name: their hash and what went wrong.
    failed: BTreeMap<String, (String, String)>,
}

struct Trial {
    name: String,
    /// The new files.
    sha256: String,
    before: Bound,
    until: Moment,
}

impl Probation {
    /// Takes out of what was loaded the files that failed already, and puts on trial what replaces
    /// something of `running`.
    pub(crate) fn admit(&mut self, now: Moment, running: &[Bound], set: &mut ExtensionSet) {
        let failed = &self.failed;
        let (good, bad): (Vec<Bound>, Vec<Bound>) = set.loaded.drain(..).partition(|bound| {
            let about = bound.extension.about();
            let before = failed.get(&about.name);
            before.is_none_or(|(sha256, _)| *sha256 != about.sha256)
        });
        set.loaded = good;
        for bound in bad {
            let name = &bound.extension.about().name;
            let why = failed.get(name).map(|(_, why)| why.clone());
            set.rejected.push(rejected(&bound, why.unwrap_or_default()));
        }
        self.failed.retain(|name, _| {
            let mut still = set.rejected.iter();
            still.any(|rejected| same(&rejected.name, name))
        });
        let mut trials = std::mem::take(&mut self.trials);
        let judged: Vec<Trial> = set
            .loaded
            .iter()
            .filter_map(|new| trial(now, (running, &trials), new))
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
        self.trials.iter().map(|trial| &trial.before)
    }

    /// Gives up the ways back that are none any more: what is on trial then stays.
    pub(crate) fn keep(&mut self, is_way_back: impl Fn(&Bound) -> bool) {
        self.trials.retain(|trial| is_way_back(&trial.before));
    }

    /// Whether anything is on trial.
    pub(crate) fn sits(&self) -> bool {
        !self.trials.is_empty()
    }

    /// What is to be put back, with the rejection of what it was replaced by; who served the term
    /// is on trial no more.
    pub(crate) fn judge(&mut self, now: Moment, health: &[Health]) -> Vec<(Bound, Rejected)> {
        let mut back = vec![];
        for trial in std::mem::take(&mut self.trials) {
            let link = health.iter().find(|link| same(&link.name, &trial.name));
            match link.and_then(|link| Some((link, failing(link)?))) {
                Some((link, (hook, fault))) => {
                    let version = &link.version;
                    let why = format!("{version} failed while it was new: {hook}: {fault}");
                    let hash = (trial.sha256, why.clone());
                    self.failed.insert(trial.name, hash);
                    let refused = rejected(&trial.before, why);
                    back.push((trial.before, refused));
                }
                None if now < trial.until => self.trials.push(trial),
                None => {}
            }
        }
        back
    }
}

/// What speaks against new files. Being late once may be the machine's fault.
fn failing(link: &Health) -> Option<&(Hook, Fault)> {
    let last = link.last_fault.as_ref()?;
    let is_late = matches!(last.1, Fault::Late { .. });
    (!is_late || link.faults >= MOST_LATE).then_some(last)
}

fn rejected(bound: &Bound, why: String) -> Rejected {
    let about = bound.extension.about();
    Rejected {
        name: about.name.clone(),
        why,
        hooks: Some(about.hooks.clone()),
    }
}

/// What is itself on trial is no way back: what ran before it is.
fn trial(now: Moment, (running, trials): (&[Bound], &[Trial]), new: &Bound) -> Option<Trial> {
    let about = new.extension.about();
    let old = running
        .iter()
        .find(|old| same(&old.extension.about().name, &about.name))?;
    let under_way = trials.iter().find(|trial| same(&trial.name, &about.name));
    let is_same = old.extension.about().sha256 == about.sha256;
    let (before, until) = match (under_way, is_same) {
        (None, true) => return None,
        (None, false) => (old.clone(), now.after(TERM)),
        // Loaded once more, as when the policy changes.
        (Some(trial), true) => (trial.before.clone(), trial.until),
        (Some(trial), false) => (trial.before.clone(), now.after(TERM)),
    };
    let returns = before.extension.about().sha256 == about.sha256;
    (!returns).then(|| Trial {
        name: about.name.clone(),
        sha256: about.sha256.clone(),
        before,
        until,
    })
}

#[cfg(test)]
mod tests;
