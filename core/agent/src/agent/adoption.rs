use std::sync::Arc;

use deskhook_hooks::{About, Bound, Extension, Health, Hook, PolicyChanged};
use deskhook_policy::Policy;
use deskhook_session::{Entry, Event};
use deskhook_source::Loaded;

use super::Loop;
use crate::disk::at_the_disk;
use crate::extensions::{self, Generation, Round, absent, holds, kept, rebound};
use crate::policies::{Reading, changed_keys, entries, sentences, unix_seconds};
use crate::probation::Outcome;
use crate::{Crashed, ExtensionSet, Rejected, chains};

impl Loop {
    pub(super) fn read_policy(&mut self) {
        self.reading = if self.reading == Reading::Idle {
            self.policies.reload(self.wakes.clone());
            Reading::UnderWay
        } else {
            Reading::Stale
        };
    }

    pub(super) fn policy_read(&mut self, loaded: Option<Loaded>) {
        if std::mem::take(&mut self.reading) == Reading::Stale {
            self.read_policy();
        }
        if let Some(loaded) = loaded {
            self.adopt(loaded);
        }
    }

    /// Reads policy again where the time has come although no file changed.
    pub(super) fn read_due_policy(&mut self) {
        if self.policy_due.is_some_and(|due| due <= unix_seconds()) {
            self.policy_due = None;
            self.read_policy();
        }
    }

    /// What is wrong with policy from now on; what was not before is told.
    pub(super) fn now_wrong(&mut self, problems: Vec<String>) {
        for problem in problems.iter().filter(|it| !self.problems.contains(it)) {
            tracing::warn!(problem, "policy");
        }
        self.problems = problems;
    }

    fn adopt(&mut self, loaded: Loaded) {
        self.policy_due = loaded.due;
        self.now_wrong(sentences(&loaded.problems));
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
        self.end_extensions(extensions::ends);
        // What is loaded anew comes later; until then, what runs is bound as today's policy says.
        self.put_in_place(rebound(&self.loaded, &self.policy));
        self.shown.menu_is_stale = true;
        self.take(Event::PolicyChanged);
        let call = self
            .chains
            .call(Hook::PolicyChanged, PolicyChanged { changed });
        tokio::spawn(chains::observe(self.chains.current(), call));
        self.load_extensions();
    }

    /// Loads once more, after the loading that is under way: however fast files change, one runs at a
    /// time.
    pub(super) fn load_extensions(&mut self) {
        if self.loading.is_some() {
            self.loading_is_stale = true;
            return;
        }
        let round = Round {
            places: self.config.extensions.clone(),
            running: self.loaded.clone(),
        };
        let policy = Arc::clone(&self.policy);
        self.loading = Some(Arc::clone(&policy));
        extensions::load(self.config.load, round, policy, self.wakes.clone());
    }

    /// Takes into use what was loaded under a policy that still holds, also where files have changed
    /// since: somebody who changes them without end keeps nothing from taking effect.
    pub(super) fn extensions_loaded(&mut self, set: Option<ExtensionSet>) {
        let under = self.loading.take();
        let is_current = under.is_some_and(|policy| Arc::ptr_eq(&policy, &self.policy));
        match set {
            Some(set) if is_current => self.use_extensions(set),
            Some(_) => {}
            None => {
                tracing::error!("the loading of extensions broke off");
                self.end_extensions(|extension, policy| !holds(extension, policy));
            }
        }
        if std::mem::take(&mut self.loading_is_stale) {
            self.load_extensions();
        }
    }

    /// Ends the plugins that policy is over for, also in the session under way and where they wait to be
    /// put back; what waited is then no way back. Packages share a child, and end with their session.
    pub(super) fn end_extensions(&mut self, is_over: impl Fn(&dyn Extension, &Policy) -> bool) {
        let session = self
            .session_chain
            .iter()
            .flat_map(|chain| chain.extensions());
        let waiting = self.probation.ways_back().chain(&self.loaded);
        let all = waiting.map(|bound| &bound.extension).chain(session);
        for extension in all.filter(|extension| is_over(&***extension, &self.policy)) {
            extension.end();
        }
        let policy = &self.policy;
        let lasts = |bound: &Bound| !is_over(&*bound.extension, policy);
        self.probation.keep(lasts);
    }

