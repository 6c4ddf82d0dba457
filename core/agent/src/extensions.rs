use std::collections::BTreeMap;
use std::sync::{Arc, mpsc as blocking};

use deskhook_facts::{Facts, checks};
use deskhook_hooks::{Bound, Chain, Extension, Grants, Health, Hook, HostQuestion, Kind, Standing};
use deskhook_policy::{Binding, ExtensionPolicy, Policy, nearest};
use deskhook_wire::ExtensionHealth;
use tokio::sync::mpsc;

use crate::{ExtensionLoader, ExtensionPlaces, ExtensionSet, Rejected, Wake};

/// One loading: from where, and what runs meanwhile.
pub(crate) struct Round {
    pub(crate) places: ExtensionPlaces,
    pub(crate) running: Vec<Bound>,
}

/// Loads a new generation on a thread of its own; answers with [`Wake::Loaded`].
pub(crate) fn load(
    loader: ExtensionLoader,
    round: Round,
    policy: Arc<Policy>,
    wakes: mpsc::Sender<Wake>,
) {
    tokio::task::spawn_blocking(move || {
        let run = || loader(&round.places, &policy, &round.running);
        // The next one waits for this one's end, however it ends.
        let set = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
        // The loop is gone when the agent stopped meanwhile.
        let _ = wakes.blocking_send(Wake::Loaded(set.ok()));
    });
}

/// A generation: its chain, what each extension may use, and what was rejected.
pub(crate) struct Generation {
    pub(crate) chain: Chain,
    pub(crate) grants: BTreeMap<String, Grants>,
}

impl Generation {
    /// The built-in checks that the policy asks for, then what was loaded.
    pub(crate) fn new(
        loaded: Vec<Bound>,
        policy: &Policy,
        facts: &Arc<Facts>,
        questions: &blocking::Sender<HostQuestion>,
    ) -> Self {
        let grant = |bound: &Bound| {
            let about = bound.extension.about();
            (
                about.name.clone(),
                Grants::new(&about.capabilities, &bound.policy.capabilities),
            )
        };
        let grants = loaded.iter().map(grant).collect();
        let mut all = built_in(policy, facts);
        all.extend(loaded);
        Self {
            chain: Chain::new(all, questions),
            grants,
        }
    }
}

/// The built-in checks that the policy asks for. One that only warns denies nothing either by
/// failing or by being slow.
fn built_in(policy: &Policy, facts: &Arc<Facts>) -> Vec<Bound> {
    let bound = |extension: Arc<dyn Extension>| {
        let mode = policy.session.checks.get(&extension.about().name);
        let binding = mode.map(|mode| mode.binding()).unwrap_or_default();
        Bound {
            extension,
            policy: ExtensionPolicy {
                binding,
                ..ExtensionPolicy::default()
            },
        }
    };
    checks(policy, facts).into_iter().map(bound).collect()
}

/// The health of all extensions, the rejected ones included.
pub(crate) fn health(chain: &Chain, rejected: &[Rejected]) -> Vec<ExtensionHealth> {
    let shape = |health: Health| {
        let refused = rejected
            .iter()
            .find(|other| same(&other.name, &health.name));
        let state = if health.is_quarantined() {
            "quarantined"
        } else {
            "running"
        };
        let count = match health.faults {
            0 => None,
            1 => Some("1 fault".to_owned()),
            more => Some(format!("{more} faults")),
        };
        let faults = count.map(|count| {
            let last = health.last_fault.as_ref();
            let last = last.map(|(hook, fault)| format!(" of {hook}: {fault}"));
            count + &last.unwrap_or_default()
        });
        let newer = refused.map(|newer| {
            let begins = ExtensionHealth::NEWER_REJECTED;
            format!("{begins}: {}", newer.why)
        });
        // What it was rejected for is said once.
        let faults = faults.filter(|_| newer.is_none() || health.is_quarantined());
        let said: Vec<String> = newer.into_iter().chain(faults).collect();
        let message = (!said.is_empty()).then(|| said.join("; "));
        ExtensionHealth {
            name: health.name,
            version: health.version,
            state: state.to_owned(),
            message,
            ungranted: health.ungranted,
            remark: health.remark,
        }
    };
    let running = chain.health();
    let alone = rejected
        .iter()
        .filter(|rejected| !running.iter().any(|link| same(&link.name, &rejected.name)));
    let refused: Vec<ExtensionHealth> = alone
        .map(|rejected| ExtensionHealth {
            name: rejected.name.clone(),
            version: String::new(),
            state: "rejected".to_owned(),
            message: Some(rejected.why.clone()),
            ungranted: vec![],
            remark: None,
        })
        .collect();
    running.into_iter().map(shape).chain(refused).collect()
}

pub(crate) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

/// The extensions of the generation before whose files cannot be loaded anew: they go on as they
/// were, under today's policy, unless it names other files, switches them off, or would not let them
/// be loaded as they run.
pub(crate) fn kept(
    before: &[Bound],
    (loaded, rejected): (&[Bound], &[Rejected]),
    policy: &Policy,
) -> Vec<Bound> {
    let is_loaded = |name: &str| {
        let mut names = loaded.iter().map(|bound| &bound.extension.about().name);
        names.any(|loaded| same(loaded, name))
    };
    let goes_on = |bound: &Bound| {
        let name = &bound.extension.about().name;
        let is_refused = rejected.iter().any(|other| same(&other.name, name));
        is_refused && !is_loaded(name)
    };
    let before = before.iter().filter(|bound| goes_on(bound));
    let before = before.filter(|bound| holds(&*bound.extension, policy));
    rebound(&before.cloned().collect::<Vec<_>>(), policy)
}

