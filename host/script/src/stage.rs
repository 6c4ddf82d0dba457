use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use deskhook_hooks::{Fault, Grants, Hook, HostCall, HostPort};
use serde_json::Value;

use crate::Package;
use crate::meter::Meter;

/// The most things that are told once.
const MOST_TOLD: usize = 64;
/// The most bytes of a key, a path, an address.
const LONGEST_NAME: usize = 8 * 1024;

/// What the Lua API of one VM stands on: the package, its grants, and the call under way.
pub(crate) struct Stage {
    pub(crate) package: Arc<Package>,
    pub(crate) grants: Grants,
    pub(crate) meter: Meter,
    turn: Mutex<Option<Turn>>,
    /// What ends the call whatever the script makes of it; `ended` is whether there is one.
    latch: Mutex<Option<Fault>>,
    ended: AtomicBool,
    /// What the script's error says, noted where it was raised.
    failure: Mutex<Option<Failure>>,
    heard: Mutex<BTreeMap<Hook, String>>,
    /// What was told once already.
    told: Mutex<BTreeSet<String>>,
}

/// The call under way, as far as the API needs it.
#[derive(Clone)]
pub(crate) struct Turn {
    pub(crate) host: HostPort,
    /// RFC 3339; the clock where it is empty.
    pub(crate) now: String,
    pub(crate) language: String,
}

/// An error of the script.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) message: String,
    pub(crate) place: Option<String>,
}

impl Stage {
    pub(crate) fn new(package: &Arc<Package>, grants: Grants) -> Self {
        Self {
            package: Arc::clone(package),
            grants,
            meter: Meter::new(),
            turn: Mutex::default(),
            latch: Mutex::default(),
            ended: AtomicBool::new(false),
            failure: Mutex::default(),
            heard: Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// Sets what the API knows of the call; none while the package loads.
    pub(crate) fn set_turn(&self, turn: Option<Turn>) {
        *lock(&self.turn) = turn;
    }

    pub(crate) fn turn(&self) -> Option<Turn> {
        lock(&self.turn).clone()
    }

    /// Whether the package is being loaded: handlers may be named, the host may not be asked.
    pub(crate) fn loading(&self) -> bool {
        lock(&self.turn).is_none()
    }

    /// Asks the host, within what is left of the call; the reason of a refusal as text.
    pub(crate) fn ask(&self, call: HostCall, patience: Duration) -> Result<Value, String> {
        check_name(&call)?;
        if let Some(capability) = call.capability() {
            self.check_grant(&capability)?;
        }
        let turn = self.turn().ok_or(
            "the host cannot be asked while the package loads: ask inside a hook's function",
        )?;
        let begun = Instant::now();
        let reply = turn.host.ask(call, patience.min(self.meter.left()));
        self.meter.waited(begun.elapsed());
        reply.map_err(|error| error.to_string())
    }

    fn check_grant(&self, capability: &str) -> Result<(), String> {
        if self.grants.allows(capability) {
            return Ok(());
        }
        let missing = if self.grants.asks(capability) {
            let name = self.package.name();
            format!("the policy does not grant it: Extensions.Packages.{name}.Capabilities")
        } else {
            "\"capabilities\" in deskhook.json does not name it".to_owned()
        };
        Err(format!(
            "the capability {capability:?} is missing: {missing}"
        ))
    }

    /// Ends the call with `fault`; the first one stays.
    pub(crate) fn end(&self, fault: Fault) {
        lock(&self.latch).get_or_insert(fault);
        self.ended.store(true, Ordering::Release);
    }

    pub(crate) fn ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    pub(crate) fn take_end(&self) -> Option<Fault> {
        self.ended.store(false, Ordering::Release);
        lock(&self.latch).take()
    }

    pub(crate) fn fail(&self, failure: Failure) {
        *lock(&self.failure) = Some(failure);
    }

    pub(crate) fn take_failure(&self) -> Option<Failure> {
        lock(&self.failure).take()
    }

    /// Notes where a hook's function was named; gives back where it was before, if it was.
    pub(crate) fn hear(&self, hook: Hook, place: String) -> Result<(), String> {
        let mut heard = lock(&self.heard);
        match heard.get(&hook) {
            Some(before) => Err(before.clone()),
            None => {
                heard.insert(hook, place);
                Ok(())
            }
        }
    }

    /// Whether something was not told yet in this state's life; it counts as told from then on.
    /// After so much news nothing is news any more.
    pub(crate) fn is_news(&self, what: &str) -> bool {
        let mut told = lock(&self.told);
        told.len() < MOST_TOLD && told.insert(what.to_owned())
    }

    /// Where a hook's function was named.
    pub(crate) fn heard_at(&self, hook: Hook) -> Option<String> {
        lock(&self.heard).get(&hook).cloned()
    }
}

/// Whatever is named by it, and however it is told of.
fn check_name(call: &HostCall) -> Result<(), String> {
    let (what, name) = match call {
        HostCall::Fact { name } | HostCall::Environment { name } => ("name", name),
        HostCall::Policy { key } | HostCall::StoreGet { key } | HostCall::StoreSet { key, .. } => {
            ("key", key)
        }
        HostCall::Exec { path, .. } | HostCall::ReadFile { path } => ("path", path),
        HostCall::Http { url, .. } => ("address", url),
        HostCall::Request(_) | HostCall::Log { .. } => return Ok(()),
    };
    if name.len() > LONGEST_NAME {
        return Err(format!("the {what} is longer than {LONGEST_NAME} bytes"));
    }
    Ok(())
}

/// What a panic left is only ever replaced or read as a whole, so it is fit for use.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
