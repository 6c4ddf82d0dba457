//! The closed sets of words in what hooks are given: the fields are texts, so that a test or an older
//! reader may say anything, and the schema says what the agent says.

/// Operating systems that the agent runs on.
pub(crate) const SYSTEMS: [&str; 3] = ["linux", "windows", "macos"];
/// Where a session stands.
pub(crate) const PHASES: [&str; 7] = [
    "idle",
    "checking",
    "launching",
    "reporting",
    "waiting",
    "joining",
    "connected",
];
/// Who asked for a session.
pub(crate) const ORIGINS: [&str; 4] = ["person", "portal", "url", "extension"];
/// Ways to elevated rights.
pub(crate) const METHODS: [&str; 3] = [
    "local-approval",
    "brokered-action",
    "transmitted-credentials",
];
/// How a session ends.
pub(crate) const OUTCOMES: [&str; 8] = [
    "disconnected",
    "stopped",
    "client-exited",
    "time-limit",
    "policy",
    "denied",
    "failed",
    "agent-stopped",
];
/// How a request for elevated rights ends.
pub(crate) const ELEVATIONS: [&str; 4] = ["granted", "denied", "expired", "failed"];
/// Kinds of items that a hook may add to the menu.
pub(crate) const ADDABLE: [&str; 5] = ["item", "link", "separator", "submenu", "label"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ItemKind;
    use deskhook_policy::ElevationMethod;
    use deskhook_session::{ElevationOutcome, Origin, Outcome, PhaseName, Reason};

    #[test]
    fn the_words_of_the_schema_are_those_of_the_session() {
        use {ElevationMethod as M, ElevationOutcome as E, Origin as O, Outcome as Out};
        use {PhaseName as P, PhaseName::Launching as L};
        let phases = [
            P::Idle,
            P::Checking,
            L,
            P::Reporting,
            P::Waiting,
            P::Joining,
        ];
        let phases = phases.into_iter().chain([P::Connected]);
        assert!(phases.map(P::word).eq(PHASES));
        let origins = [O::Person, O::Portal, O::Link, O::Extension(String::new())];
        assert!(origins.iter().map(O::word).eq(ORIGINS));
        let methods = [
            M::LocalApproval,
            M::BrokeredAction,
            M::TransmittedCredentials,
        ];
        assert!(methods.into_iter().map(M::word).eq(METHODS));
        let ends = [
            Out::Disconnected,
            Out::Stopped,
            Out::ClientExited,
            Out::TimeLimit,
            Out::Policy,
            Out::Denied,
            Out::Failed,
            Out::AgentStopped,
        ];
        assert!(ends.iter().map(Out::word).eq(OUTCOMES));
        let failed = E::Failed(Reason::own("x", "x"));
        let ends = [
            E::Granted { code: 0 },
            E::Denied(vec![]),
            E::Expired,
            failed,
        ];
        assert!(ends.iter().map(E::word).eq(ELEVATIONS));
    }

    #[test]
    fn what_can_be_added_to_a_menu_is_a_kind_of_item() {
        for word in ADDABLE {
            let kind = serde_json::from_value::<ItemKind>(word.into());
            assert!(kind.is_ok(), "{word}");
        }
    }
}
