mod crowd;
mod exec;
mod files;
mod flow;
mod http;
mod store;

use std::collections::BTreeMap;
use std::env::VarError;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, mpsc as blocking};
use std::time::Instant;

use deskhook_facts::Facts;
use deskhook_hooks::{Grants, HostCall, HostError, HostQuestion, HostReply, LogLevel};
use deskhook_policy::Policy;
use deskhook_session::{Event, Origin};
use serde_json::Value;
use tokio::sync::{mpsc, watch};

use crate::chains::to_request;
use crate::{Snapshot, Wake};
use crowd::Crowd;
use flow::{Flows, Overflow, Stream};
use store::Stores;

/// Answers what extensions ask of their host: checks the caller's grant, performs, replies.
///
/// Questions come in on a thread of their own; whatever takes time (HTTP, programs, disks, facts)
/// goes on in a task, so that one slow package keeps no other waiting.
#[derive(Clone)]
pub(crate) struct Host {
    inner: Arc<Inner>,
}

struct Inner {
    grants: Mutex<BTreeMap<String, Grants>>,
    facts: Arc<Facts>,
    stores: Stores,
    flows: Flows,
    crowd: Crowd,
    snapshots: watch::Receiver<Arc<Snapshot>>,
    wakes: mpsc::Sender<Wake>,
}

impl Host {
    /// Starts the thread that answers; gives the way in.
    pub(crate) fn start(
        state: &Path,
        facts: Arc<Facts>,
        snapshots: watch::Receiver<Arc<Snapshot>>,
        wakes: mpsc::Sender<Wake>,
    ) -> (Self, blocking::Sender<HostQuestion>) {
        let stores = Stores::new(state.join("store"));
        let inner = Inner {
            grants: Mutex::default(),
            facts,
            stores,
            flows: Flows::default(),
            crowd: Crowd::default(),
            snapshots,
            wakes,
        };
        let host = Self {
            inner: Arc::new(inner),
        };
        let (questions, inbox) = blocking::channel::<HostQuestion>();
        let (desk, runtime) = (host.clone(), tokio::runtime::Handle::current());
        // Without this thread every host call ends as unanswered, which fails closed.
        let _thread = std::thread::Builder::new()
            .name("host calls".to_owned())
            .spawn(move || {
                for question in inbox {
                    desk.take(question, &runtime);
                }
            });
        (host, questions)
    }

    /// What each extension of the new generation may use.
    pub(crate) fn grant(&self, grants: BTreeMap<String, Grants>) {
        *self
            .inner
            .grants
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = grants;
    }

    fn take(&self, question: HostQuestion, runtime: &tokio::runtime::Handle) {
        let HostQuestion {
            extension,
            call,
            until,
            reply,
        } = question;
        if let Err(error) = self.check(&extension, &call) {
            // Whoever asked may have been given up already; so below.
            let _ = reply.send(Err(error));
            return;
        }
        if let Err(overflow) = self.inner.flows.pass(&extension, &call, Instant::now()) {
            let _ = reply.send(held(&extension, &overflow));
            return;
        }
        let pace = pace(&call);
        if let Pace::AtOnce = pace {
            let _ = reply.send(self.perform(&extension, call));
            return;
        }
        let place = match self.inner.crowd.enter(&extension) {
            Ok(place) => place,
            Err(crowded) => {
                let _ = reply.send(Err(failed(crowded.to_string())));
                return;
            }
        };
        let desk = self.clone();
        match pace {
            Pace::AtOnce | Pace::Blocking => drop(runtime.spawn_blocking(move || {
                let _ = reply.send(desk.perform(&extension, call));
                drop(place);
            })),
            // What nobody waits for any more is dropped, and a program ends with it.
            Pace::Waiting => drop(runtime.spawn(async move {
                let work = desk.perform_slow(&extension, call);
                let done = tokio::time::timeout_at(until.into(), work).await;
                let _ = reply.send(done.unwrap_or(Err(HostError::NoAnswer)));
                drop(place);
            })),
        }
    }

    fn check(&self, extension: &str, call: &HostCall) -> Result<(), HostError> {
        let Some(capability) = call.capability() else {
            return Ok(());
        };
        if self.allows(extension, &capability) {
            Ok(())
        } else {
            Err(HostError::NotGranted { capability })
        }
    }

    fn allows(&self, extension: &str, capability: &str) -> bool {
        let grants = self
            .inner
            .grants
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        grants
            .get(extension)
            .is_some_and(|grants| grants.allows(capability))
    }

    /// How far the grants reach towards a host, asked for again at every hop.
    fn reach(&self, extension: &str, capability: &str) -> http::Reach {
        let grants = self.inner.grants.lock();
        let grants = grants.unwrap_or_else(PoisonError::into_inner);
        match grants.get(extension) {
            Some(grants) if grants.names(capability) => http::Reach::Named,
            Some(grants) if grants.allows(capability) => http::Reach::Public,
            _ => http::Reach::Nowhere,
        }
    }

