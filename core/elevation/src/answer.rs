use deskhook_session::{ElevationOutcome, Reason};
use deskhook_wire::{AskOutcomeShape, ReasonShape};

use crate::Refusal;

/// What `deskhook elevate` says at its end: one line of JSON on standard output, in the shape of
/// [`AskOutcomeShape::Elevation`], and an exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer(AskOutcomeShape);

impl Answer {
    /// The program ran and ended with `code`; 128 + N where signal N ended it.
    pub fn granted(code: i32) -> Self {
        Self(AskOutcomeShape::Elevation {
            result: "granted".to_owned(),
            code: Some(code),
            reasons: vec![],
        })
    }

    /// The program did not run.
    pub fn refused(refusal: &Refusal) -> Self {
        let Reason { code, message, by } = refusal.reason();
        Self(AskOutcomeShape::Elevation {
            result: refusal.word().to_owned(),
            code: None,
            reasons: vec![ReasonShape { code, message, by }],
        })
    }

    /// The line, without its end.
    pub fn line(&self) -> String {
        serde_json::to_string(&self.0).expect("a shape of texts and numbers is JSON")
    }

    /// 0 the program ran, whatever its own code · 1 refused · 2 wrong usage · 3 could not.
    pub fn exit_code(&self) -> u8 {
        let AskOutcomeShape::Elevation {
            result, reasons, ..
        } = &self.0
        else {
            return 3;
        };
        match result.as_str() {
            "granted" => 0,
            _ if reasons.iter().any(|reason| reason.code == "usage") => 2,
            "denied" | "expired" => 1,
            _ => 3,
        }
    }

    /// The answer among the lines that came from `deskhook elevate`: the last one that is one.
    pub fn find(output: &str) -> Option<Self> {
        let shape = |line: &str| serde_json::from_str(line).ok();
        let found: Option<AskOutcomeShape> = output.lines().rev().find_map(shape);
        found
            .filter(|shape| matches!(shape, AskOutcomeShape::Elevation { .. }))
            .map(Self)
    }

    /// The same in the session's words. A word that this version does not know is a failure.
    pub fn outcome(self) -> ElevationOutcome {
        let AskOutcomeShape::Elevation {
            result,
            code,
            reasons,
        } = self.0
        else {
            return unknown("another kind of answer");
        };
        let mut reasons = reasons.into_iter().map(|shape| Reason {
            code: shape.code,
            message: shape.message,
            by: shape.by,
        });
        match (result.as_str(), code) {
            ("granted", Some(code)) => ElevationOutcome::Granted { code },
            ("denied", _) => ElevationOutcome::Denied(reasons.collect()),
            ("expired", _) => ElevationOutcome::Expired,
            ("failed", _) => reasons
                .next()
                .map_or_else(|| unknown("no reason"), ElevationOutcome::Failed),
            (other, _) => unknown(other),
        }
    }
}

fn unknown(what: &str) -> ElevationOutcome {
    let message =
        format!("The elevated part of Deskhook answered what this version cannot read ({what}).");
    ElevationOutcome::Failed(Reason::own("elevation-answer", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_survives_the_way_through_other_output() {
        let line = Answer::granted(7).line();
        let found = Answer::find(&format!("a notice of the system\n{line}\n")).unwrap();
        assert_eq!(found.outcome(), ElevationOutcome::Granted { code: 7 });
        assert_eq!(
            Answer::find("nothing of ours\n{\"outcome\":\"joined\"}"),
            None
        );
    }

    #[test]
    fn exit_codes_are_those_of_every_subcommand() {
        let code = |refusal: &Refusal| Answer::refused(refusal).exit_code();
        assert_eq!(Answer::granted(9).exit_code(), 0);
        assert_eq!(code(&Refusal::NotRoot), 1);
        assert_eq!(code(&Refusal::Expired { seconds: 3 }), 1);
        assert_eq!(code(&Refusal::Usage), 2);
        assert_eq!(
            code(&Refusal::Mark(std::io::ErrorKind::StorageFull.into())),
            3
        );
    }

    #[test]
    fn words_of_a_newer_version_are_a_failure_and_never_a_grant() {
        let line = r#"{"outcome":"elevation","result":"granted-later","code":0}"#;
        let outcome = Answer::find(line).unwrap().outcome();
        assert!(
            matches!(outcome, ElevationOutcome::Failed(_)),
            "{outcome:?}"
        );
        let line = r#"{"outcome":"elevation","result":"granted"}"#;
        let outcome = Answer::find(line).unwrap().outcome();
        assert!(
            matches!(outcome, ElevationOutcome::Failed(_)),
            "{outcome:?}"
        );
    }
}
