use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What is no way to start a session: it would show a secret to whoever lists processes, change the
/// installation, or do something else and end.
const REFUSED: [&str; 16] = [
    "--assign",
    "--config",
    "--deploy",
    "--get-id",
    "--import-config",
    "--install",
    "--install-service",
    "--option",
    "--password",
    "--remove",
    "--service",
    "--set-id",
    "--silent-install",
    "--uninstall",
    "--uninstall-service",
    "--version",
];

/// The first argument that is refused.
pub(crate) fn refused(arguments: &[String]) -> Option<&str> {
    let name = |argument: &str| argument.split('=').next().unwrap_or_default().to_owned();
    let mut names = arguments.iter();
    let found = names.find(|argument| REFUSED.contains(&name(argument).as_str()));
    // What stands behind `=` may be a secret.
    found.and_then(|argument| argument.split('=').next())
}

/// The answer to `client.launch`: what it starts with, and what of `arguments` is not there yet.
/// Nothing where that changes nothing.
pub(crate) fn patch(
    given: &[String],
    arguments: Vec<String>,
    environment: &BTreeMap<String, String>,
) -> Option<Value> {
    let more: Vec<String> = arguments
        .into_iter()
        .filter(|argument| !given.contains(argument))
        .collect();
    if more.is_empty() && environment.is_empty() {
        return None;
    }
    let all: Vec<&String> = given.iter().chain(&more).collect();
    Some(json!({"arguments": all, "environment": environment}))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(of: &[&str]) -> Vec<String> {
        of.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_shows_a_secret_or_changes_the_installation_is_refused() {
        assert_eq!(
            refused(&texts(&["--tray", "--password", "x"])),
            Some("--password")
        );
        assert_eq!(refused(&texts(&["--password=x"])), Some("--password"));
        assert_eq!(refused(&texts(&["--tray", "--passwords"])), None);
        assert_eq!(refused(&[]), None);
    }

    #[test]
    fn only_what_is_not_there_yet_is_added_at_the_end() {
        let none = BTreeMap::new();
        let one = BTreeMap::from([("GDK_BACKEND".to_owned(), "x11".to_owned())]);
        assert_eq!(patch(&texts(&["--tray"]), texts(&["--tray"]), &none), None);
        assert_eq!(
            patch(&texts(&["--tray"]), texts(&["--a", "--tray"]), &one),
            Some(json!({"arguments": ["--tray", "--a"], "environment": {"GDK_BACKEND": "x11"}}))
        );
    }
}
