use std::sync::Arc;

use deskhook_hooks::{Hook, PolicyChanged};
use deskhook_session::Event;
use deskhook_source::Loaded;

use super::Loop;
use crate::extensions::{self, Generation, Round, absent, kept};
use crate::policies::{changed_keys, entries, sentence, unix_seconds};
use crate::{ExtensionSet, chains};

impl Loop {
    pub(super) fn read_policy(&mut self) {
        self.readings += 1;
        self.policies.reload(self.readings, self.wakes.clone());
    }

    /// Reads policy again where the time has come although no file changed.
    pub(super) fn read_due_policy(&mut self) {
        if self.policy_due.is_some_and(|due| due <= unix_seconds()) {
            self.policy_due = None;
            self.read_policy();
        }
    }

    pub(super) fn adopt(&mut self, loaded: Loaded) {
        self.policy_due = loaded.due;
        self.problems = loaded.problems.iter().map(sentence).collect();
        let entries = entries(&loaded.resolved);
        let policy = Arc::new(loaded.resolved.policy);
        if *policy == *self.policy {
            // Another layer may say the same now.
            if entries != self.entries {
                self.entries = entries;
                self.collect_state();
            }
            return;
        }
        self.entries = entries;
        let changed = changed_keys(&self.policy.tree, &policy.tree);
        tracing::info!(version = policy.version, ?changed, "policy changed");
        self.chains.policy_is(&policy.version);
        self.policy = policy;
        self.shown.menu_is_stale = true;
        self.take(Event::PolicyChanged);
        let call = self
            .chains
            .call(Hook::PolicyChanged, PolicyChanged { changed });
        tokio::spawn(chains::observe(self.chains.current(), call));
        self.load_extensions();
    }

    pub(super) fn load_extensions(&mut self) {
        self.loadings += 1;
        let round = Round {
            number: self.loadings,
            places: self.config.extensions.clone(),
            running: self.loaded.clone(),
        };
        let policy = Arc::clone(&self.policy);
        extensions::load(self.config.load, round, policy, self.wakes.clone());
    }

    /// Takes a new generation into use. What cannot be loaded anew goes on as it was.
    pub(crate) fn use_extensions(&mut self, set: ExtensionSet) {
        let lost = absent(&self.policy, &set);
        let ExtensionSet {
            mut loaded,
            rejected,
        } = set;
        let kept = kept(&self.loaded, (&loaded, &rejected), &self.policy);
        loaded.extend(kept);
        self.loaded.clone_from(&loaded);
        let generation = Generation::new(loaded, &self.policy, &self.facts, &self.questions);
        self.host.grant(generation.grants);
        self.chains.replace(generation.chain);
        self.rejected = rejected.into_iter().chain(lost).collect();
        for rejected in &self.rejected {
            let (package, why) = (&rejected.name, &rejected.why);
            tracing::warn!(package, why, "an extension does not run");
        }
        self.shown.menu_is_stale = true;
        self.collect_state();
    }
}
