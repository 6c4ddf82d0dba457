use serde::Serialize;

use super::expectation::{Absence, Expectation};
use super::want::Verdict;
use super::{Found, Installed, Origin};

/// How a client stands to one thing that policy wants of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It is as policy wants it.
    Same,
    /// It is not.
    Differs,
    /// No file has the line, which a client that was built with it has.
    Missing,
    /// The files do not tell.
    Untold,
}

impl Status {
    /// Whether the client is not as policy wants it.
    pub fn is_drift(self) -> bool {
        matches!(self, Self::Differs | Self::Missing)
    }
}

/// One thing that policy wants, and what the client's files say of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// How they stand to each other.
    pub status: Status,
    /// The vendor's key; none where none is known, and for what is never named.
    pub key: Option<String>,
    /// What policy wants.
    pub wanted: Option<String>,
    /// What the client has.
    pub found: Option<String>,
    /// Where it says so.
    pub conf: Option<Found>,
    /// Why it cannot be told, or under which other name it was found.
    pub note: Option<String>,
    /// The policy key.
    pub from: String,
    /// The layer and the place that set the policy key.
    #[serde(flatten)]
    pub origin: Option<Origin>,
}

impl Installed<'_> {
    /// How the client stands to everything that policy wants of it, in the order of the lines.
    /// Which of its files a client heeds first is not documented: a key that is there several
    /// times is the same only when each of them is.
    pub fn drift(&self) -> Vec<Comparison> {
        let expected = self.expected;
        let rows = expected.rows.iter().zip(&self.found);
        let rows = rows.map(|(row, found)| compared(row, found));
        let untold = expected.untold.iter().map(|(from, origin)| Comparison {
            status: Status::Untold,
            key: None,
            wanted: None,
            found: None,
            conf: None,
            note: Some("no key of a client's files is known for it".to_owned()),
            from: from.clone(),
            origin: origin.clone(),
        });
        rows.chain(self.no_password()).chain(untold).collect()
    }

    /// Of a password only whether there is one: where policy wants none.
    fn no_password(&self) -> Option<Comparison> {
        let (from, origin) = self.expected.no_password.clone()?;
        let (status, found) = match &self.password {
            Some(_) => (Status::Differs, "a password is set"),
            None => (Status::Same, "no password in these files"),
        };
        Some(Comparison {
            status,
            key: None,
            wanted: Some("no password".to_owned()),
            found: Some(found.to_owned()),
            conf: self.password.clone(),
            note: None,
            from,
            origin,
        })
    }
}

fn compared(row: &Expectation, found: &[Found]) -> Comparison {
    let comparison = Comparison {
        status: Status::Untold,
        key: Some(row.keys[0].clone()),
        wanted: Some(row.wanted.clone()),
        found: None,
        conf: None,
        note: None,
        from: row.from.clone(),
        origin: row.origin.clone(),
    };
    let Some(found) = found.iter().max_by_key(|found| gravity(found.verdict)) else {
        return absent(row.absence, comparison);
    };
    let (status, why) = match found.verdict {
        Verdict::Same => (Status::Same, None),
        Verdict::Differs => (Status::Differs, None),
        Verdict::Unclear(why) => (Status::Untold, Some(why.to_owned())),
    };
    let spelling = found.spelling.as_ref();
    Comparison {
        status,
        found: Some(found.told.clone()),
        conf: Some(found.clone()),
        note: why.or_else(|| spelling.map(|key| format!("found as {key}"))),
        ..comparison
    }
}

fn absent(absence: Absence, comparison: Comparison) -> Comparison {
    match absence {
        Absence::Missing => Comparison {
            status: Status::Missing,
            ..comparison
        },
        Absence::Untold => Comparison {
            note: Some("no file says anything about it".to_owned()),
            ..comparison
        },
    }
}

fn gravity(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Same => 0,
        Verdict::Unclear(_) => 1,
        Verdict::Differs => 2,
    }
}
