//! Whether a ticket is one that the organisation takes.

use regex_lite::{Error, Regex, RegexBuilder};

use crate::SessionPolicy;

/// The longest ticket that is looked at, in bytes.
const MAX_BYTES: usize = 1024;

/// The pattern, made to match the whole ticket or nothing.
pub(crate) fn compile(pattern: &str) -> Result<Regex, Error> {
    let build = |text: &str| RegexBuilder::new(text).size_limit(1 << 20).build();
    // Alone first: `a)|(b` would otherwise step out of the group that anchors it.
    build(pattern)?;
    build(&format!("\\A(?:{pattern})\\z"))
}

impl SessionPolicy {
    /// Whether `ticket` may start a session: the whole of it matches `require_ticket`, or no
    /// pattern is set. A pattern that does not compile, and a ticket of more than 1024 bytes,
    /// fit nothing.
    pub fn ticket_fits(&self, ticket: &str) -> bool {
        let Some(pattern) = &self.require_ticket else {
            return true;
        };
        ticket.len() <= MAX_BYTES && compile(pattern).is_ok_and(|regex| regex.is_match(ticket))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, ticket: &str) -> bool {
        let session = SessionPolicy {
            require_ticket: Some(pattern.to_owned()),
            ..SessionPolicy::default()
        };
        session.ticket_fits(ticket)
    }

    #[test]
    fn without_a_pattern_every_ticket_fits() {
        assert!(SessionPolicy::default().ticket_fits(""));
    }

    #[test]
    fn the_whole_ticket_must_match() {
        assert!(fits("INC[0-9]{4}", "INC1234"));
        for ticket in ["", "INC12345", "xINC1234", "INC1234\n", "INC1234\nINC1234"] {
            assert!(!fits("INC[0-9]{4}", ticket), "{ticket:?}");
        }
        assert!(fits("a|ab", "ab"));
        assert!(!fits("(?m)^a$", "a\nb"));
    }

    #[test]
    fn a_pattern_cannot_step_out_of_its_anchors_and_a_broken_one_fits_nothing() {
        for pattern in ["a)|(?:b", "(", "a{99999999}", "(?x)a # comment"] {
            assert!(!fits(pattern, "a") && !fits(pattern, "b"), "{pattern}");
        }
    }
}
