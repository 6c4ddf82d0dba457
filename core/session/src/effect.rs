use deskhook_policy::Address;

use crate::{
    AskId, Clearance, ElevationAsk, ElevationOutcome, ElevationPermit, JoinAsk, Origin, Outcome,
    Prompt, Reason, SessionId, Supporter,
};

/// What is to be done. Only `core/agent` does it, and answers with an [`Event`](crate::Event).
#[derive(Debug, PartialEq)]
pub enum Effect {
    /// Run the built-in checks and the `session.request` hooks; answer `Checked`.
    RunChecks(Inquiry),
    /// Locate or fetch, verify, start, read the address; answer `ClientReady` or `ClientFailed`.
    Launch(Clearance),
    /// Put the address into the outbox; answer `Reported` when the portal has it.
    Report {
        /// Whose.
        session: SessionId,
        /// The address.
        address: Address,
        /// The client's name.
        client: String,
    },
    /// Run the `session.join` hooks; answer `JoinJudged`.
    JudgeJoin {
        /// Whose.
        session: SessionId,
        /// What they are asked.
        join: JoinAsk,
    },
    /// Run the `consent.prompt` hooks over these words; answer `ConsentPhrased`.
    PhraseConsent {
        /// Whose.
        session: SessionId,
        /// Who asks.
        join: JoinAsk,
        /// The words so far.
        prompt: Prompt,
        /// How long the person will have, in seconds.
        timeout_seconds: u32,
    },
    /// Run the `elevation.request` hooks; answer `ElevationJudged`.
    JudgeElevation {
        /// Whose.
        session: SessionId,
        /// What they are asked.
        elevation: ElevationAsk,
    },
    /// Ask the operating system; answer `Elevated`.
    Elevate(ElevationPermit),
    /// End the program that runs with elevated rights.
    StopElevation(SessionId),
    /// End the client.
    StopClient(SessionId),
    /// Tell the person.
    Tell(Notice),
    /// Tell the portal what became of its request.
    Reply {
        /// Which request.
        ask: AskId,
        /// What became of it.
        outcome: AskOutcome,
    },
    /// Run the hooks that observe.
    Observe(Observation),
    /// Write it down.
    Record(Entry),
    /// Run `menu.click` for an item that is not built in.
    Click {
        /// The item's id.
        item: String,
    },
    /// Put the address on the clipboard.
    Copy(Address),
    /// Make the menu anew.
    RefreshMenu,
}

/// What the pre-connect checks are asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct Inquiry {
    /// Whose.
    pub session: SessionId,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// The ticket's number.
    pub ticket: Option<String>,
    /// Who asked.
    pub origin: Origin,
    /// The client's name.
    pub client: String,
}

/// Something that the person is told; the surfaces find the words.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// A session did not start, with every reason.
    Refused(Vec<Reason>),
    /// The client could not be had or started.
    Failed(Reason),
    /// A session runs already.
    AlreadyRunning,
    /// A supporter was not let in.
    JoinRefused {
        /// Who.
        supporter: Supporter,
        /// Every reason of a check. What the person themself did is no news to them.
        reasons: Vec<Reason>,
    },
    /// A supporter is in.
    Joined(Supporter),
    /// The session ended.
    Ended(Outcome),
    /// An extension's or the portal's own words.
    Custom {
        /// First line.
        title: String,
        /// The rest.
        message: String,
        /// Who speaks.
        by: String,
    },
    /// What a check wants known although it did not decide.
    Warned {
        /// Which check.
        by: String,
        /// Its words.
        message: String,
    },
}

/// What became of a portal's request.
#[derive(Clone, Debug, PartialEq)]
pub enum AskOutcome {
    /// The supporter may connect now.
    Joined,
    /// It was refused, with every reason.
    Refused(Vec<Reason>),
    /// The session was ended as asked.
    Disconnected,
    /// The elevation ended.
    Elevation(ElevationOutcome),
}

/// What the hooks of kind `observe` are told about.
#[derive(Clone, Debug, PartialEq)]
pub enum Observation {
    /// `address.reported`.
    AddressReported {
        /// The address.
        address: Address,
        /// The client's name.
        client: String,
    },
    /// `session.started`: a supporter is in.
    SessionStarted {
        /// Whose.
        session: SessionId,
        /// Who.
        supporter: Supporter,
        /// The client's name.
        client: String,
    },
    /// `session.ended`.
    SessionEnded(SessionEnd),
    /// `client.exited`.
    ClientExited {
        /// The client's name.
        client: String,
        /// Its exit code.
        code: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
    },
    /// `elevation.finished`.
    ElevationFinished(ElevationEnd),
}

/// A session that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct SessionEnd {
    /// Which.
    pub session: SessionId,
    /// Who was in, if anybody.
    pub supporter: Option<Supporter>,
    /// The client's name.
    pub client: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it lasted, in seconds.
    pub seconds: u64,
}

/// A request for elevated rights that is over.
#[derive(Clone, Debug, PartialEq)]
pub struct ElevationEnd {
    /// In which session.
    pub session: SessionId,
    /// `granted`, `denied`, `expired`, `failed`.
    pub outcome: &'static str,
    /// The program.
    pub program: String,
}

/// One line of the audit record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happened: `session.requested`, `session.denied`, `consent.allowed`, ...
    pub action: &'static str,
    /// In which session.
    pub session: Option<SessionId>,
    /// What else is known. Never a credential.
    pub fields: Vec<(&'static str, String)>,
}
