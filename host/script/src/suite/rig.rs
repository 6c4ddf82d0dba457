use std::sync::Arc;

use deskhook_hooks::{Hook, LogLevel};
use serde_json::Value;

use crate::dry::{self, RunError, RunResult};
use crate::fake::{FakeHost, Fakes, MONDAY, Usage};
use crate::notation::notation;
use crate::stage::{Turn, lock};
use crate::{Package, Script};

/// What one test plays with: a pretended host and the package on it.
pub(super) struct Rig {
    package: Arc<Package>,
    pub(super) host: FakeHost,
    script: Option<Script>,
    /// Calls that failed, of which the test has not looked at the failure.
    unseen: Vec<(Hook, String)>,
}

impl Rig {
    pub(super) fn new(package: &Arc<Package>) -> Self {
        Self {
            package: Arc::clone(package),
            host: dry::host(package, fakes()),
            script: None,
            unseen: vec![],
        }
    }

    pub(super) fn reset(&mut self) {
        *lock(&self.host.shared) = (fakes(), crate::fake::Record::default());
        self.script = None;
        self.unseen.clear();
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
        if let Err(fault) = &result.answer {
            self.unseen.push((hook, fault.to_string()));
        }
        match result.unread.first() {
            Some(slip) => Err(RunError::Unread(slip.clone())),
            None => Ok(result),
        }
    }

    /// Notes that the test looked at `value`, and at a failure where it tells of one.
    pub(super) fn look_at(&mut self, value: &Value) {
        if !self.unseen.is_empty() {
            let text = notation(value);
            let is_in = |fault: &str| text.contains(&notation(&Value::from(fault)));
            self.unseen.retain(|(_, fault)| !is_in(fault));
        }
    }

    /// Calls that failed while the test expected nothing of the kind, one sentence each.
    pub(super) fn unseen(&self) -> Vec<String> {
        let told = self.unseen.iter();
        told.map(|(hook, fault)| format!("{hook} failed, and the test does not look: {fault}"))
            .collect()
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
