use deskhook_hooks::{Hook, Menu, Provenance, Timing};
use deskhook_session::{Answer, Request};
use serde::{Deserialize, Serialize};

use crate::{CheckShape, ExtensionHealth, ReasonShape, SupporterShape};

/// One line to the agent's control socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "ask", rename_all = "kebab-case")]
pub enum ControlRequest {
    /// One [`Status`].
    Status,
    /// A [`Status`] now and after each change, until the caller hangs up.
    Watch,
    /// The menu, in the person's language or another.
    Menu {
        /// Language tag or English name.
        #[serde(default)]
        language: Option<String>,
    },
    /// Who made which part of what a hook of kind `transform` or `provide` last came to.
    Provenance {
        /// Which hook.
        hook: Hook,
    },
    /// How the calls of a hook went.
    Timings {
        /// Which hook.
        hook: Hook,
    },
    /// What the tray and its dialogs do.
    Do {
        /// What.
        #[serde(flatten)]
        asked: Asked,
        /// The scheme of the link that asked, where one did: it may only start a session.
        #[serde(default)]
        link: Option<String>,
    },
}

/// What a person may ask through the control socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "do", rename_all = "kebab-case")]
pub enum Asked {
    /// Start a session.
    Start {
        /// Why.
        #[serde(default)]
        reason: Option<String>,
        /// The ticket's number.
        #[serde(default)]
        ticket: Option<String>,
        /// The client by name.
        #[serde(default)]
        client: Option<String>,
    },
    /// End the session.
    Stop,
    /// Answer the open question with yes.
    Allow,
    /// Answer the open question with no.
    Deny,
    /// Give the details that were asked for.
    Details {
        /// Why.
        #[serde(default)]
        reason: Option<String>,
        /// The ticket's number.
        #[serde(default)]
        ticket: Option<String>,
    },
    /// Pick a menu item.
    Click {
        /// The item's id.
        item: String,
    },
    /// End the agent.
    Quit,
}

impl Asked {
    /// The request that it means; none for what is not the session's.
    pub fn request(self) -> Option<Request> {
        let answer = |answer| {
            Some(Request::Answer {
                question: None,
                answer,
            })
        };
        match self {
            Self::Start {
                reason,
                ticket,
                client,
            } => Some(Request::Start {
                reason,
                ticket,
                client,
            }),
            Self::Stop => Some(Request::Stop),
            Self::Allow => answer(Answer::Allow),
            Self::Deny => answer(Answer::Deny),
            Self::Details { reason, ticket } => answer(Answer::Details { reason, ticket }),
            Self::Click { item } => Some(Request::Click { item }),
            Self::Quit => None,
        }
    }
}

/// One line from the agent's control socket.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "reply", rename_all = "kebab-case")]
pub enum ControlReply {
    /// To `status` and `watch`.
    Status(Box<Status>),
    /// To `menu`.
    Menu(MenuShape),
    /// To `provenance`.
    Provenance {
        /// None where the hook has not run since packages or policy changed.
        last: Option<Provenance>,
    },
    /// To `timings`.
    Timings {
        /// Those that hear the hook, in the order in which they are heard.
        listeners: Vec<TimingShape>,
    },
    /// To `do`.
    Done(ControlAnswer),
}

/// The menu, and who made which part of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MenuShape {
    /// The menu as it is shown.
    #[serde(flatten)]
    pub menu: Menu,
    /// What hooks made of it; the rest is the agent's and the policy's.
    #[serde(flatten)]
    pub provenance: Provenance,
}

/// How the calls of one hook of one extension went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TimingShape {
    /// The extension's name.
    pub name: String,
    /// Since its generation began.
    #[serde(flatten)]
    pub timing: Timing,
}

/// Whether a request was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ControlAnswer {
    /// Whether it was.
    pub taken: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
}

/// What the agent is and does, for `status --json`, `session start --wait` and the portal.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Status {
    /// The agent's version.
    pub version: String,
    /// Its process id.
    pub pid: u32,
    /// Counts what was published; rises with each change.
    pub revision: u64,
    /// The portal's address, once enrolled.
    pub portal: Option<String>,
    /// Whether the portal answered the last request.
    pub online: bool,
    /// Why the portal refuses what this device sends, where somebody has to mend that: the clock is
    /// wrong, the device was removed.
    #[serde(default)]
    pub portal_problem: Option<String>,
    /// Rows of the outbox that the portal has not acknowledged.
    pub unacknowledged: usize,
    /// The organisation's name.
    pub organization: String,
    /// The effective policy's short name.
    pub policy_version: String,
    /// Errors and warnings of the policy's files.
    pub policy_problems: Vec<String>,
    /// Whether the person is at the device; an agent that does not say takes it to be so.
    #[serde(default = "somebody")]
    pub present: bool,
    /// How often somebody asked to start since the agent did, refusals included.
    #[serde(default)]
    pub attempts: u64,
    /// Where the session stands: `idle`, `checking`, ...
    pub phase: String,
    /// The session's id.
    pub session: Option<String>,
    /// The client's name.
    pub client: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// Whether the portal has acknowledged the address.
    pub reported: bool,
    /// Who is in, or wants in.
    pub supporter: Option<SupporterShape>,
    /// The open question.
    pub question: Option<QuestionShape>,
    /// Bytes of the client's download: received, and in all where known.
    pub progress: Option<(u64, Option<u64>)>,
    /// How the last session ended.
    pub last_outcome: Option<String>,
    /// Why the last session did not start.
    pub reasons: Vec<ReasonShape>,
    /// What an administrator needs to mend that.
    pub detail: Option<String>,
    /// Every voice of the last pre-connect checks.
    pub checks: Vec<CheckShape>,
    /// Packages and plugins with their health.
    pub extensions: Vec<ExtensionHealth>,
}

fn somebody() -> bool {
    true
}

/// An open question to the person.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct QuestionShape {
    /// `check`, `details`, `consent`, `elevation`.
    pub kind: String,
    /// First line.
    pub title: String,
    /// The question.
    pub message: String,
    /// Seconds left.
    pub seconds: u64,
}
