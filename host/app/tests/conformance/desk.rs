use std::sync::{Arc, Mutex};

use deskhook_hooks::{HostCall, HostError, HostPort, HostReply};
use serde_json::{Map, Value, json};

/// A host that answers every kind of call in one known way, and remembers what it was asked.
pub(crate) struct Desk {
    port: HostPort,
    asked: Arc<Mutex<Vec<Value>>>,
}

impl Desk {
    pub(crate) fn open() -> Self {
        let asked = Arc::new(Mutex::new(vec![]));
        let notes = Arc::clone(&asked);
        let port = HostPort::through(move |call, _| {
            let note = serde_json::to_value(&call).expect("a call is JSON");
            notes.lock().expect("nobody panicked").push(note);
            reply(call)
        });
        Self { port, asked }
    }

    /// The same with a store that has these values and no others, and with a policy of the section
    /// `Sample` alone.
    pub(crate) fn holding(store: Map<String, Value>) -> Self {
        let asked = Arc::new(Mutex::new(vec![]));
        let notes = Arc::clone(&asked);
        let port = HostPort::through(move |call, _| {
            let note = serde_json::to_value(&call).expect("a call is JSON");
            notes.lock().expect("nobody panicked").push(note);
            match call {
                HostCall::StoreGet { key } => Ok(store.get(&key).cloned().unwrap_or_default()),
                HostCall::Policy { key } if !key.starts_with("Sample") => {
                    let capability = format!("policy:{key}");
                    Err(HostError::NotGranted { capability })
                }
                call => reply(call),
            }
        });
        Self { port, asked }
    }

    pub(crate) fn port(&self) -> &HostPort {
        &self.port
    }

    pub(crate) fn asked(&self) -> Vec<Value> {
        self.asked.lock().expect("nobody panicked").clone()
    }
}

fn reply(call: HostCall) -> HostReply {
    match call {
        HostCall::Fact { name } => Ok(json!({"fact": name, "list": [], "null": null})),
        HostCall::Policy { key } => Ok(json!([key, 1, 1.5, true, "\u{fc}\u{1f600}"])),
        HostCall::Http { url, .. } => Ok(json!({
            "status": 404, "headers": {"x": "y"}, "body": url,
        })),
        HostCall::Exec { .. } => Err(HostError::Failed {
            message: "it cannot be run".to_owned(),
        }),
        HostCall::ReadFile { path } => Ok(json!(path)),
        HostCall::Environment { .. } => Ok(Value::Null),
        HostCall::StoreGet { key } => Ok(json!({"kept": key})),
        HostCall::StoreSet { .. } | HostCall::Log { .. } => Ok(Value::Null),
        HostCall::Request(_) => Err(HostError::NoAnswer),
    }
}
