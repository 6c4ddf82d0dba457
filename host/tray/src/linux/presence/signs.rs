use std::collections::BTreeMap;

use deskhook_agent::Presence;

/// Who can see whether the person is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// The login session: it is in the foreground, and not locked.
    Login,
    /// A screen saver of the desktop, by its name on the session bus.
    Saver(&'static str),
    /// The X server's own screen saver.
    Screen,
}

/// What one of them sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sign {
    /// Nothing speaks against somebody being there.
    There,
    /// Locked, in the background, or dark.
    Away,
    /// It cannot say.
    Unknown,
}

/// What all of them see.
#[derive(Debug, Default)]
pub(super) struct Signs(BTreeMap<Source, Sign>);

impl Signs {
    pub(super) fn set(&mut self, source: Source, sign: Sign) {
        self.0.insert(source, sign);
    }

    /// One that sees nobody is enough; one that cannot say counts for nothing.
    pub(super) fn presence(&self) -> Presence {
        if self.0.values().any(|sign| *sign == Sign::Away) {
            Presence::Absent
        } else {
            Presence::Present
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAVER: Source = Source::Saver("org.example.ScreenSaver");

    fn presence(signs: &[(Source, Sign)]) -> Presence {
        let mut all = Signs::default();
        for (source, sign) in signs {
            all.set(*source, *sign);
        }
        all.presence()
    }

    #[test]
    fn a_person_whom_nothing_watches_is_there() {
        assert_eq!(presence(&[]), Presence::Present);
        let silent = [(Source::Login, Sign::Unknown), (SAVER, Sign::Unknown)];
        assert_eq!(presence(&silent), Presence::Present);
    }

    #[test]
    fn one_sign_of_absence_outweighs_all_others() {
        for source in [Source::Login, SAVER, Source::Screen] {
            let signs = [
                (Source::Login, Sign::There),
                (SAVER, Sign::There),
                (Source::Screen, Sign::There),
                (source, Sign::Away),
            ];
            assert_eq!(presence(&signs), Presence::Absent, "{source:?}");
        }
    }

    #[test]
    fn a_source_counts_as_it_was_last_and_not_when_it_is_gone() {
        let back = [(SAVER, Sign::Away), (SAVER, Sign::There)];
        assert_eq!(presence(&back), Presence::Present);
        let gone = [(Source::Login, Sign::Away), (Source::Login, Sign::Unknown)];
        assert_eq!(presence(&gone), Presence::Present);
    }
}
