use std::time::Duration;

use deskhook_policy::Extensions;
use serde::{Deserialize, Serialize};

use crate::{Answer, Call, Hook, HostPort};

/// Anything that hooks run: a Lua package, a native plugin, a child process with either in it,
/// or the built-in checks. The only open trait of Deskhook.
///
/// An implementation keeps to its limit as well as it can; the chain stops waiting at the limit
/// plus 250 ms whatever it does.
pub trait Extension: Send + Sync {
    /// What it is.
    fn about(&self) -> &About;

    /// Runs one hook. Never panics on what its author wrote; says so in a [`Fault`].
    fn call(&self, call: &Call, limit: Limit, host: &HostPort) -> Result<Answer, Fault>;

    /// What it is by a policy that came after it was loaded. What has no power of its own but what its
    /// host gives it, call by call, holds under any.
    fn standing(&self, _: &Extensions) -> Standing {
        Standing::Holds
    }

    /// Ends it now, whoever still has it: from here on its calls fail. Does nothing where many share
    /// what it runs in.
    fn end(&self) {}

    /// It lasted: it ran for as long as new files have to without a fault, or is put back because newer
    /// ones did not. Whoever made it keeps what it is made of, for a later start.
    fn lasts(&self) {}

    /// It failed while it was new, `why` in a sentence, and `to` runs in its place again. Whoever made it
    /// does not load these files once more, and counts them as never having run.
    fn gave_way(&self, _why: &str, _to: &About) {}

    /// It failed while it was new, and nothing that runs can take its place: whether something was kept
    /// that the next loading brings instead of it. These files are then not loaded once more.
    fn gives_way(&self, _why: &str) -> bool {
        false
    }

    /// What whoever runs this machine should know of how it runs, in a sentence; most run as any other.
    fn remark(&self) -> Option<&str> {
        None
    }
}

/// What an extension that runs is by today's policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It could be loaded as it runs.
    Holds,
    /// It can do more than it is granted: it may run, and not like this.
    TooWide,
    /// Nobody vouches for it any more.
    Untrusted,
}

/// What an extension says of itself, as its manifest does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name: a package's folder name, or a plugin's id in reverse-domain form.
    pub name: String,
    /// Its version.
    pub version: String,
    /// What it is made of.
    pub kind: ExtensionKind,
    /// The hooks that it wants to hear.
    pub hooks: Vec<Hook>,
    /// The capabilities that it asks for.
    pub capabilities: Vec<String>,
    /// Seconds between two calls of its `timer`, of which the agent keeps at least 10 and at most a
    /// day; none is no timer.
    pub timer_seconds: Option<u32>,
    /// The hash that names its files, in hex; empty for what is built in.
    pub sha256: String,
}

/// What an extension is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtensionKind {
    /// Part of Deskhook.
    BuiltIn,
    /// A Lua package.
    Script,
    /// A native plugin.
    Plugin,
}

/// How long one call may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// Computing, waiting for the host not counted.
    pub cpu: Duration,
    /// On the wall.
    pub wall: Duration,
}

impl Limit {
    /// The limit of `hook`, with `budget` milliseconds where the policy gives some (0: the default).
    pub fn of(hook: Hook, budget: u32) -> Self {
        let kind = hook.kind();
        if budget == 0 {
            return Self {
                cpu: kind.cpu(),
                wall: kind.wall(),
            };
        }
        let wall = Duration::from_millis(budget.into()).min(kind.longest());
        Self {
            cpu: kind.cpu().min(wall),
            wall,
        }
    }
}

/// Why a call gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "kebab-case")]
pub enum Fault {
    /// The extension's own code failed.
    #[error("{message}{}", at(.place))]
    Failed {
        /// What it said.
        message: String,
        /// `file:line`, where known.
        place: Option<String>,
    },
    /// It was still computing at its limit.
    #[error("no answer within {millis} ms{}", at(.place))]
    Late {
        /// The limit.
        millis: u64,
        /// `file:line`, where known.
        place: Option<String>,
    },
    /// It wanted more memory than it may have.
    #[error("more than {limit_mib} MiB of memory wanted{}", at(.place))]
    Memory {
        /// The limit.
        limit_mib: u32,
        /// `file:line`, where known.
        place: Option<String>,
    },
    /// It answered something that the hook does not know.
    #[error("{message}")]
    BadAnswer {
        /// What does not fit.
        message: String,
    },
    /// It panicked, or its process died.
    #[error("crashed: {message}")]
    Crashed {
        /// What is known.
        message: String,
    },
    /// It could not be called, and not because of anything that it did.
    #[error("it could not be called: {message}")]
    Away {
        /// Why.
        message: String,
    },
    /// An earlier call has not come back.
    #[error("still busy with an earlier call")]
    Busy,
    /// It failed too often.
    #[error("quarantined after {faults} faults{}", lastly(.last))]
    Quarantined {
        /// How often.
        faults: u32,
        /// What the last fault was.
        #[serde(default)]
        last: String,
    },
}

/// What a fault says goes into logs and before people: at most so many bytes of it.
const LONGEST: usize = 2048;

impl Fault {
    /// What a panic says.
    pub fn of_panic(panic: &(dyn std::any::Any + Send)) -> Self {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Self::Crashed {
            message: text.unwrap_or("it panicked").to_owned(),
        }
    }

    /// The same with texts that are short enough to be read.
    pub(crate) fn cut(mut self) -> Self {
        match &mut self {
            Self::Failed { message, place } => {
                shorten(message);
                place.iter_mut().for_each(shorten);
            }
            Self::Late { place, .. } | Self::Memory { place, .. } => {
                place.iter_mut().for_each(shorten);
            }
            Self::BadAnswer { message } | Self::Crashed { message } | Self::Away { message } => {
                shorten(message);
            }
            Self::Quarantined { last, .. } => shorten(last),
            Self::Busy => {}
        }
        self
    }
}

fn shorten(text: &mut String) {
    if text.len() > LONGEST {
        text.truncate(text.floor_char_boundary(LONGEST));
        text.push_str(" ...");
    }
}

fn lastly(last: &str) -> String {
    if last.is_empty() {
        return String::new();
    }
    format!(", the last one: {last}")
}

fn at(place: &Option<String>) -> String {
    place
        .as_ref()
        .map(|place| format!(" ({place})"))
        .unwrap_or_default()
}
