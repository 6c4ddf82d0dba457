use std::time::Duration;

use deskhook_policy::{Address, ClientSpec};

use crate::verdict::CheckQuestion;
use crate::{
    ElevationAsk, JoinAsk, Moment, Origin, PhaseName, Progress, Question, SessionId, Supporter,
    Terms,
};

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The supporter disconnected.
    Disconnected,
    /// The person, or an extension, stopped it.
    Stopped,
    /// The client ended by itself.
    ClientExited,
    /// The policy's time limit.
    TimeLimit,
    /// The policy no longer allows it.
    Policy,
    /// A check denied it.
    Denied,
    /// The client could not be had or started.
    Failed,
    /// The agent stopped.
    AgentStopped,
}

impl Outcome {
    /// The word for hooks, records and pages.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Stopped => "stopped",
            Self::ClientExited => "client-exited",
            Self::TimeLimit => "time-limit",
            Self::Policy => "policy",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::AgentStopped => "agent-stopped",
        }
    }
}

/// The session that is under way.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) id: SessionId,
    pub(crate) started: Moment,
    pub(crate) origin: Origin,
    pub(crate) reason: Option<String>,
    pub(crate) ticket: Option<String>,
    pub(crate) spec: ClientSpec,
    pub(crate) terms: Terms,
    pub(crate) phase: Phase,
    pub(crate) address: Option<Address>,
    pub(crate) reported: bool,
    pub(crate) progress: Option<Progress>,
    /// Whether a client was launched, so that ending the session ends it too.
    pub(crate) launched: bool,
    pub(crate) elevation: Option<Elevation>,
}

/// Where it stands, with what only that phase knows.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    /// The organisation wants to know more before anything runs.
    Details(Question),
    /// The checks run.
    Checking,
    /// A check wants the person to be asked; more may follow.
    Confirming {
        question: Question,
        rest: Vec<CheckQuestion>,
    },
    /// The client is fetched and started.
    Launching,
    /// The address is known. Nobody asks to join.
    Ready,
    /// A supporter asks to join.
    Joining { join: JoinAsk, step: JoinStep },
    /// A supporter is in.
    Connected { join: JoinAsk, since: Moment },
}

/// What is open about a join.
#[derive(Clone, Debug)]
pub(crate) enum JoinStep {
    Judging,
    Confirming {
        question: Question,
        rest: Vec<CheckQuestion>,
    },
    Phrasing,
    Asking(Question),
}

/// A request for elevated rights under way.
#[derive(Clone, Debug)]
pub(crate) struct Elevation {
    pub(crate) ask: ElevationAsk,
    pub(crate) step: ElevationStep,
}

/// What is open about it.
#[derive(Clone, Debug)]
pub(crate) enum ElevationStep {
    Judging,
    Confirming {
        question: Question,
        rest: Vec<CheckQuestion>,
    },
    Asking(Question),
    Running,
}

impl Live {
    /// The open question, whichever part of the session asks it.
    pub(crate) fn question(&self) -> Option<&Question> {
        let of_elevation =
            self.elevation
                .as_ref()
                .and_then(|elevation| match &elevation.step {
                    ElevationStep::Confirming { question, .. }
                    | ElevationStep::Asking(question) => Some(question),
                    ElevationStep::Judging | ElevationStep::Running => None,
                });
        of_elevation.or(match &self.phase {
            Phase::Details(question) | Phase::Confirming { question, .. } => Some(question),
            Phase::Joining {
                step: JoinStep::Confirming { question, .. } | JoinStep::Asking(question),
                ..
            } => Some(question),
            _ => None,
        })
    }

    /// When whoever asks to join or for elevated rights gives up waiting.
    pub(crate) fn waited_until(&self) -> Option<Moment> {
        let asked = self.elevation.as_ref().map(|elevation| elevation.ask.until);
        asked.unwrap_or(match &self.phase {
            Phase::Joining { join, .. } => join.until,
            _ => None,
        })
    }

    /// When the policy's time limit ends it.
    pub(crate) fn limit(&self) -> Option<Moment> {
        let minutes = u64::from(self.terms.max_minutes?);
        Some(self.started.after(Duration::from_secs(minutes * 60)))
    }

    pub(crate) fn supporter(&self) -> Option<&Supporter> {
        match &self.phase {
            Phase::Joining { join, .. } | Phase::Connected { join, .. } => Some(&join.supporter),
            _ => None,
        }
    }

    pub(crate) fn phase_name(&self) -> PhaseName {
        match &self.phase {
            Phase::Details(_) | Phase::Checking | Phase::Confirming { .. } => PhaseName::Checking,
            Phase::Launching => PhaseName::Launching,
            Phase::Ready if self.reported => PhaseName::Waiting,
            Phase::Ready => PhaseName::Reporting,
            Phase::Joining { .. } => PhaseName::Joining,
            Phase::Connected { .. } => PhaseName::Connected,
        }
    }
}
