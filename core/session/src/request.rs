use std::time::Duration;

use deskhook_policy::ElevationMethod;

/// A point in time: milliseconds since the agent started, those that the machine slept
/// included, never going backwards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub u64);

impl Moment {
    /// The moment `span` later.
    pub fn after(self, span: Duration) -> Self {
        Self(
            self.0
                .saturating_add(u64::try_from(span.as_millis()).unwrap_or(u64::MAX)),
        )
    }

    /// Milliseconds from `earlier` to this; 0 where that is later.
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// Names one session: unique on a device for ever, as it carries the agent's start.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SessionId(pub String);

impl std::fmt::Display for SessionId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Names one request of the portal, so that the answer finds it: the portal's own number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct AskId(pub String);

/// Who asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The person at the device: tray, dialog or command line.
    Person,
    /// The portal, for a supporter.
    Portal,
    /// A link with our scheme.
    Link,
    /// A hook package or plugin, by name.
    Extension(String),
}

impl Origin {
    /// The word for hooks and records: `person`, `portal`, `url`, `extension`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Portal => "portal",
            Self::Link => "url",
            Self::Extension(_) => "extension",
        }
    }

    /// Whether this origin may make that request at all. Only the person answers a question;
    /// only the portal speaks for a supporter; a link can start a session and nothing else.
    pub fn may(&self, request: &Request) -> bool {
        match request {
            Request::Start { .. } => true,
            Request::Stop => matches!(self, Self::Person | Self::Extension(_)),
            Request::Answer { .. } | Request::Click { .. } | Request::CopyAddress => {
                matches!(self, Self::Person)
            }
            Request::Join(_)
            | Request::Disconnect { .. }
            | Request::Elevate(_)
            | Request::Stale { .. } => {
                matches!(self, Self::Portal)
            }
            Request::Notify { .. } | Request::RefreshTray => matches!(self, Self::Extension(_)),
        }
    }
}

/// A supporter, as the portal vouches for them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Supporter {
    /// Who it is for the portal, whatever they are called: the same for all their life there. None
    /// where the portal does not say.
    pub id: Option<String>,
    /// The name that people read.
    pub name: String,
    /// The organisation that they work for.
    pub organisation: String,
    /// Whether the portal signed them in itself.
    pub verified: bool,
}

/// What anybody may ask of the agent. The same set for tray, terminal, portal, link and hooks.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// Start a session.
    Start {
        /// Why, in the person's words.
        reason: Option<String>,
        /// The ticket's number.
        ticket: Option<String>,
        /// The client by name; none is the first that the policy enables.
        client: Option<String>,
    },
    /// End the session, or give up starting it.
    Stop,
    /// Answer the open question.
    Answer {
        /// Which question; none is the one that is open.
        question: Option<QuestionId>,
        /// The answer.
        answer: Answer,
    },
    /// A supporter wants to join.
    Join(JoinAsk),
    /// A supporter leaves; the session ends.
    Disconnect {
        /// The portal's number of this request.
        ask: AskId,
    },
    /// A supporter wants one program run with elevated rights.
    Elevate(ElevationAsk),
    /// A portal's request for a session that is over; it is refused, so that it is answered.
    Stale {
        /// The portal's number of this request.
        ask: AskId,
    },
    /// The person picked a menu item.
    Click {
        /// The item's id.
        item: String,
    },
    /// Copy the address.
    CopyAddress,
    /// Show a notification.
    Notify {
        /// First line.
        title: String,
        /// The rest.
        message: String,
    },
    /// Make the menu anew.
    RefreshTray,
}

use crate::QuestionId;

/// What a person answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Yes.
    Allow,
    /// No.
    Deny,
    /// The details that were asked for; they also allow.
    Details {
        /// Why, in the person's words.
        reason: Option<String>,
        /// The ticket's number.
        ticket: Option<String>,
    },
}

/// A supporter's wish to join.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JoinAsk {
    /// The portal's number of this request.
    pub ask: AskId,
    /// Who.
    pub supporter: Supporter,
    /// Why.
    pub reason: Option<String>,
    /// The ticket's number.
    pub ticket: Option<String>,
    /// What they want to do: `screen`, `input`, `clipboard`, `files`, `sound`, ...
    pub permissions: Vec<String>,
    /// When nobody waits for the answer any more; none is never.
    pub until: Option<Moment>,
}

/// A supporter's wish for elevated rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElevationAsk {
    /// The portal's number of this request.
    pub ask: AskId,
    /// Who.
    pub supporter: Supporter,
    /// Absolute path of the program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// How the rights are to be had.
    pub method: ElevationMethod,
    /// Why.
    pub reason: Option<String>,
    /// For how long, in minutes.
    pub minutes: u32,
    /// The portal's signed order, passed on to the elevation helper as it came.
    pub order: String,
    /// When nobody waits for the answer any more; none is never.
    pub until: Option<Moment>,
}
