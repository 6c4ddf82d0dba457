use std::collections::BTreeMap;

use super::branch::Branch;
use crate::{AuditException, Place, Problem, Provenance, Source, audit, schema};

/// The exceptions that are whole, by the rule's id, and what is wrong with the others.
#[derive(Default)]
pub(super) struct Exceptions {
    pub(super) decided: BTreeMap<String, AuditException>,
    pub(super) problems: Vec<Problem>,
}

pub(super) fn exceptions(written: Branch<'_>, provenance: &Provenance) -> Exceptions {
    let mut exceptions = Exceptions::default();
    for (name, section) in written.entries() {
        let key = format!("Audit.Exceptions.{name}");
        let mut winners = provenance.under(&key).filter_map(|t| t.winner.as_ref());
        let place = match winners.next() {
            Some(setting) => setting.place.clone(),
            None => Place::file_start(&Source::new("", "")),
        };
        match exception(name, section) {
            Ok((id, exception)) => drop(exceptions.decided.insert(id.to_owned(), exception)),
            Err(wrong) => exceptions.problems.push(wrong.told(key, place)),
        }
    }
    exceptions
}

/// Why an exception is none.
enum Wrong {
    Unknown { nearest: Option<&'static str> },
    Manual,
    Incomplete(&'static str),
}

fn exception(name: &str, section: Branch<'_>) -> Result<(&'static str, AuditException), Wrong> {
    let mut rules = audit::rules();
    let Some(rule) = rules.find(|rule| rule.id.eq_ignore_ascii_case(name)) else {
        let nearest = schema::nearest(name, audit::rules().map(|rule| rule.id));
        return Err(Wrong::Unknown { nearest });
    };
    if rule.is_manual() {
        return Err(Wrong::Manual);
    }
    let reason = section.text("Reason");
    let until = section.text("Until").and_then(|day| day.parse().ok());
    let reason = reason.ok_or(Wrong::Incomplete("Reason"))?;
    let until = until.ok_or(Wrong::Incomplete("Until"))?;
    Ok((rule.id, AuditException { reason, until }))
}

impl Wrong {
    fn told(self, key: String, place: Place) -> Problem {
        let problem = match self {
            Self::Unknown { nearest } => {
                let message = format!("{key} is for a rule that the audit does not have");
                let problem = Problem::warning("unknown-rule", place, message);
                problem.with_help(match nearest {
                    Some(id) => format!("did you mean {id}?"),
                    None => "deskhook policy audit --json lists every rule".to_owned(),
                })
            }
            Self::Manual => {
                let message = format!("{key} is for a rule that only people can look at");
                Problem::warning("unknown-rule", place, message)
                    .with_help("nothing finds it, so there is nothing to except")
            }
            Self::Incomplete(missing) => {
                let message = format!("{key} excepts nothing: it has no {missing}");
                let help = "write {\"Reason\": \"why it is so\", \"Until\": \"YYYY-MM-DD\"}";
                Problem::error("exception-incomplete", place, message).with_help(help)
            }
        };
        problem.with_key(key)
    }
}