    /// Takes a new generation into use. What cannot be loaded anew goes on as it was.
    pub(super) fn use_extensions(&mut self, set: ExtensionSet) {
        let now = self.now();
        // What is called no more is nothing to go back to.
        let health = self.chains.current().health().into_iter();
        let unwell: Vec<String> = health
            .filter(Health::is_quarantined)
            .map(|health| health.name)
            .collect();
        self.probation.admit(now, (&self.loaded, &unwell), &set);
        let lost = absent(&self.policy, &self.config.extensions, &set);
        let ExtensionSet {
            mut loaded,
            rejected,
            crashed,
        } = set;
        self.tell_crashed(&crashed);
        tell_new(&self.loaded, &loaded);
        let kept = kept(&self.loaded, (&loaded, &rejected), &self.policy);
        loaded.extend(kept);
        self.loaded.clone_from(&loaded);
        // What goes on as it was goes on with its faults, too.
        let before_them = self.chains.current();
        self.put_in_place(loaded);
        self.chains.current().go_on_from(&before_them);
        // What has its place now may do what it is granted; whoever may do more ends.
        self.end_extensions(|extension, policy| !holds(extension, policy));
        let before = std::mem::replace(
            &mut self.rejected,
            rejected.into_iter().chain(lost).collect(),
        );
        self.tell_rejected();
        self.record_rejected(&before);
        self.shown.menu_is_stale = true;
        self.collect_state();
    }

    /// Writes down what is refused and was not before: files that somebody changed, or brought.
    fn record_rejected(&mut self, before: &[Rejected]) {
        let is_new = |rejected: &&Rejected| {
            let mut others = before.iter();
            !others.any(|other| other.name == rejected.name && other.why == rejected.why)
        };
        let news: Vec<Rejected> = self.rejected.iter().filter(is_new).cloned().collect();
        news.iter()
            .for_each(|rejected| self.record_refused(rejected));
    }

    fn record_refused(&mut self, Rejected { name, why, .. }: &Rejected) {
        self.records.append(Entry {
            action: "extension.refused",
            session: None,
            fields: vec![("extension", name.clone()), ("why", why.clone())],
        });
    }

    /// The agent that died had no time to say so.
    fn tell_crashed(&mut self, crashed: &[Crashed]) {
        for Crashed { name, why } in crashed {
            tracing::error!(package = name, why, "the agent before died");
            self.records.append(Entry {
                action: "extension.crashed",
                session: None,
                fields: vec![("extension", name.clone()), ("why", why.clone())],
            });
        }
    }

    fn tell_rejected(&self) {
        for Rejected { name, why, .. } in &self.rejected {
            let mut running = self.loaded.iter().map(|bound| bound.extension.about());
            match running.find(|about| extensions::same(&about.name, name)) {
                Some(About { version, .. }) => {
                    tracing::warn!(
                        package = name,
                        version,
                        why,
                        "its new files do not run, those before go on"
                    );
                }
                None => tracing::warn!(package = name, why, "an extension does not run"),
            }
        }
    }

    /// Puts back what ran before, where the new files failed while they were on trial; has kept what lasted.
    pub(super) fn judge_trials(&mut self) {
        if !self.probation.sits() {
            return;
        }
        let policy = &self.policy;
        self.probation
            .keep(|before| holds(&*before.extension, policy));
        let health = self.chains.current().health();
        let Outcome {
            back,
            alone,
            lasted,
        } = self.probation.judge(self.now(), &health);
        self.keep_what_lasted(&lasted);
        self.give_way_to_what_is_kept(&alone);
        if back.is_empty() {
            return;
        }
        for (before, rejected) in back {
            self.put_back(before, rejected);
        }
        let before = self.chains.current();
        self.put_in_place(rebound(&self.loaded, &self.policy));
        self.chains.current().go_on_from(&before);
        self.shown.menu_is_stale = true;
        self.collect_state();
    }

