use deskhook_policy::Address;

use crate::{AskId, Judgement, Origin, Prompt, Reason, Request, SessionId};

/// What happened. Every answer to an effect carries the session it belongs to; one that comes
/// from another session is dropped before it is looked at, as is one that belongs to another request
/// for elevated rights.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Somebody asked for something.
    Requested {
        /// What.
        request: Request,
        /// Who.
        origin: Origin,
    },
    /// The pre-connect checks ran.
    Checked {
        /// Whose.
        session: SessionId,
        /// Every voice.
        judgements: Vec<Judgement>,
    },
    /// A part of the client's download came in.
    Fetched {
        /// Whose.
        session: SessionId,
        /// Bytes so far.
        received: u64,
        /// Bytes in all, where the server said so.
        total: Option<u64>,
    },
    /// The client runs, and this is its address.
    ClientReady {
        /// Whose.
        session: SessionId,
        /// Where supporters reach it.
        address: Address,
    },
    /// The client could not be had, started or asked.
    ClientFailed {
        /// Whose.
        session: SessionId,
        /// Why.
        failure: ClientFailure,
    },
    /// The client ended.
    ClientExited {
        /// Whose.
        session: SessionId,
        /// Its exit code.
        code: Option<i32>,
        /// The signal that ended it.
        signal: Option<i32>,
    },
    /// The portal acknowledged the address.
    Reported {
        /// Whose.
        session: SessionId,
    },
    /// The portal cannot take the address, and never will.
    ReportRefused {
        /// Whose.
        session: SessionId,
        /// What it said.
        message: String,
    },
    /// The `session.join` hooks ran.
    JoinJudged {
        /// Whose.
        session: SessionId,
        /// Every voice.
        judgements: Vec<Judgement>,
    },
    /// The `consent.prompt` hooks ran.
    ConsentPhrased {
        /// Whose.
        session: SessionId,
        /// The words.
        prompt: Prompt,
    },
    /// The `elevation.request` hooks ran.
    ElevationJudged {
        /// Whose.
        session: SessionId,
        /// Which request.
        ask: AskId,
        /// Every voice.
        judgements: Vec<Judgement>,
    },
    /// The operating system's elevation ended.
    Elevated {
        /// Whose.
        session: SessionId,
        /// Which request.
        ask: AskId,
        /// How.
        outcome: ElevationOutcome,
    },
    /// Somebody signed in at the device, or nobody is there any more.
    PersonSeen {
        /// Whether somebody is there.
        present: bool,
    },
    /// The policy changed.
    PolicyChanged,
    /// Time went by.
    Ticked,
}

/// Why there is no client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientFailure {
    /// What the person and the portal are told.
    pub reason: Reason,
    /// What an administrator needs: a computed hash, a line to paste, an exit code.
    pub detail: Option<String>,
}

/// How a request for elevated rights ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ElevationOutcome {
    /// The program was run.
    Granted {
        /// Its exit code.
        code: i32,
    },
    /// Somebody said no: policy, a hook, the person, the helper or the operating system.
    Denied(Vec<Reason>),
    /// Nobody answered in time.
    Expired,
    /// It could not be tried.
    Failed(Reason),
}

impl ElevationOutcome {
    /// The word for hooks, records and pages: `granted`, `denied`, `expired`, `failed`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Granted { .. } => "granted",
            Self::Denied(_) => "denied",
            Self::Expired => "expired",
            Self::Failed(_) => "failed",
        }
    }
}
