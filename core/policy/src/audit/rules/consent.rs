use crate::audit::deviation::Deviation;
use crate::audit::rule::Check;
use crate::audit::view::View;
use crate::audit::{Basis, Level, Rule};
use crate::{ConsentMode, OnTimeout};

pub(super) static RULES: [Rule; 3] = [
    Rule {
        id: "consent-never",
        level: Level::Error,
        basis: Basis::Own,
        title: "The person is asked before somebody joins",
        says: "A session that nobody is asked about is unattended access under another name, and the \
               guide keeps that for devices that are monitored and for people who reach their own.",
        advice: "set Session.Consent.Mode to when-present or always",
        check: Check::Policy(never),
    },
    Rule {
        id: "consent-silence",
        level: Level::Warning,
        basis: Basis::Own,
        title: "Silence is not consent",
        says: "Whoever is away from the device does not answer. Where silence means yes, a session is \
               unattended and has neither password nor second factor.",
        advice: "set Session.Consent.OnTimeout to deny",
        check: Check::Policy(silence),
    },
    Rule {
        id: "consent-absence",
        level: Level::Warning,
        basis: Basis::Own,
        title: "Nobody joins while nobody is there",
        says: "Where nobody is signed in and that means yes, a session is unattended and has neither \
               password nor second factor.",
        advice: "set Session.Consent.NoUser to deny",
        check: Check::Policy(absence),
    },
];

/// Finds a consent setting that `value` would mend.
fn find(view: &View<'_>, key: &str, value: &str, message: &str) -> Vec<Deviation> {
    let key = format!("Session.Consent.{key}");
    let found = view.winner(&key).map(|setting| {
        let found = Deviation::new(&key, setting, message);
        found.set(&key, value)
    });
    found.into_iter().collect()
}

fn never(view: &View<'_>) -> Vec<Deviation> {
    if view.policy.session.consent.mode != ConsentMode::Never {
        return vec![];
    }
    find(
        view,
        "Mode",
        "when-present",
        "supporters join without anybody being asked",
    )
}

fn silence(view: &View<'_>) -> Vec<Deviation> {
    if view.policy.session.consent.on_timeout != OnTimeout::Allow {
        return vec![];
    }
    find(
        view,
        "OnTimeout",
        "deny",
        "a supporter joins when the person does not answer",
    )
}

fn absence(view: &View<'_>) -> Vec<Deviation> {
    if view.policy.session.consent.no_user != OnTimeout::Allow {
        return vec![];
    }
    find(
        view,
        "NoUser",
        "deny",
        "a supporter joins when nobody is at the device",
    )
}
