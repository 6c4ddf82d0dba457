/// What one check or hook says to a question of kind `decide`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing against it.
    Allow,
    /// No, and why.
    Deny {
        /// A stable word for programs: `outside-hours`.
        code: String,
        /// The sentence that the person reads.
        message: String,
    },
    /// Ask the person first.
    Ask {
        /// First line of the question.
        title: String,
        /// The question.
        message: String,
        /// Seconds until silence is a no; none is 60.
        timeout: Option<u32>,
    },
}

/// One voice in a decision. No verdict is an abstention, which never counts as allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// Which check, package or plugin.
    pub by: String,
    /// What it said.
    pub verdict: Option<Verdict>,
    /// What the portal and the person should know although it does not decide: a warning, or
    /// why an optional handler failed.
    pub note: Option<String>,
    /// How long it took, in microseconds.
    pub micros: u64,
}

/// Why something was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// A stable word for programs.
    pub code: String,
    /// The sentence that people read.
    pub message: String,
    /// Which check, package, plugin, or `deskhook` itself.
    pub by: String,
}

impl Reason {
    /// A reason of Deskhook's own.
    pub fn own(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            by: "deskhook".to_owned(),
        }
    }
}

/// What all voices together say: deny over ask over allow, abstentions not counted.
pub(crate) enum Decision {
    /// Every reason of every denial.
    Denied(Vec<Reason>),
    /// The questions to ask, in handler order. None: allowed, or nobody spoke.
    Open(Vec<CheckQuestion>),
}

/// A question that a check wants the person to be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CheckQuestion {
    pub(crate) by: String,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) timeout: u32,
}

const ASK_SECONDS: u32 = 60;

pub(crate) fn combine(judgements: &[Judgement]) -> Decision {
    let mut reasons = vec![];
    let mut questions = vec![];
    for judgement in judgements {
        match &judgement.verdict {
            Some(Verdict::Deny { code, message }) => reasons.push(Reason {
                code: code.clone(),
                message: message.clone(),
                by: judgement.by.clone(),
            }),
            Some(Verdict::Ask {
                title,
                message,
                timeout,
            }) => questions.push(CheckQuestion {
                by: judgement.by.clone(),
                title: title.clone(),
                message: message.clone(),
                timeout: timeout.unwrap_or(ASK_SECONDS),
            }),
            Some(Verdict::Allow) | None => {}
        }
    }
    if reasons.is_empty() {
        Decision::Open(questions)
    } else {
        Decision::Denied(reasons)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voice(verdict: Option<Verdict>) -> Judgement {
        Judgement {
            by: "x".into(),
            verdict,
            note: None,
            micros: 0,
        }
    }

    fn deny(code: &str) -> Option<Verdict> {
        Some(Verdict::Deny {
            code: code.into(),
            message: code.into(),
        })
    }

    fn ask() -> Option<Verdict> {
        Some(Verdict::Ask {
            title: "t".into(),
            message: "m".into(),
            timeout: None,
        })
    }

    #[test]
    fn one_denial_outweighs_everything_and_every_reason_is_kept() {
        let voices = [
            voice(Some(Verdict::Allow)),
            voice(deny("a")),
            voice(ask()),
            voice(deny("b")),
        ];
        let Decision::Denied(reasons) = combine(&voices) else {
            panic!("not denied")
        };
        assert_eq!(
            reasons.iter().map(|r| r.code.as_str()).collect::<Vec<_>>(),
            ["a", "b"]
        );
    }

    #[test]
    fn a_question_outweighs_an_allowance() {
        let Decision::Open(questions) = combine(&[voice(Some(Verdict::Allow)), voice(ask())])
        else {
            panic!("denied")
        };
        assert_eq!(questions.len(), 1);
    }
}
