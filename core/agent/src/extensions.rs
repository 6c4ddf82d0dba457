use std::collections::BTreeMap;
use std::sync::{Arc, mpsc as blocking};

use deskhook_facts::{Facts, checks};
use deskhook_hooks::{Bound, Chain, Grants, Health, HostQuestion};
use deskhook_policy::{ExtensionPolicy, Policy};
use deskhook_wire::ExtensionHealth;
use tokio::sync::mpsc;

use crate::{ExtensionLoader, ExtensionPlaces, ExtensionSet, Wake};

/// Loads a new generation on a thread of its own; answers with [`Wake::Loaded`].
pub(crate) fn load(
    loader: ExtensionLoader,
    places: ExtensionPlaces,
    policy: Arc<Policy>,
    wakes: mpsc::Sender<Wake>,
) {
    tokio::task::spawn_blocking(move || {
        let set = loader(&places, &policy);
        // The loop is gone when the agent stopped meanwhile.
        let _ = wakes.blocking_send(Wake::Loaded(set));
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
        let built_in = checks(policy, facts);
        let mut all: Vec<Bound> = built_in
            .into_iter()
            .map(|extension| Bound {
                extension,
                policy: ExtensionPolicy::default(),
            })
            .collect();
        all.extend(loaded);
        Self {
            chain: Chain::new(all, questions),
            grants,
        }
    }
}

/// The health of all extensions, the rejected ones included.
pub(crate) fn health(chain: &Chain, rejected: &[(String, String)]) -> Vec<ExtensionHealth> {
    let shape = |health: Health| {
        let quarantined = health.faults >= 3;
        ExtensionHealth {
            name: health.name,
            version: health.version,
            state: if quarantined {
                "quarantined"
            } else {
                "running"
            }
            .to_owned(),
            message: (health.faults > 0).then(|| format!("{} faults in a row", health.faults)),
        }
    };
    let refused = rejected.iter().map(|(name, why)| ExtensionHealth {
        name: name.clone(),
        version: String::new(),
        state: "rejected".to_owned(),
        message: Some(why.clone()),
    });
    chain
        .health()
        .into_iter()
        .map(shape)
        .chain(refused)
        .collect()
}

/// What a loader's answer says about the packages that the policy names but nobody found: the
/// organisation relies on a check that is not there, so it stands as rejected, and a check that
/// is required and missing denies (see [`missing`]).
pub(crate) fn absent(policy: &Policy, set: &ExtensionSet) -> Vec<(String, String)> {
    let found = |name: &str| {
        set.loaded
            .iter()
            .any(|bound| bound.extension.about().name == name)
            || set.rejected.iter().any(|(rejected, _)| rejected == name)
    };
    let wanted = policy
        .extensions
        .packages
        .iter()
        .filter(|(_, binding)| binding.enabled);
    let lost = wanted.filter(|(name, _)| !found(name));
    lost.map(|(name, _)| {
        (
            name.clone(),
            "the policy names it, but it is not installed".to_owned(),
        )
    })
    .collect()
}

/// The required packages of the policy that do not run. While there are any, no session starts:
/// a check that was to be asked and cannot be is a no.
pub(crate) fn missing(policy: &Policy, rejected: &[(String, String)]) -> Vec<(String, String)> {
    let required = |name: &str| {
        let binding = policy.extensions.packages.get(name);
        binding.is_some_and(|binding| {
            binding.enabled && binding.binding == deskhook_policy::Binding::Required
        })
    };
    rejected
        .iter()
        .filter(|(name, _)| required(name))
        .cloned()
        .collect()
}