    fn perform(&self, extension: &str, call: HostCall) -> HostReply {
        match call {
            HostCall::Fact { name } => Ok(self.inner.facts.get(&name)),
            HostCall::Policy { key } => {
                Ok(policy_value(&self.inner.snapshots.borrow().policy, &key))
            }
            HostCall::ReadFile { path } => files::read(&path),
            HostCall::Environment { name } => environment(&name),
            HostCall::StoreGet { key } => self.inner.stores.get(extension, &key),
            HostCall::StoreSet { key, value } => self.inner.stores.set(extension, &key, value),
            HostCall::Request(request) => {
                let origin = Origin::Extension(extension.to_owned());
                let event = Event::Requested {
                    request: to_request(request),
                    origin,
                };
                let sent = self.inner.wakes.try_send(Wake::Event(event));
                sent.map(|()| Value::Null).map_err(|_| HostError::NoAnswer)
            }
            HostCall::Log { level, message } => {
                log(extension, level, &message);
                Ok(Value::Null)
            }
            HostCall::Http { .. } | HostCall::Exec { .. } => Err(HostError::NoAnswer),
        }
    }

    async fn perform_slow(&self, extension: &str, call: HostCall) -> HostReply {
        match call {
            HostCall::Http {
                method,
                url,
                headers,
                body,
                timeout,
            } => {
                let reach = |capability: &str| self.reach(extension, capability);
                http::send(
                    http::Outgoing {
                        method,
                        url,
                        headers,
                        body,
                        timeout,
                    },
                    reach,
                )
                .await
            }
            HostCall::Exec {
                path,
                arguments,
                stdin,
                timeout,
            } => {
                exec::run(exec::Program {
                    path,
                    arguments,
                    stdin,
                    timeout,
                })
                .await
            }
            other => self.perform(extension, other),
        }
    }
}

/// What a package is told that asks too much. A line that the log does not take is no failure.
fn held(extension: &str, overflow: &Overflow) -> HostReply {
    if overflow.is_first {
        tracing::warn!(package = extension, "{overflow}; the rest is dropped");
    }
    match overflow.stream {
        Stream::Log => Ok(Value::Null),
        _ => Err(failed(overflow.to_string())),
    }
}

/// How long a call may take its answer.
enum Pace {
    /// Nothing is waited for.
    AtOnce,
    /// A disk, or a program that a fact is read from.
    Blocking,
    /// The network, or a program of the package's own.
    Waiting,
}

fn pace(call: &HostCall) -> Pace {
    match call {
        HostCall::Http { .. } | HostCall::Exec { .. } => Pace::Waiting,
        HostCall::Fact { .. }
        | HostCall::ReadFile { .. }
        | HostCall::StoreGet { .. }
        | HostCall::StoreSet { .. } => Pace::Blocking,
        HostCall::Policy { .. }
        | HostCall::Environment { .. }
        | HostCall::Request(_)
        | HostCall::Log { .. } => Pace::AtOnce,
    }
}

fn environment(name: &str) -> HostReply {
    match std::env::var(name) {
        Ok(value) => Ok(Value::from(value)),
        Err(VarError::NotPresent) => Ok(Value::Null),
        Err(VarError::NotUnicode(_)) => {
            Err(failed(format!("the variable {name} is no UTF-8 text")))
        }
    }
}

fn policy_value(policy: &Policy, key: &str) -> Value {
    let mut at = &policy.tree;
    for part in key.split('.') {
        let found = at.as_object().and_then(|object| {
            object
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(part))
                .map(|(_, value)| value)
        });
        let Some(found) = found else {
            return Value::Null;
        };
        at = found;
    }
    at.clone()
}

fn log(package: &str, level: LogLevel, message: &str) {
    let message: String = message.chars().take(4096).collect();
    match level {
        LogLevel::Debug => tracing::debug!(package, "{message}"),
        LogLevel::Info => tracing::info!(package, "{message}"),
        LogLevel::Warn => tracing::warn!(package, "{message}"),
        LogLevel::Error => tracing::error!(package, "{message}"),
    }
}

pub(super) fn failed(message: impl Into<String>) -> HostError {
    HostError::Failed {
        message: message.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_key_is_found_without_case() {
        let tree = serde_json::json!({"BusinessHours": {"Open": "08:00"}});
        let policy = Policy {
            tree,
            ..Policy::default()
        };
        assert_eq!(policy_value(&policy, "businesshours.open"), "08:00");
        assert_eq!(policy_value(&policy, "BusinessHours.Close"), Value::Null);
    }
    #[tokio::test]
    async fn a_program_ends_when_nobody_waits_for_it_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe");
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
        let facts = Arc::new(Facts::below(folder.path(), folder.path()));
        let (_changes, snapshots) = watch::channel(Arc::default());
        let (wakes, _woken) = mpsc::channel(1);
        let (host, questions) = Host::start(folder.path(), facts, snapshots, wakes);
        let sh = "exec:/bin/sh".to_owned();
        let grants = Grants::new(std::slice::from_ref(&sh), std::slice::from_ref(&sh));
        host.grant(BTreeMap::from([("patient".to_owned(), grants)]));
        let call = HostCall::Exec {
            path: "/bin/sh".to_owned(),
            arguments: vec!["-c".into(), format!("exec sleep 60 9> {}", pipe.display())],
            stdin: None,
            timeout: Some(30),
        };
        let asked = tokio::task::spawn_blocking(move || {
            let port = deskhook_hooks::HostPort::new("patient", questions);
            port.ask(call, std::time::Duration::from_millis(500))
        });
        // The pipe is open as long as somebody could write to it.
        let mut pipe = tokio::fs::File::open(&pipe).await.unwrap();
        assert_eq!(asked.await.unwrap(), Err(HostError::NoAnswer));
        let mut bytes = vec![];
        let rest = tokio::io::AsyncReadExt::read_to_end(&mut pipe, &mut bytes);
        let rest = tokio::time::timeout(std::time::Duration::from_secs(20), rest).await;
        assert!(rest.is_ok(), "the program goes on");
    }
}
