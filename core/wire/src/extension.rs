use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use deskhook_hooks::{Context, ExtensionKind, Fault, Findings, Hook, HostCall, HostReply, Step};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of what agent and extension host say to each other. Both are the same program, so
/// another version means that a file was replaced in between: the agent does not go on with it.
pub const EXTENSION_PROTOCOL: u32 = 3;
/// The longest frame, in bytes: a package of 1 MiB with every byte escaped, and then some.
pub const LARGEST_FRAME: usize = 8 << 20;

/// What the agent says first to a new extension host, before the host confines itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostStart {
    /// [`EXTENSION_PROTOCOL`].
    pub protocol: u32,
    /// What the host may touch of the system from then on.
    pub confinement: Confinement,
}

/// What a child may touch of the system. The default is nothing: no file, no network, no program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confinement {
    /// The most memory that all of the child's data may take, in MiB; 0 is no limit of its own.
    #[serde(default)]
    pub memory_mib: u32,
    /// What native code gets beside that; none for a child that runs scripts alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub native: Option<NativeReach>,
}

/// What a child may touch in which a native library runs: the system's own libraries, and what is
/// named here. It starts no program and makes no process, whatever is named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NativeReach {
    /// Files, and folders with all below them, that it may read.
    #[serde(default)]
    pub read: Vec<PathBuf>,
    /// Its own folder, in which it may write.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<PathBuf>,
    /// Which ports of which hosts it may connect to.
    #[serde(default)]
    pub connect: Connect,
    /// Variables of the agent's environment that it gets, by name.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
}

/// Where native code may connect to by itself. A kernel knows ports and no names: a host that is
/// named is reached through the agent alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Connect {
    /// Nowhere.
    #[default]
    Nowhere,
    /// Any host, at these TCP ports.
    Ports(BTreeSet<u16>),
    /// Anywhere.
    Anywhere,
}

/// What an extension host answers once it is confined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostGreeting {
    /// [`EXTENSION_PROTOCOL`].
    pub protocol: u32,
    /// The program's version.
    pub version: String,
    /// What holds it, in words: `seccomp`, `landlock`, `rlimits`.
    pub held_by: Vec<String>,
    /// Why it could not be confined; with one, it takes no extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
}

/// An extension on its way into a child: everything that it is made of, so that the child needs
/// no file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Opening {
    /// Its name.
    pub name: String,
    /// What it is made of.
    pub kind: ExtensionKind,
    /// The capabilities that the policy grants.
    pub granted: Vec<String>,
    /// What whoever opens it makes it from: JSON, which nobody in between reads.
    pub parcel: String,
}

/// A frame to an extension in a child. On one channel one thing is said at a time: after `open`,
/// `test`, `check` and `call` the child speaks, after each `ask` of its the agent.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ToExtension<'a> {
    /// Make the extension of this channel.
    Open(Cow<'a, Opening>),
    /// Run its own tests; it is not opened by that.
    Test(Cow<'a, Opening>),
    /// Put it through a check; it is not opened by that, and what the check loads it loads itself.
    Check {
        /// What is checked.
        opening: Cow<'a, Opening>,
        /// Which check.
        name: Cow<'a, str>,
    },
    /// Run a hook. What this hook is given follows in the frame as a second value, so that neither side
    /// has to look through it twice.
    Call {
        /// Which.
        hook: Hook,
        /// What every hook is given.
        context: Cow<'a, Context>,
        /// How long it may compute, in microseconds.
        cpu_micros: u64,
        /// How long it may take, in microseconds.
        wall_micros: u64,
    },
    /// The host's answer.
    Reply {
        /// To which question.
        ask: u64,
        /// The answer.
        reply: HostReply,
    },
}

/// A frame from an extension in a child.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FromExtension {
    /// It is there and can be called.
    Opened,
    /// It cannot be opened.
    Refused {
        /// Why.
        message: String,
    },
    /// Its tests ran.
    Tested {
        /// How many there are.
        cases: u32,
        /// How many failed, the first of them by its name and reason.
        failures: u32,
        /// The first failure.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first: Option<String>,
    },
    /// How far a check is.
    Step(Step),
    /// What came of the check.
    Checked(Findings),
    /// It asks its host, in the middle of a call.
    Ask {
        /// The question's number.
        ask: u64,
        /// The question.
        call: HostCall,
        /// How long it waits for the answer, in microseconds.
        patience_micros: u64,
    },
    /// What the hook answered.
    Answered {
        /// As [`Answer::read`](deskhook_hooks::Answer::read) reads it.
        value: Value,
    },
    /// Why the hook did not answer.
    Faulted(Fault),
}
