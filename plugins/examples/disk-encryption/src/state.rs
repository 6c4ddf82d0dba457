/// Whether disks are encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Protection {
    /// One is not.
    Off,
    /// One cannot be judged; it never counts as encrypted.
    Unknown,
    /// All are.
    On,
}

/// What is known of a disk, or of all that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct State {
    pub(crate) protection: Protection,
    /// What it was judged by: `/ on dm-0 (LUKS2)`.
    pub(crate) detail: String,
}

impl Protection {
    /// The word in the device's state.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::On => "on",
            Self::Off => "off",
            Self::Unknown => "unknown",
        }
    }
}

impl State {
    pub(crate) fn new(protection: Protection, detail: impl Into<String>) -> Self {
        Self {
            protection,
            detail: detail.into(),
        }
    }

    pub(crate) fn unknown(detail: impl Into<String>) -> Self {
        Self::new(Protection::Unknown, detail)
    }

    /// The state of several disks: the worst of them, with the details of those that are so.
    pub(crate) fn worst(states: Vec<Self>) -> Self {
        let Some(worst) = states.iter().map(|state| state.protection).min() else {
            return Self::unknown("no disk was named");
        };
        let details = states
            .into_iter()
            .filter(|state| state.protection == worst)
            .map(|state| state.detail);
        Self::new(worst, details.collect::<Vec<_>>().join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_disk_counts_and_no_disk_is_unknown() {
        let on = State::new(Protection::On, "a");
        let off = State::new(Protection::Off, "b");
        let unknown = State::unknown("c");
        let worst =
            |states: &[&State]| State::worst(states.iter().map(|it| (*it).clone()).collect());
        assert_eq!(worst(&[&on, &unknown, &off]), off);
        assert_eq!(worst(&[&on, &unknown]), unknown);
        assert_eq!(worst(&[&on, &on]).detail, "a; a");
        assert_eq!(worst(&[]).protection, Protection::Unknown);
    }
}
