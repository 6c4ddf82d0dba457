use std::sync::Arc;

use deskhook_hooks::{Hook, LogLevel};
use serde_json::Value;

use crate::dry::{self, RunError, RunResult};
use crate::fake::{FakeHost, Fakes, MONDAY, Usage};
use crate::stage::{Turn, lock};
use crate::{Package, Script};

/// What one test plays with: a pretended host and the package on it.
pub(super) struct Rig {
    package: Arc<Package>,
    pub(super) host: FakeHost,
    script: Option<Script>,
}

impl Rig {
    pub(super) fn new(package: &Arc<Package>) -> Self {
        Self {
            package: Arc::clone(package),
            host: dry::host(package, fakes()),
            script: None,
        }
    }

    pub(super) fn reset(&mut self) {
        *lock(&self.host.shared) = (fakes(), crate::fake::Record::default());
        self.script = None;
    }

    /// For the API in the test's own Lua state, so that it can try the package's modules.
    pub(super) fn turn(&self) -> Turn {
        Turn {
            host: self.host.port.clone(),
            now: lock(&self.host.shared).0.clock.clone(),
            language: "en".to_owned(),
        }
    }

    pub(super) fn run(&mut self, hook: Hook, input: Value) -> Result<RunResult, RunError> {
        let script = match self.script.take() {
            Some(script) => script,
            None => dry::script(&self.package, &self.host)?,
        };
        let script = self.script.insert(script);
        let result = dry::call(script, &self.host, hook, input)?;
        match result.unread.first() {
            Some(slip) => Err(RunError::Unread(slip.clone())),
            None => Ok(result),
        }
    }

    pub(super) fn usage(&self) -> Usage {
        lock(&self.host.shared).0.usage()
    }

    pub(super) fn logs(&self) -> Vec<(LogLevel, String)> {
        lock(&self.host.shared).1.logs.clone()
    }
}

fn fakes() -> Fakes {
    let mut fakes = Fakes::default();
    MONDAY.clone_into(&mut fakes.clock);
    fakes
}
