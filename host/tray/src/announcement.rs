use deskhook_agent::Snapshot;
use deskhook_policy::Language;
use deskhook_session::{Notice, Outcome, Reason, Supporter};

use crate::clean;
use crate::menu::organisation_name;
use crate::sentence::{sentence, warning};
use crate::text::Texts;

const LONGEST_TITLE: usize = 100;
const LONGEST_TEXT: usize = 2000;

/// Something that the person is told, in words, without markup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announcement {
    /// First line.
    pub title: String,
    /// The rest; one line for each reason.
    pub message: String,
    /// How much it matters.
    pub weight: Weight,
}

/// How much it matters that the person reads it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// Good to know.
    News,
    /// The answer to what the person just did: shown in a window where nothing else shows it.
    Answer,
}

/// A notice in the person's language: every reason of a refusal as a sentence of its own.
pub fn announcement(notice: &Notice, snapshot: &Snapshot, language: &Language) -> Announcement {
    let texts = Texts::of(language);
    let (title, message, weight) = match notice {
        Notice::Refused(reasons) => (
            texts.get("notice.refused").to_owned(),
            sentences(reasons, language),
            Weight::Answer,
        ),
        Notice::Failed(reason) => (
            texts.get("notice.failed").to_owned(),
            sentence(reason, language),
            Weight::Answer,
        ),
        Notice::AlreadyRunning => (
            texts.get("notice.running").to_owned(),
            texts.get("notice.running-body").to_owned(),
            Weight::Answer,
        ),
        Notice::Joined(supporter) => {
            about(texts, supporter, ("notice.joined", "notice.joined-body"))
        }
        Notice::JoinRefused { supporter, reasons } => {
            let words = ("notice.join-refused", "notice.join-refused-body");
            let (title, body, weight) = about(texts, supporter, words);
            let said = [sentences(reasons, language), body].join("\n");
            (title, said.trim_start().to_owned(), weight)
        }
        Notice::Ended(outcome) => (
            texts.get("notice.ended").to_owned(),
            texts.get(outcome_key(outcome)).to_owned(),
            Weight::News,
        ),
        Notice::Custom { title, message, .. } => (title.clone(), message.clone(), Weight::News),
        Notice::Warned { message, .. } => (
            texts.get("notice.warned").to_owned(),
            warning(message, language),
            Weight::News,
        ),
    };
    let title = clean::line(&title, LONGEST_TITLE);
    Announcement {
        title: if title.is_empty() {
            organisation_name(snapshot)
        } else {
            title
        },
        message: clean::lines(&message, LONGEST_TEXT),
        weight,
    }
}

fn sentences(reasons: &[Reason], language: &Language) -> String {
    let mut said: Vec<String> = vec![];
    for reason in reasons {
        let sentence = sentence(reason, language);
        if !said.contains(&sentence) {
            said.push(sentence);
        }
    }
    said.join("\n")
}

fn about(
    texts: Texts,
    supporter: &Supporter,
    (title, body): (&str, &str),
) -> (String, String, Weight) {
    let name = clean::line(&supporter.name, LONGEST_TITLE);
    let name = if name.is_empty() {
        texts.get("dialog.unnamed").to_owned()
    } else {
        name
    };
    (
        texts.fill(title, &[("supporter", &name)]),
        texts.get(body).to_owned(),
        Weight::News,
    )
}

fn outcome_key(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Disconnected => "outcome.disconnected",
        Outcome::Stopped => "outcome.stopped",
        Outcome::ClientExited => "outcome.client-exited",
        Outcome::TimeLimit => "outcome.time-limit",
        Outcome::Policy => "outcome.policy",
        Outcome::Denied => "outcome.denied",
        Outcome::Failed => "outcome.failed",
        Outcome::AgentStopped => "outcome.agent-stopped",
    }
}

#[cfg(test)]
mod tests;
