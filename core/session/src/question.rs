use crate::{ElevationAsk, JoinAsk, Moment};

/// Names one question of this agent's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct QuestionId(pub u64);

/// A question to the person: a value that surfaces show, and answer by a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Its name, for the answer.
    pub id: QuestionId,
    /// What is asked.
    pub kind: QuestionKind,
    /// When silence becomes an answer.
    pub expires: Moment,
}

/// What is asked of the person.
#[derive(Clone, Debug, PartialEq)]
pub enum QuestionKind {
    /// A check wants to be sure.
    Check {
        /// Which check.
        by: String,
        /// First line.
        title: String,
        /// The question.
        message: String,
    },
    /// The organisation wants to know why, before it starts.
    Details {
        /// A reason is missing.
        reason: bool,
        /// A ticket is missing, or the one given does not fit.
        ticket: bool,
    },
    /// A supporter wants to join.
    Consent {
        /// Who, and what for.
        join: JoinAsk,
        /// The words, after the `consent.prompt` hooks.
        prompt: Prompt,
    },
    /// A supporter wants one program run with elevated rights.
    Elevation(ElevationAsk),
}

impl QuestionKind {
    /// The word for programs: `check`, `details`, `consent`, `elevation`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Check { .. } => "check",
            Self::Details { .. } => "details",
            Self::Consent { .. } => "consent",
            Self::Elevation(_) => "elevation",
        }
    }
}

/// The words of a consent dialog. What is empty is said in the agent's own words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// First line.
    pub title: Option<String>,
    /// The text.
    pub message: Option<String>,
    /// What else is shown: label and value.
    pub fields: Vec<PromptField>,
}

/// A line of a consent dialog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PromptField {
    /// Name, for programs.
    pub id: String,
    /// What the person reads.
    pub label: String,
}
