mod consent;
mod elevation;

use deskhook_agent::{QuestionWords, Snapshot};
use deskhook_policy::{Language, OnTimeout};
use deskhook_session::{Question, QuestionKind, Supporter};

use crate::text::Texts;
use crate::{clean, clock};

/// The most characters of a name, of a line and of a text that somebody else chose.
const LONGEST_NAME: usize = 60;
const LONGEST_LINE: usize = 300;
const LONGEST_TEXT: usize = 2000;

/// A question to the person in words, without markup. Text from outside stands in it on lines of
/// its own, without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DialogText {
    /// Who wants what.
    pub title: String,
    /// Everything that the person needs to know, over several lines.
    pub message: String,
    /// The word that agrees. Never the same as `refuse`.
    pub allow: String,
    /// The word that does not.
    pub refuse: String,
    /// What is to be filled in, with its label; empty where yes or no is the answer.
    pub blanks: Vec<(Blank, String)>,
    /// How long silence is waited out, in seconds from the snapshot.
    pub seconds: u64,
}

/// Something to fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blank {
    /// Why support is needed.
    Reason,
    /// The ticket's number.
    Ticket,
}

/// The words of an open question, in the person's language.
pub fn dialog(question: &Question, snapshot: &Snapshot, language: &Language) -> DialogText {
    let asking = Asking {
        texts: Texts::of(language),
        language,
        snapshot,
        question,
    };
    match &question.kind {
        QuestionKind::Check { by, title, message } => check(asking, by, (title, message)),
        QuestionKind::Details { reason, ticket } => {
            details(asking, [(*reason, Blank::Reason), (*ticket, Blank::Ticket)])
        }
        QuestionKind::Consent { join, prompt } => consent::text(asking, join, prompt),
        QuestionKind::Elevation(ask) => elevation::text(asking, ask),
    }
}

/// The same for surfaces that have no window to put it in, such as a terminal.
pub fn words(question: &Question, snapshot: &Snapshot, language: &Language) -> QuestionWords {
    let DialogText { title, message, .. } = dialog(question, snapshot, language);
    QuestionWords { title, message }
}

/// What every question's words are made of.
#[derive(Clone, Copy)]
struct Asking<'a> {
    texts: Texts,
    language: &'a Language,
    snapshot: &'a Snapshot,
    question: &'a Question,
}

impl Asking<'_> {
    fn seconds(&self) -> u64 {
        self.question
            .expires
            .since(self.snapshot.now)
            .div_ceil(1000)
    }

    /// How long the person has, and what silence means.
    fn silence(&self, key: &str) -> String {
        let time = clock::second(self.snapshot, self.question.expires);
        let seconds = self.seconds().to_string();
        self.texts
            .fill(key, &[("time", &time), ("seconds", &seconds)])
    }

    fn yes_or_no(&self, title: String, message: String) -> DialogText {
        DialogText {
            title,
            message,
            allow: self.texts.get("dialog.allow").to_owned(),
            refuse: self.texts.get("dialog.refuse").to_owned(),
            blanks: vec![],
            seconds: self.seconds(),
        }
    }

    fn name(&self, supporter: &Supporter) -> String {
        let name = clean::line(&supporter.name, LONGEST_NAME);
        if name.is_empty() {
            self.texts.get("dialog.unnamed").to_owned()
        } else {
            name
        }
    }

    /// Name and organisation, and a second line where nobody vouches for them.
    fn who(&self, supporter: &Supporter) -> String {
        let (name, organisation) = (
            self.name(supporter),
            clean::line(&supporter.organisation, LONGEST_NAME),
        );
        let key = if organisation.is_empty() {
            "consent.who-alone"
        } else {
            "consent.who"
        };
        let values = [
            ("supporter", name.as_str()),
            ("organisation", organisation.as_str()),
        ];
        let who = self.texts.fill(key, &values);
        if supporter.verified {
            return who;
        }
        format!("{who}\n{}", self.texts.get("consent.not-verified"))
    }

    /// A line about something that may not have been said.
    fn line(&self, key: &str, (name, value): (&str, Option<&str>)) -> Option<String> {
        let value = clean::line(value?, LONGEST_LINE);
        (!value.is_empty()).then(|| self.texts.fill(key, &[(name, &value)]))
    }
}

fn check(asking: Asking, by: &str, (title, message): (&str, &str)) -> DialogText {
    let by = clean::line(by, LONGEST_NAME);
    let message = paragraphs([
        clean::lines(message, LONGEST_TEXT),
        asking.texts.fill("check.by", &[("by", &by)]),
        asking.silence("dialog.silence-refuses"),
    ]);
    DialogText {
        allow: asking.texts.get("dialog.yes").to_owned(),
        refuse: asking.texts.get("dialog.no").to_owned(),
        ..asking.yes_or_no(clean::line(title, LONGEST_LINE), message)
    }
}

fn details(asking: Asking, wanted: [(bool, Blank); 2]) -> DialogText {
    let texts = asking.texts;
    let wanted = wanted.into_iter().filter(|(wanted, _)| *wanted);
    let wanted: Vec<Blank> = wanted.map(|(_, blank)| blank).collect();
    let key = match wanted[..] {
        [Blank::Ticket] => "details.ticket",
        [_, _] => "details.both",
        _ => "details.reason",
    };
    let label = |blank: &Blank| match blank {
        Blank::Reason => texts.get("details.field-reason"),
        Blank::Ticket => texts.get("details.field-ticket"),
    };
    let message = paragraphs([
        texts.get(key).to_owned(),
        asking.silence("dialog.silence-cancels"),
    ]);
    DialogText {
        allow: texts.get("dialog.continue").to_owned(),
        refuse: texts.get("dialog.cancel").to_owned(),
        blanks: wanted
            .iter()
            .map(|blank| (*blank, label(blank).to_owned()))
            .collect(),
        ..asking.yes_or_no(texts.get("details.title").to_owned(), message)
    }
}

/// What silence means for a join.
fn on_silence(snapshot: &Snapshot) -> &'static str {
    match snapshot.policy.session.consent.on_timeout {
        OnTimeout::Allow => "dialog.silence-allows",
        OnTimeout::Deny => "dialog.silence-refuses",
    }
}

/// Those that are not empty, with an empty line between each two.
fn paragraphs(parts: impl IntoIterator<Item = String>) -> String {
    let full: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    full.join("\n\n")
}

#[cfg(test)]
mod tests;
