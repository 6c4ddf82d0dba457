//! What is made of what came of calls.

use std::collections::BTreeMap;

use deskhook_hooks::{Answer, Fault, Findings, Hook};

use super::inputs::Input;

/// What it means when a hook fails and says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failing {
    /// The input was one of those that hosts make: it has to be answered.
    Wrong,
    /// Worth one note for all of them.
    Odd,
    /// Just right: the host gave it nothing to decide by.
    Right,
}

/// What came of the calls of one check.
#[derive(Default)]
pub(super) struct Record {
    pub(super) findings: Findings,
    /// By hook, the inputs that were odd to it, and what it said first.
    odd: BTreeMap<Hook, (Vec<&'static str>, String)>,
}

impl Record {
    /// Judges an answer to an input as something that a host can work with.
    pub(super) fn judge(&mut self, input: &Input, answer: Result<Answer, Fault>, failing: Failing) {
        match answer {
            Ok(_) => {}
            Err(Fault::Failed { message, .. }) if message.contains("did not say why") => {
                let what = format!("{input}: {message}; write a sentence to `error`");
                self.findings.problem(what);
            }
            Err(Fault::Failed { message, .. }) => self.failed(input, message, failing),
            Err(fault) => self.findings.problem(format!("{input}: {fault}")),
        }
    }

    fn failed(&mut self, input: &Input, message: String, failing: Failing) {
        match failing {
            Failing::Wrong => self.findings.problem(format!(
                "{input} fails, where nothing is wrong with input and host: {message}"
            )),
            Failing::Odd => {
                let odd = self.odd.entry(input.call.hook);
                let (kinds, _) = odd.or_insert_with(|| (vec![], message));
                kinds.push(input.kind);
            }
            Failing::Right => {}
        }
    }

    /// All that was found.
    pub(super) fn finish(mut self) -> Findings {
        let odd = self
            .odd
            .iter()
            .map(|(hook, (kinds, said))| format!("{hook} ({}: {said})", kinds.join(", ")));
        let odd: Vec<String> = odd.collect();
        if !odd.is_empty() {
            let what = "with input that no host makes it fails, and says why";
            self.findings.note(format!("{what}: {}", odd.join("; ")));
        }
        self.findings
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::validation::inputs;

    fn failed(message: &str) -> Result<Answer, Fault> {
        Err(Fault::Failed {
            message: message.to_owned(),
            place: None,
        })
    }

    #[test]
    fn failures_with_odd_input_are_one_note() {
        let mut record = Record::default();
        for hook in [Hook::SessionRequest, Hook::Timer] {
            for input in inputs::of(hook) {
                record.judge(&input, failed("no reason"), Failing::Odd);
            }
        }
        let findings = record.finish();
        assert_eq!(findings.problems, [""; 0]);
        assert_eq!(findings.notes.len(), 1, "{:?}", findings.notes);
        let note = &findings.notes[0];
        assert!(
            note.contains("session.request (empty, usual, odd"),
            "{note}"
        );
        assert!(note.contains("timer (empty"), "{note}");
    }

    #[test]
    fn a_failure_with_usual_input_or_without_a_sentence_is_a_problem() {
        let input = inputs::usual(Hook::SessionRequest).unwrap();
        for (answer, failing, told) in [
            (
                failed("no disk"),
                Failing::Wrong,
                "nothing is wrong with input",
            ),
            (
                failed("it failed with status 1 and did not say why"),
                Failing::Right,
                "write a sentence",
            ),
            (
                Err(Fault::BadAnswer {
                    message: "no JSON".to_owned(),
                }),
                Failing::Odd,
                "no JSON",
            ),
        ] {
            let mut record = Record::default();
            record.judge(&input, answer, failing);
            let findings = record.finish();
            assert_eq!(findings.problems.len(), 1);
            assert!(findings.problems[0].contains(told), "{findings:?}");
        }
        let mut record = Record::default();
        record.judge(&input, failed("the host is silent"), Failing::Right);
        assert_eq!(record.finish(), Findings::default());
    }
}
