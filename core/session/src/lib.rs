//! The life of one support session, as a pure state machine.
//!
//! [`Session::handle`] takes the time, what happened and the policy, and returns what is to be
//! done. There is no clock, no serialisation, no file, no thread and no dialog here: time comes
//! in as a [`Moment`], a question to the person is a value in the [`View`], and its answer is a
//! [`Request`] like any other.
//!
//! Two values can be made nowhere else: [`Clearance`], the only key to launching a client, and
//! [`ElevationPermit`], the only key to asking the operating system for elevated rights.

mod effect;
mod event;
mod grants;
mod live;
mod machine;

mod proof;
mod question;
mod request;
mod terms;
mod verdict;
mod view;

pub use effect::{
    AskOutcome, Effect, ElevationEnd, Entry, Inquiry, Notice, Observation, SessionEnd,
};
pub use event::{ClientFailure, ElevationOutcome, Event};
pub use live::Outcome;
pub use machine::Session;

pub use proof::{Clearance, ElevationPermit};
pub use question::{Prompt, PromptField, Question, QuestionId, QuestionKind};
pub use request::{
    Answer, AskId, ElevationAsk, JoinAsk, Moment, Origin, Request, SessionId, Supporter,
};
pub use terms::Terms;
pub use verdict::{Judgement, Reason, Verdict};
pub use view::{PhaseName, Progress, View};
