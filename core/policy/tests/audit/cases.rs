//! For each rule layers that violate it and layers that hold.

/// One way to violate a rule, and one to hold it, that differ in nothing else.
pub(crate) struct Case {
    pub(crate) rule: &'static str,
    pub(crate) bad: &'static [&'static str],
    pub(crate) good: &'static [&'static str],
}

const fn case(
    rule: &'static str,
    bad: &'static [&'static str],
    good: &'static [&'static str],
) -> Case {
    Case { rule, bad, good }
}

macro_rules! client {
    ($settings:literal) => {
        concat!(
            r#"{"scope": "tenant", "name": "Acme", "settings": {"Integration.AnyDesk": {"Enabled": true, "Client": {"#,
            $settings,
            "}}}}"
        )
    };
}

macro_rules! supporters {
    ($settings:literal) => {
        concat!(
            r#"{"scope": "group", "name": "supporters", "priority": 7, "settings": {"Integration.AnyDesk.Client": {"Direction": "outgoing""#,
            $settings,
            "}}}"
        )
    };
}

macro_rules! policy {
    ($settings:literal) => {
        concat!(
            r#"{"scope": "all-users", "priority": -3, "settings": {"#,
            $settings,
            "}}"
        )
    };
}

mod access;
mod build;

/// Every case.
pub(crate) fn cases() -> impl Iterator<Item = &'static Case> {
    build::CASES.iter().chain(access::CASES)
}
