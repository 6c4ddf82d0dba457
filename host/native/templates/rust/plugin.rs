//! @ID@: no session starts without a reason that says something.
//!
//! `@SECTION@.ShortestReason` in the policy is how many characters a reason has at least, blanks
//! not counted; 10 where the policy is silent. The manifest asks for `policy:@SECTION@`, and has
//! the sentence that the person reads.

use deskhook_sdk::{
    Failure, Hook, Host, HostError, Json, Plugin, SessionRequest, Verdict, export_plugin,
};

const KEY: &str = "@SECTION@.ShortestReason";
const DEFAULT_SHORTEST: u64 = 10;

/// The check.
pub struct Reason;

impl Plugin for Reason {
    const ID: &'static str = "@ID@";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const HOOKS: &'static [Hook] = &[Hook::SessionRequest];

    fn new(_: Host) -> Result<Self, Failure> {
        Ok(Self)
    }

    fn session_request(
        &mut self,
        asked: &SessionRequest<'_>,
        host: Host,
    ) -> Result<Verdict, Failure> {
        let least = shortest(host)?;
        let reason = asked.reason.unwrap_or_default().chars();
        let characters = reason.filter(|one| !one.is_whitespace()).count();
        if characters as u64 >= least {
            return Ok(Verdict::Allow);
        }
        Ok(Verdict::deny("reason-too-short", sentence(host, least)?))
    }
}

export_plugin!(Reason);

/// How many characters a reason has at least. A value that is none fails, and so denies: a check
/// that guesses is none.
fn shortest(host: Host) -> Result<u64, Failure> {
    let Some(value) = host.policy(KEY)? else {
        return Ok(DEFAULT_SHORTEST);
    };
    value.as_u64().ok_or_else(|| {
        let found = value.as_text();
        Failure::new(format!(
            "the policy's {KEY} must be a whole number, found {found}"
        ))
    })
}

/// What the person reads, in their language; in English where the host is of 1.0 and has no texts.
fn sentence(host: Host, least: u64) -> Result<String, Failure> {
    let values = Json::new(format!(r#"{{"least": {least}}}"#));
    let found = match host.text("reason-too-short", &values) {
        Err(HostError::NotOffered(_)) => None,
        found => found?,
    };
    let english = || "Please say in a sentence what you need help with.".to_owned();
    Ok(found.unwrap_or_else(english))
}

#[cfg(test)]
mod tests {
    use deskhook_sdk::testing::Trial;

    use super::*;

    const MANIFEST: &str = include_str!("../deskhook-plugin.json");
    const GOOD: &str = "The printer prints nothing.";

    fn asked(reason: &str) -> SessionRequest<'_> {
        SessionRequest {
            reason: Some(reason),
            ..SessionRequest::default()
        }
    }

    fn denial(trial: &Trial<Reason>, reason: &str) -> String {
        match trial.session_request(&asked(reason)) {
            Ok(Verdict::Deny { code, message }) if code == "reason-too-short" => message,
            other => panic!("{reason:?}: {other:?}"),
        }
    }

    #[test]
    fn the_manifest_says_what_the_plugin_says() {
        let manifest = Json::new(MANIFEST);
        for (field, own) in [("id", Reason::ID), ("version", Reason::VERSION)] {
            let found = manifest.field(field).and_then(|value| value.as_string());
            assert_eq!(found.as_deref(), Some(own), "{field}");
        }
    }

    #[test]
    fn a_reason_that_says_something_is_enough() {
        let trial = Trial::<Reason>::new();
        assert_eq!(trial.session_request(&asked(GOOD)), Ok(Verdict::Allow));
    }

    #[test]
    fn a_word_or_blanks_or_nothing_is_not_enough() {
        let trial = Trial::<Reason>::new();
        for reason in ["help", "           ", ""] {
            assert!(denial(&trial, reason).contains("what you need help with"));
        }
        let nothing = trial.session_request(&SessionRequest::default());
        assert!(matches!(nothing, Ok(Verdict::Deny { .. })), "{nothing:?}");
    }

    #[test]
    fn a_person_reads_the_text_of_the_manifest() {
        let trial = Trial::<Reason>::new().text("reason-too-short", "Bitte sagen Sie mehr.");
        assert_eq!(denial(&trial, "help"), "Bitte sagen Sie mehr.");
    }

    #[test]
    fn the_policy_says_how_many_characters_a_reason_has() {
        let trial = Trial::<Reason>::new().policy(KEY, Json::new("3"));
        for reason in ["fax", "ÜÖÄ"] {
            let said = trial.session_request(&asked(reason));
            assert_eq!(said, Ok(Verdict::Allow), "{reason}");
        }
        denial(&trial, "ÜÖ");
    }

    #[test]
    fn what_is_no_number_or_not_granted_fails_instead_of_guessing() {
        let trial = Trial::<Reason>::new().policy(KEY, Json::new("\"many\""));
        let failure = trial.session_request(&asked(GOOD)).unwrap_err();
        assert!(failure.message().contains("\"many\""), "{failure:?}");
        let trial = Trial::<Reason>::new().without_policy();
        assert!(trial.session_request(&asked(GOOD)).is_err());
    }
}