/// Whether somebody vouches for it today, and it can do no more than it is granted.
pub(crate) fn holds(extension: &dyn Extension, policy: &Policy) -> bool {
    extension.standing(&policy.extensions) == Standing::Holds
}

/// Whether it ends at once, wherever it still runs: it was switched off, or nobody vouches for it any
/// more. Another file that policy names now takes its place when that is loaded.
pub(crate) fn ends(extension: &dyn Extension, policy: &Policy) -> bool {
    let is_on = policy.extensions.of(&extension.about().name).enabled;
    !is_on || extension.standing(&policy.extensions) == Standing::Untrusted
}

/// What runs, as today's policy binds it: without what it switches off, without files other than
/// those that it names, and without those for which nobody vouches any more.
pub(crate) fn rebound(running: &[Bound], policy: &Policy) -> Vec<Bound> {
    let today = |bound: &Bound| {
        let about = bound.extension.about();
        let today = policy.extensions.of(&about.name);
        let pin = today.sha256.as_deref();
        let fits = pin.is_none_or(|pin| same(pin, &about.sha256));
        let lasts = fits && !ends(&*bound.extension, policy);
        lasts.then(|| Bound {
            extension: Arc::clone(&bound.extension),
            policy: today,
        })
    };
    running.iter().filter_map(today).collect()
}

/// What a loader's answer says about the packages that the policy names but nobody found: the
/// organisation relies on a check that is not there, so it stands as rejected, and a check that
/// is required and missing denies every session.
pub fn absent(policy: &Policy, places: &ExtensionPlaces, set: &ExtensionSet) -> Vec<Rejected> {
    let found = |name: &str| {
        let mut loaded = set.loaded.iter();
        loaded.any(|bound| same(&bound.extension.about().name, name))
            || set.rejected.iter().any(|other| same(&other.name, name))
    };
    let packages = policy.extensions.packages.iter();
    let lost = packages.filter(|(name, binding)| binding.enabled && !found(name));
    lost.map(|(name, _)| Rejected {
        name: name.clone(),
        why: not_installed(name, places, &strangers(policy, set)),
        hooks: None,
    })
    .collect()
}

/// What was found and no policy names: perhaps one of these was meant.
fn strangers(policy: &Policy, set: &ExtensionSet) -> Vec<String> {
    let loaded = set.loaded.iter().map(|bound| &bound.extension.about().name);
    let all = loaded.chain(set.rejected.iter().map(|other| &other.name));
    let named = |name: &&String| {
        let mut keys = policy.extensions.packages.keys();
        keys.any(|key| same(key, name))
    };
    all.filter(|name| !named(name)).cloned().collect()
}

fn not_installed(name: &str, places: &ExtensionPlaces, strangers: &[String]) -> String {
    let folders = places.packages.iter().chain(&places.plugins);
    let folders: Vec<String> = folders.map(|folder| folder.display().to_string()).collect();
    let meant = nearest(name, strangers);
    let meant = meant.map(|meant| format!("; was \"{meant}\" meant, which is there?"));
    let (folders, meant) = (folders.join(", "), meant.unwrap_or_default());
    format!("the policy names it, but it is not installed in {folders}{meant}")
}

/// The packages that do not run, that may be there to decide, and that the policy neither makes
/// optional nor switches off, whether it names them or not: name and reason. While there are
/// any, no session starts: a check that was to be asked and cannot be is a no. A package that the
/// policy names and `chain` does not have counts too: the policy may be newer than the chain.
pub(crate) fn missing(
    policy: &Policy,
    rejected: &[Rejected],
    chain: &Chain,
) -> Vec<(String, String)> {
    let running: Vec<String> = chain.health().into_iter().map(|link| link.name).collect();
    let runs = |name: &str| running.iter().any(|other| same(other, name));
    let counts = |name: &str| {
        let binding = policy.extensions.of(name);
        binding.enabled && binding.binding == Binding::Required && !runs(name)
    };
    let decides = |hooks: &Vec<Hook>| hooks.iter().any(|hook| hook.kind() == Kind::Decide);
    let refused = rejected
        .iter()
        .filter(|rejected| rejected.hooks.as_ref().is_none_or(decides));
    let refused = refused.map(|rejected| (rejected.name.clone(), rejected.why.clone()));
    let known = |name: &str| rejected.iter().any(|other| same(&other.name, name));
    let awaited = policy.extensions.packages.keys();
    let awaited = awaited.filter(|name| !known(name));
    let awaited = awaited.map(|name| (name.clone(), "it is not loaded yet".to_owned()));
    refused
        .chain(awaited)
        .filter(|(name, _)| counts(name))
        .collect()
}

#[cfg(test)]
mod tests {
    use deskhook_policy::CheckMode;

    use super::*;

    #[test]
    fn a_check_that_only_warns_never_denies_by_failing() {
        let mut policy = Policy::default();
        policy.session.checks = BTreeMap::from([
            ("free-disk".to_owned(), CheckMode::Warn),
            ("power".to_owned(), CheckMode::Deny),
            ("firewall".to_owned(), CheckMode::Off),
        ]);
        let facts = Arc::new(Facts::below("/".as_ref(), "/".as_ref()));
        let bound = built_in(&policy, &facts);
        let bound: Vec<_> = bound
            .iter()
            .map(|bound| (bound.extension.about().name.as_str(), bound.policy.binding))
            .collect();
        let wanted = [
            ("free-disk", Binding::Optional),
            ("power", Binding::Required),
        ];
        assert_eq!(bound, wanted);
    }
}
