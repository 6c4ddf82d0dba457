use crate::clock::{self, MINUTE, Millis, rfc3339};

/// A point in time as pages show it; the script keeps what is told true while the page is open.
/// Everything in it is of our own making, so that templates may write it as it is.
#[derive(Clone, Debug)]
pub(crate) struct Moment {
    iso: String,
    plain: String,
    since: Millis,
}

impl Moment {
    pub(crate) fn of(at: Millis, now: Millis) -> Self {
        Self {
            iso: rfc3339(at),
            plain: clock::plain(at),
            since: now - at,
        }
    }

    /// `3 min ago`.
    pub(crate) fn ago(&self) -> String {
        let told = match self.since {
            since if since < MINUTE => "just now".to_owned(),
            since => format!("{} ago", clock::span(since)),
        };
        self.element("ago", &told)
    }

    /// `3 min`, growing.
    pub(crate) fn span(&self) -> String {
        self.element("span", &clock::span(self.since))
    }

    /// `2026-11-22 10:04 UTC`, in the reader's own zone where the script runs.
    pub(crate) fn full(&self) -> String {
        self.element("full", &self.plain)
    }

    fn element(&self, kind: &str, told: &str) -> String {
        let (iso, plain) = (&self.iso, &self.plain);
        format!("<time datetime=\"{iso}\" data-time=\"{kind}\" title=\"{plain}\">{told}</time>")
    }
}
