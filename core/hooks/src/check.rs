use serde::{Deserialize, Serialize};

/// What came of a check of an extension.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Findings {
    /// What has to be mended, one sentence each.
    pub problems: Vec<String>,
    /// What its author may want to know.
    pub notes: Vec<String>,
}

/// A part of a check that may never come back: who watches the check is told before and after it, and
/// so can name it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// It begins; others may be under way on other threads.
    Begun {
        /// Its number, by which [`Step::Finished`] names it.
        number: u64,
        /// What it is: `session.request with usual input`.
        what: String,
        /// How long it may take, in microseconds.
        limit_micros: u64,
    },
    /// It came back.
    Finished {
        /// Its number.
        number: u64,
    },
}

/// Where a check tells its steps, from any of its threads.
pub type Tell<'t> = dyn Fn(Step) + Sync + 't;

impl Findings {
    /// Adds something that has to be mended.
    pub fn problem(&mut self, what: impl Into<String>) {
        self.problems.push(what.into());
    }

    /// Adds something that is worth knowing, once.
    pub fn note(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.notes.contains(&what) {
            self.notes.push(what);
        }
    }
}
