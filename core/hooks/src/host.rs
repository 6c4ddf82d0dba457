use std::collections::BTreeMap;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ExtensionRequest;

/// What an extension may ask of its host: values that go up a pipe. The agent checks the caller's
/// grant, performs, and answers; nothing else crosses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum HostCall {
    /// A fact of the device. Needs `facts:NAME`.
    Fact {
        /// Its name: `free-disk`, `power`, ...
        name: String,
    },
    /// The effective value of a policy key. Needs `policy:KEY` (a prefix of the key).
    Policy {
        /// The key.
        key: String,
    },
    /// An HTTP request. Needs `net:HOST`.
    Http {
        /// `GET` or `POST`.
        method: String,
        /// The address.
        url: String,
        /// Header lines.
        #[serde(default)]
        headers: BTreeMap<String, String>,
        /// The body.
        #[serde(default)]
        body: Option<String>,
        /// Seconds until it is given up, at most 30.
        #[serde(default)]
        timeout: Option<u32>,
    },
    /// Run a program, without a shell. Needs `exec:PATH`.
    Exec {
        /// Absolute path.
        path: String,
        /// Its arguments.
        #[serde(default)]
        arguments: Vec<String>,
        /// Given to its standard input.
        #[serde(default)]
        stdin: Option<String>,
        /// Seconds until it is ended, at most 30.
        #[serde(default)]
        timeout: Option<u32>,
    },
    /// Read a text file of at most 256 KiB. Needs `fs.read:PATH`.
    ReadFile {
        /// Absolute path.
        path: String,
    },
    /// An environment variable of the agent. Needs `env:NAME`.
    Environment {
        /// Its name.
        name: String,
    },
    /// A value that this package kept. Needs nothing.
    StoreGet {
        /// The key.
        key: String,
    },
    /// Keep a value (null forgets it), at most 64 KiB a value and 1 MiB a package. Needs nothing.
    StoreSet {
        /// The key.
        key: String,
        /// The value.
        value: Value,
    },
    /// Ask the agent to do something. Needs nothing; the agent decides.
    Request(ExtensionRequest),
    /// A line for the log. Needs nothing.
    Log {
        /// How loud.
        level: LogLevel,
        /// The line, cut at 4 KiB.
        message: String,
    },
}

/// How loud a line of the log is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// For the author.
    Debug,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warn,
    /// Broken.
    Error,
}

impl HostCall {
    /// The capability that the caller needs, in the manifest's words; none is free for all.
    pub fn capability(&self) -> Option<String> {
        match self {
            Self::Fact { name } => Some(format!("facts:{name}")),
            Self::Policy { key } => Some(format!("policy:{key}")),
            Self::Http { url, .. } => Some(format!("net:{}", host_of(url))),
            Self::Exec { path, .. } => Some(format!("exec:{path}")),
            Self::ReadFile { path } => Some(format!("fs.read:{path}")),
            Self::Environment { name } => Some(format!("env:{name}")),
            Self::StoreGet { .. } | Self::StoreSet { .. } | Self::Request(_) | Self::Log { .. } => {
                None
            }
        }
    }
}

/// The host with its port. Who is named before an `@` may be a secret, and this is told in errors:
/// the sign alone stays, and no grant covers it. A backslash ends a host as `/` does.
fn host_of(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let host = rest.split(['/', '\\', '?', '#']).next();
    let host = host.unwrap_or_default();
    match host.rsplit_once('@') {
        Some((_, host)) => format!("...@{host}"),
        None => host.to_owned(),
    }
}

/// The answer of [`HostCall::Http`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct HttpAnswer {
    /// The status, 100 to 599.
    pub status: u16,
    /// Header lines, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, at most 1 MiB.
    pub body: String,
}

/// The answer of [`HostCall::Exec`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ExecAnswer {
    /// The exit code; -1 where a signal ended it.
    pub code: i32,
    /// At most 256 KiB.
    pub stdout: String,
    /// At most 256 KiB.
    pub stderr: String,
}

/// Why the host did not do what it was asked.
#[derive(
    Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error, schemars::JsonSchema,
)]
#[serde(tag = "error", rename_all = "kebab-case")]
pub enum HostError {
    /// The caller has no such grant.
    #[error("the capability {capability:?} is not granted to this package")]
    NotGranted {
        /// Which capability.
        capability: String,
    },
    /// It was tried and failed.
    #[error("{message}")]
    Failed {
        /// What failed on what.
        message: String,
    },
    /// Nobody answered in time, or the agent is gone.
    #[error("the host did not answer in time")]
    NoAnswer,
}

/// What the host answers: a value in the shape that the call's documentation names.
pub type HostReply = Result<Value, HostError>;

/// A [`HostCall`] on its way, with its caller and the way back.
#[derive(Debug)]
pub struct HostQuestion {
    /// The package or plugin that asks.
    pub extension: String,
    /// What it asks.
    pub call: HostCall,
    /// When nobody waits for the answer any more: what still runs for it then may end.
    pub until: Instant,
    /// Where the answer goes; nobody may be waiting any more.
    pub reply: mpsc::SyncSender<HostReply>,
}

/// An extension's way to its host: the same for scripts and plugins, in process and in a child.
#[derive(Clone)]
pub struct HostPort {
    way: Arc<dyn Fn(HostCall, Duration) -> HostReply + Send + Sync>,
}

impl HostPort {
    /// A way for `extension` to whoever receives `questions`.
    pub fn new(extension: &str, questions: mpsc::Sender<HostQuestion>) -> Self {
        let extension = extension.to_owned();
        Self::through(move |call, patience| {
            let (reply, answer) = mpsc::sync_channel(1);
            let question = HostQuestion {
                extension: extension.clone(),
                call,
                until: Instant::now() + patience,
                reply,
            };
            let sent = questions.send(question);
            sent.map_err(|_| HostError::NoAnswer)?;
            let answer = answer.recv_timeout(patience);
            answer.unwrap_or(Err(HostError::NoAnswer))
        })
    }

    /// A way of another kind: `way` asks and waits, at most as long as it is told.
    pub fn through(way: impl Fn(HostCall, Duration) -> HostReply + Send + Sync + 'static) -> Self {
        Self { way: Arc::new(way) }
    }

    /// Asks and waits, at most `patience`.
    pub fn ask(&self, call: HostCall, patience: Duration) -> HostReply {
        (self.way)(call, patience)
    }
}

impl std::fmt::Debug for HostPort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("HostPort")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_capability_of_a_request_is_its_host_and_tells_no_secret() {
        let capability = |url: &str| {
            let call = HostCall::Http {
                method: "GET".to_owned(),
                url: url.to_owned(),
                headers: BTreeMap::new(),
                body: None,
                timeout: None,
            };
            call.capability().unwrap()
        };
        assert_eq!(
            capability("https://a.example:8443/x?token=1"),
            "net:a.example:8443"
        );
        assert_eq!(
            capability("https://a.example\\.b.example/"),
            "net:a.example"
        );
        assert_eq!(
            capability("https://kim:secret@a.example/"),
            "net:...@a.example"
        );
        assert_eq!(
            capability("https:kim:secret@a.example"),
            "net:...@a.example"
        );
        assert_eq!(
            capability("https://a@b:secret@c.example?x"),
            "net:...@c.example"
        );
    }
}
