use deskhook_policy::Language;
use deskhook_session::{Question, QuestionKind};

use crate::Snapshot;

/// An open question in words, as every surface says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuestionWords {
    /// Who wants what, on one line.
    pub title: String,
    /// Everything else that the person needs to know, over several lines.
    pub message: String,
}

/// The bare facts in English: for an agent that is built without texts of its own.
pub(crate) fn plain(question: &Question, _: &Snapshot, _: &Language) -> QuestionWords {
    let (title, message) = match &question.kind {
        QuestionKind::Check { title, message, .. } => (title.clone(), message.clone()),
        QuestionKind::Details { reason, ticket } => {
            let wanted = match (reason, ticket) {
                (true, true) => "A reason and a ticket number are wanted.",
                (false, true) => "A ticket number is wanted.",
                _ => "A reason is wanted.",
            };
            ("Why do you need support?".to_owned(), wanted.to_owned())
        }
        QuestionKind::Consent { join, prompt } => {
            let title = prompt.title.clone();
            let message = prompt.message.clone().or_else(|| join.reason.clone());
            (
                title.unwrap_or_else(|| format!("{} asks to join", join.supporter.name)),
                message.unwrap_or_default(),
            )
        }
        QuestionKind::Elevation(ask) => {
            let title = format!(
                "{} asks to run {} with elevated rights",
                ask.supporter.name, ask.program
            );
            let arguments = ask.arguments.iter().map(|text| format!(" {text:?}"));
            let lines = [
                format!("{}{}", ask.program, arguments.collect::<String>()),
                format!(
                    "as the administrator of this device, for {} minutes",
                    ask.minutes
                ),
                ask.reason.clone().unwrap_or_default(),
            ];
            (title, lines.join("\n").trim_end().to_owned())
        }
    };
    QuestionWords { title, message }
}
