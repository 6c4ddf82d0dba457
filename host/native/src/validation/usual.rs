//! A host that answers as on a device on which all is well, and hosts that answer nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use deskhook_hooks::{Grants, HostCall, HostError, HostPort, HostReply};
use serde_json::{Value, json};

use crate::Manifest;

/// A host that grants what the manifest asks for, and that answers as a device does on which nothing is
/// wrong and of which the policy says nothing.
#[derive(Clone)]
pub(super) struct Desk {
    grants: Arc<Grants>,
    memory: Arc<Mutex<Memory>>,
}

#[derive(Default)]
struct Memory {
    store: BTreeMap<String, Value>,
    ungranted: BTreeSet<String>,
}

impl Desk {
    pub(super) fn of(manifest: &Manifest) -> Self {
        let asked = &manifest.capabilities;
        Self {
            grants: Arc::new(Grants::new(asked, asked)),
            memory: Arc::default(),
        }
    }

    pub(super) fn port(&self) -> HostPort {
        let desk = self.clone();
        HostPort::through(move |call, _| desk.answer(call))
    }

    /// What was asked for so far that the manifest does not ask for.
    pub(super) fn ungranted(&self) -> Vec<String> {
        self.memory().ungranted.iter().cloned().collect()
    }

    fn answer(&self, call: HostCall) -> HostReply {
        let needed = call.capability();
        if let Some(capability) = needed.filter(|it| !self.grants.allows(it)) {
            self.memory().ungranted.insert(capability.clone());
            return Err(HostError::NotGranted { capability });
        }
        Ok(match call {
            HostCall::StoreGet { key } => {
                self.memory().store.get(&key).cloned().unwrap_or_default()
            }
            HostCall::StoreSet { key, value } => {
                self.memory().store.insert(key, value);
                Value::Null
            }
            other => reply(&other),
        })
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn reply(call: &HostCall) -> Value {
    match call {
        HostCall::Fact { name } => fact(name),
        HostCall::Http { .. } => {
            json!({"status": 200, "headers": {"content-type": "application/json"}, "body": "{}"})
        }
        HostCall::Exec { .. } => json!({"code": 0, "stdout": "", "stderr": ""}),
        HostCall::ReadFile { path } => json!(file(path)),
        // The child has those that are granted; where the vendor's own machine lacks one, it has a text.
        HostCall::Environment { name } => {
            json!(std::env::var(name).unwrap_or_else(|_| "usual".to_owned()))
        }
        // A policy that is silent has the plugin's own defaults hold.
        HostCall::Policy { .. } => Value::Null,
        HostCall::StoreGet { .. }
        | HostCall::StoreSet { .. }
        | HostCall::Request(_)
        | HostCall::Log { .. } => Value::Null,
    }
}

/// The facts of a device on which nothing is wrong; null where there is no fact of that name.
fn fact(name: &str) -> Value {
    match name {
        "antivirus" => json!("none"),
        "disk-encryption" | "firewall" => json!("on"),
        "display-server" => json!("x11"),
        "free-disk" => json!(51_200),
        "hostname" => json!("desk-7"),
        "os" => json!(std::env::consts::OS),
        "os_version" => json!("12"),
        "power" => json!("mains"),
        "session-locked" => json!(false),
        "updates" => json!(1),
        "uptime" => json!(86_400),
        "user" => json!("kim"),
        _ => Value::Null,
    }
}

/// A text that reads as what its name says.
fn file(path: &str) -> &'static str {
    let ending = path.rsplit('.').next().unwrap_or_default();
    match ending.to_ascii_lowercase().as_str() {
        "json" => "{}\n",
        "xml" | "plist" => "<usual/>\n",
        _ => "usual = \"1\"\n",
    }
}

/// A host that answers nobody, and one that grants nothing; each with whether it was asked.
pub(super) fn silent() -> [(HostPort, Asked); 2] {
    [nobody as fn(&HostCall) -> HostReply, ungranting].map(|reply| {
        let asked = Asked::default();
        let ears = asked.clone();
        let port = HostPort::through(move |call, _| {
            ears.note(&call);
            reply(&call)
        });
        (port, asked)
    })
}

fn nobody(_: &HostCall) -> HostReply {
    Err(HostError::NoAnswer)
}

/// What needs no grant is done.
fn ungranting(call: &HostCall) -> HostReply {
    match call.capability() {
        Some(capability) => Err(HostError::NotGranted { capability }),
        None => Ok(Value::Null),
    }
}

/// Whether something was asked on whose answer a decision may rest.
#[derive(Clone, Default)]
pub(super) struct Asked(Arc<AtomicBool>);

impl Asked {
    /// Whether that is so since this was asked last.
    pub(super) fn lately(&self) -> bool {
        self.0.swap(false, Ordering::AcqRel)
    }

    fn note(&self, call: &HostCall) {
        let is_told = matches!(
            call,
            HostCall::Log { .. } | HostCall::Request(_) | HostCall::StoreSet { .. }
        );
        if !is_told {
            self.0.store(true, Ordering::Release);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn desk(capabilities: &[&str]) -> Desk {
        let manifest = json!({
            "id": "org.example.desk", "version": "1", "abi": "1.0", "hooks": [],
            "capabilities": capabilities, "publisher": "Example",
        });
        Desk::of(&Manifest::template(&manifest.to_string()).unwrap())
    }

    fn fact(name: &str) -> HostCall {
        let name = name.to_owned();
        HostCall::Fact { name }
    }

    #[test]
    fn what_the_manifest_does_not_ask_for_is_refused_and_remembered() {
        let desk = desk(&["facts:power"]);
        let ask = |call| desk.port().ask(call, Duration::ZERO);
        assert_eq!(ask(fact("power")), Ok(json!("mains")));
        assert!(matches!(
            ask(fact("firewall")),
            Err(HostError::NotGranted { .. })
        ));
        assert_eq!(desk.ungranted(), ["facts:firewall"]);
    }

    #[test]
    fn what_is_kept_is_there_again() {
        let desk = desk(&[]);
        let get = || HostCall::StoreGet {
            key: "seen".to_owned(),
        };
        let set = HostCall::StoreSet {
            key: "seen".to_owned(),
            value: json!(7),
        };
        let ask = |call| desk.port().ask(call, Duration::ZERO);
        assert_eq!(ask(get()), Ok(Value::Null));
        assert_eq!(ask(set), Ok(Value::Null));
        assert_eq!(ask(get()), Ok(json!(7)));
    }

    #[test]
    fn whoever_only_tells_something_rests_on_no_answer() {
        for (port, asked) in silent() {
            let line = HostCall::Log {
                level: deskhook_hooks::LogLevel::Info,
                message: "here".to_owned(),
            };
            let _ = port.ask(line, Duration::ZERO);
            assert!(!asked.lately());
            assert!(port.ask(fact("power"), Duration::ZERO).is_err());
            assert!(asked.lately() && !asked.lately());
        }
    }
}