    /// Lets go of what failed and has no way back here, where something was kept that a loading brings. Else
    /// it is quarantined as any other is.
    fn give_way_to_what_is_kept(&mut self, alone: &[(String, String)]) {
        let mut is_gone = false;
        for (name, why) in alone {
            let is_failed = |bound: &Bound| extensions::same(&bound.extension.about().name, name);
            let Some(failed) = self.loaded.iter().position(is_failed) else {
                continue;
            };
            let extension = Arc::clone(&self.loaded[failed].extension);
            if !at_the_disk(|| extension.gives_way(why)) {
                continue;
            }
            self.loaded.remove(failed);
            // Until something takes its place, what it would have decided is a no.
            let rejected = Rejected {
                name: name.clone(),
                why: why.clone(),
                hooks: Some(extension.about().hooks.clone()),
            };
            self.record_refused(&rejected);
            self.rejected.push(rejected);
            is_gone = true;
        }
        if is_gone {
            // What is being loaded just now may still bring the same files.
            self.loading = self
                .loading
                .take()
                .map(|policy| Arc::new((*policy).clone()));
            let before = self.chains.current();
            self.put_in_place(rebound(&self.loaded, &self.policy));
            self.chains.current().go_on_from(&before);
            self.load_extensions();
        }
    }

    fn keep_what_lasted(&self, names: &[String]) {
        let has_lasted = |bound: &&Bound| names.contains(&bound.extension.about().name);
        for bound in self.loaded.iter().filter(has_lasted) {
            let extension = Arc::clone(&bound.extension);
            tokio::task::spawn_blocking(move || extension.lasts());
        }
    }

    fn put_back(&mut self, before: Bound, rejected: Rejected) {
        let (about, why) = (before.extension.about(), &rejected.why);
        let About { name, version, .. } = about;
        tracing::warn!(package = name, version, why, "the files before are back");
        let is_failed = |bound: &Bound| extensions::same(&bound.extension.about().name, name);
        let failed: Vec<Bound> = self
            .loaded
            .extract_if(.., |bound| is_failed(bound))
            .collect();
        // Before the next loading, which is not to bring it again.
        at_the_disk(|| {
            let failed = failed.iter().map(|bound| &bound.extension);
            failed.for_each(|extension| extension.gave_way(why, about));
            before.extension.lasts();
        });
        self.record_refused(&rejected);
        self.loaded.push(before);
        self.rejected.push(rejected);
    }

    fn put_in_place(&mut self, loaded: Vec<Bound>) {
        self.records.note_running(&loaded);
        let generation = Generation::new(loaded, &self.policy, &self.facts, &self.questions);
        self.host.grant(generation.grants);
        self.timers.follow(self.now(), generation.chain.timers());
        self.chains.replace(generation.chain);
    }
}

/// Two files of one version are told apart by the first digits of their hash.
const SHORT_HASH: usize = 8;

fn tell_new(before: &[Bound], loaded: &[Bound]) {
    for bound in loaded {
        let About {
            name,
            version,
            sha256,
            ..
        } = bound.extension.about();
        let mut others = before.iter().map(|bound| bound.extension.about());
        let other = others.find(|other| extensions::same(&other.name, name));
        let files = sha256.get(..SHORT_HASH).unwrap_or_default();
        match other {
            None => tracing::info!(package = name, version, files, "an extension runs"),
            Some(other) if other.sha256 != *sha256 => {
                tracing::info!(
                    package = name,
                    version,
                    files,
                    "an extension's new files run"
                );
            }
            Some(_) => {}
        }
    }
}
