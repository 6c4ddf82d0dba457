//! The plugin under trial: whatever is asked of it is told first, as it may not come back.

use std::collections::BTreeSet;
use std::ffi::c_void;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deskhook_hooks::{Answer, Extension as _, Fault, Findings, Hook, HostPort, Limit, Step, Tell};

use super::{hosts, inputs};
use crate::plugin::{Sizes, whole};
use crate::{AbiVersion, LoadError, Manifest, Plugin, Verified};

/// How long it may take to load, as in the agent.
const CREATE: Duration = Duration::from_secs(5);
/// How long `destroy` and `get_extension` may take, which do no work.
const BRIEF: Duration = Duration::from_secs(2);
/// How much longer than its limit a call is waited for: one that is merely late has its time told.
const FACTOR: u32 = 2;
/// The least that a call is waited for: a busy machine is no mistake of the plugin's.
const LEAST: Duration = Duration::from_secs(1);

/// A check that runs.
pub(super) struct Trial<'t> {
    verified: &'t Verified,
    tell: &'t Tell<'t>,
    steps: AtomicU64,
}

impl<'t> Trial<'t> {
    pub(super) fn new(verified: &'t Verified, tell: &'t Tell<'t>) -> Self {
        Self {
            verified,
            tell,
            steps: AtomicU64::new(0),
        }
    }

    pub(super) fn manifest(&self) -> &Manifest {
        &self.verified.manifest
    }

    /// The minor version of the interface that the library needs and the manifest does not name.
    pub(super) fn disagreement(&self) -> Option<(u16, AbiVersion)> {
        let needed = crate::library::entry(self.verified).ok()?.abi_minor;
        let named = self.manifest().abi;
        (needed > named.minor).then_some((needed, named))
    }

    pub(super) fn hooks(&self) -> impl Iterator<Item = Hook> {
        self.manifest().hooks.iter().copied()
    }

    /// An instance in a host as it is here.
    pub(super) fn load(&self) -> Result<Subject<'_>, String> {
        let loaded = self.during("create", CREATE, || Plugin::load(self.verified));
        let plugin = loaded.map_err(|error| whole(&error))?;
        Ok(self.subject(plugin))
    }

    /// The same, or the reason among what was found.
    pub(super) fn loaded(&self, findings: &mut Findings) -> Option<Subject<'_>> {
        self.load().map_err(|why| findings.problem(why)).ok()
    }

    /// An instance in a host that is made otherwise.
    pub(super) fn load_in(&self, host: &hosts::Make) -> Result<Subject<'_>, LoadError> {
        let load = || Plugin::load_in(self.verified, host);
        Ok(self.subject(self.during("create", CREATE, load)?))
    }

    fn subject(&self, plugin: Plugin) -> Subject<'_> {
        let plugin = Some(plugin);
        Subject {
            plugin,
            trial: self,
        }
    }

    fn during<T>(&self, what: &str, limit: Duration, act: impl FnOnce() -> T) -> T {
        let number = self.steps.fetch_add(1, Ordering::Relaxed);
        (self.tell)(Step::Begun {
            number,
            what: what.to_owned(),
            limit_micros: u64::try_from(limit.as_micros()).unwrap_or(u64::MAX),
        });
        let came = act();
        (self.tell)(Step::Finished { number });
        came
    }
}

/// A living instance; ended when dropped.
pub(super) struct Subject<'t> {
    /// There until it is dropped.
    plugin: Option<Plugin>,
    trial: &'t Trial<'t>,
}

impl Subject<'_> {
    /// The texts that it asked for and its manifest does not have.
    pub(super) fn lacking_texts(&self) -> BTreeSet<String> {
        let plugin = self.plugin.as_ref();
        plugin.map(Plugin::lacking_texts).unwrap_or_default()
    }

    /// Calls a hook with an input, which is named in what is told.
    pub(super) fn call(&self, input: &inputs::Input, host: &HostPort) -> Result<Answer, Fault> {
        let limit = Limit::of(input.call.hook, 0);
        let patience = (limit.wall * FACTOR).max(LEAST);
        self.during(&input.to_string(), patience, |plugin| {
            plugin.call(&input.call, limit, host)
        })
        .unwrap_or(Ok(Answer::Nothing))
    }

    /// Calls every hook once, as usual; what comes of it is looked at elsewhere.
    pub(super) fn call_each(&self, host: &HostPort) {
        for input in self.trial.hooks().filter_map(inputs::usual) {
            let _ = self.call(&input, host);
        }
    }

    /// What it answers to an id.
    pub(super) fn side(&self, id: &str) -> *const c_void {
        let what = format!("get_extension of {id:?}");
        let side = self.during(&what, BRIEF, |plugin| plugin.side(id));
        side.unwrap_or(std::ptr::null())
    }

    /// The same one, called with structs that say another size.
    pub(super) fn with_sizes(mut self, sizes: Sizes) -> Self {
        self.plugin = self.plugin.take().map(|plugin| plugin.with_sizes(sizes));
        self
    }

    /// Lets go of it without ending it.
    pub(super) fn forget(mut self) {
        std::mem::forget(self.plugin.take());
    }

    fn during<T>(&self, what: &str, limit: Duration, ask: impl FnOnce(&Plugin) -> T) -> Option<T> {
        let plugin = self.plugin.as_ref()?;
        Some(self.trial.during(what, limit, || ask(plugin)))
    }
}

impl Drop for Subject<'_> {
    fn drop(&mut self) {
        if let Some(plugin) = self.plugin.take() {
            self.trial.during("destroy", BRIEF, || drop(plugin));
        }
    }
}
