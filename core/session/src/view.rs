use deskhook_policy::Address;

use crate::{Moment, Outcome, Question, Reason, SessionId, Supporter};

/// What can be seen of the session from outside. Tray, terminal and portal read nothing else.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// Where it stands.
    pub phase: PhaseName,
    /// How often somebody asked to start since the agent did, refusals included.
    pub attempts: u64,
    /// Which session; none when idle.
    pub session: Option<SessionId>,
    /// The client's name.
    pub client: Option<String>,
    /// The client's address, as soon as it is known.
    pub address: Option<Address>,
    /// Whether the portal has acknowledged the address.
    pub reported: bool,
    /// Who is in, or wants in.
    pub supporter: Option<Supporter>,
    /// When the session began.
    pub started: Option<Moment>,
    /// When the supporter came in.
    pub connected: Option<Moment>,
    /// The open question.
    pub question: Option<Question>,
    /// The client's download.
    pub progress: Option<Progress>,
    /// The program that is asked for or run with elevated rights.
    pub elevating: Option<String>,
    /// How the last session ended.
    pub last: Option<Outcome>,
    /// Why the last session did not start, or failed.
    pub reasons: Vec<Reason>,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PhaseName {
    /// No session.
    #[default]
    Idle,
    /// The person is asked for details, or the checks run.
    Checking,
    /// The client is fetched and started.
    Launching,
    /// The address is known; the portal has not acknowledged it yet.
    Reporting,
    /// The address is with the portal; nobody has joined yet.
    Waiting,
    /// A supporter asks to join.
    Joining,
    /// A supporter is in.
    Connected,
}

impl PhaseName {
    /// The word for hooks, pages and `--json`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Checking => "checking",
            Self::Launching => "launching",
            Self::Reporting => "reporting",
            Self::Waiting => "waiting",
            Self::Joining => "joining",
            Self::Connected => "connected",
        }
    }
}

/// How much of a download has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes so far.
    pub received: u64,
    /// Bytes in all, where the server said so.
    pub total: Option<u64>,
}
