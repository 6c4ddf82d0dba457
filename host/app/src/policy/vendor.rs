//! What the commands about a vendor's client have in common: the arguments, and what of policy
//! they stand on.

use clap::{Args, ValueEnum};
use deskhook_policy::{ClientRole, Problem, Severity};
use deskhook_source::Loaded;

use super::Files;
use crate::output::Failure;

/// The clients whose vendor's settings are known.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Client {
    /// AnyDesk
    Anydesk,
}

/// Whose client.
#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Role {
    /// Of a person who is helped: it only receives connections
    EndUser,
    /// Of a supporter: it only makes connections
    Support,
}

impl From<Role> for ClientRole {
    fn from(role: Role) -> Self {
        match role {
            Role::EndUser => Self::EndUser,
            Role::Support => Self::Support,
        }
    }
}

/// Which client is meant.
#[derive(Args)]
pub(super) struct Meant {
    /// The client
    #[arg(long, ignore_case = true)]
    pub(super) client: Client,
}

impl Client {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Anydesk => "anydesk",
        }
    }
}

/// The policy; what is said of it goes to standard error.
pub(super) fn loaded(files: &Files) -> Result<Loaded, Failure> {
    let loaded = files.load()?;
    super::diagnostic::print(&loaded.problems);
    Ok(loaded)
}

/// Whether a layer file is refused or a folder cannot be read: what is left is not the policy.
pub(super) fn is_partial(loaded: &Loaded) -> bool {
    let unreadable = |problem: &Problem| problem.code == "unreadable";
    loaded.refused > 0 || loaded.problems.iter().any(unreadable)
}

/// Whether a setting of the client is refused, so that policy does not say what its files mean.
pub(super) fn is_refused(loaded: &Loaded) -> bool {
    let ours = |key: &String| key.to_lowercase().starts_with("integration.anydesk.client");
    let mut problems = loaded.problems.iter();
    problems.any(|problem| {
        problem.severity == Severity::Error && problem.key.as_ref().is_some_and(ours)
    })
}

/// A text from a client's file or a policy on one line, without what a terminal would obey, of at
/// most `most` characters.
pub(super) fn shown(text: &str, most: usize) -> String {
    let safe = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    let mut shown: String = text.chars().take(most).map(safe).collect();
    if text.chars().nth(most).is_some() {
        shown.pop();
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_text_is_one_short_line() {
        assert_eq!(shown("it's fine", 20), "it's fine");
        assert_eq!(shown("a\u{1b}[31m\nb", 20), "a\u{fffd}[31m\u{fffd}b");
        assert_eq!(shown("abcdef", 4), "abc…");
        assert_eq!(shown("abcd", 4), "abcd");
    }
}
