use std::collections::BTreeSet;

use super::access;

/// What an installed client has to say at a key.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Want {
    /// On or off, whether it is written as 1 or as true.
    Switch(bool),
    /// Exactly this.
    Text(String),
    /// These may connect and nobody else.
    Access(BTreeSet<String>),
    /// An alias in this namespace.
    Namespace(String),
    /// This version or a newer one.
    Version(String),
}

/// What came of holding a value against a [`Want`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Same,
    Differs,
    /// It cannot be told, for this reason.
    Unclear(&'static str),
}

impl Want {
    pub(super) fn judge(&self, found: &str) -> Verdict {
        let same = match self {
            Self::Switch(wanted) => switch(found) == Some(*wanted),
            Self::Text(wanted) => found == wanted,
            Self::Access(wanted) => access::installed(found) == *wanted,
            Self::Namespace(_) if found.is_empty() => {
                return Verdict::Unclear("the client has no alias yet");
            }
            Self::Namespace(wanted) => namespace(found).eq_ignore_ascii_case(wanted),
            // Clients write one large number there, of which the vendor does not say what it means.
            Self::Version(wanted) => match (numbers(wanted), numbers(found)) {
                (Some(wanted), Some(found)) if found.len() > 1 => found >= wanted,
                _ => {
                    return Verdict::Unclear(
                        "the file holds no version with points; ask the client with --version",
                    );
                }
            },
        };
        if same {
            Verdict::Same
        } else {
            Verdict::Differs
        }
    }

    /// What policy wants, for people.
    pub(super) fn wanted(&self) -> String {
        match self {
            Self::Switch(value) => value.to_string(),
            Self::Text(text) => text.clone(),
            Self::Access(list) => listed(list),
            Self::Namespace(name) => format!("an alias in @{name}"),
            Self::Version(version) => format!("{version} or newer"),
        }
    }

    /// What a client says, for people: no more of it than the comparison looked at.
    pub(super) fn found(&self, found: &str) -> String {
        match self {
            Self::Switch(_) if switch(found).is_none() => "neither on nor off".to_owned(),
            Self::Switch(_) | Self::Text(_) | Self::Version(_) => found.to_owned(),
            Self::Access(_) => listed(&access::installed(found)),
            Self::Namespace(_) if found.is_empty() => "no alias".to_owned(),
            Self::Namespace(_) => format!("an alias in @{}", namespace(found)),
        }
    }
}

fn switch(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "1" | "true" => Some(true),
        "0" | "false" => Some(false),
        _ => None,
    }
}

fn namespace(alias: &str) -> &str {
    alias
        .rsplit_once('@')
        .map_or("", |(_, namespace)| namespace)
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    version.split('.').map(|part| part.parse().ok()).collect()
}

fn listed(list: &BTreeSet<String>) -> String {
    if list.is_empty() {
        return "nobody".to_owned();
    }
    list.iter().cloned().collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_compared_by_its_numbers_and_never_guessed() {
        let wanted = Want::Version("9.0.4".to_owned());
        assert_eq!(wanted.judge("9.0.10"), Verdict::Same);
        assert_eq!(wanted.judge("8.9.9"), Verdict::Differs);
        assert_eq!(wanted.judge("9.0"), Verdict::Differs);
        assert!(matches!(wanted.judge("25769803776"), Verdict::Unclear(_)));
        assert!(matches!(wanted.judge("9.x"), Verdict::Unclear(_)));
    }

    #[test]
    fn a_switch_is_the_same_as_a_number_and_as_a_word() {
        assert_eq!(Want::Switch(true).judge("true"), Verdict::Same);
        assert_eq!(Want::Switch(false).judge("0"), Verdict::Same);
        assert_eq!(Want::Switch(false).judge("2"), Verdict::Differs);
        assert_eq!(Want::Text("2".to_owned()).judge("0"), Verdict::Differs);
    }

    #[test]
    fn an_alias_is_told_by_its_namespace_alone() {
        let wanted = Want::Namespace("acme".to_owned());
        assert_eq!(wanted.judge("jo@Acme"), Verdict::Same);
        assert_eq!(wanted.judge("jo@ad"), Verdict::Differs);
        assert_eq!(wanted.found("jo@ad"), "an alias in @ad");
    }
}
