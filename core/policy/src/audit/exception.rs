use jiff::civil::Date;
use serde::Serialize;

use super::view::View;
use crate::Place;

/// An exception lasts for two years at most: a decision that nobody looks at again is none.
const MOST_YEARS: i16 = 2;

/// What an organisation said of a deviation, and whether that counts today.
///
/// Serialises as `reason`, `until`, `state` and the place: `file`, `line`, `column`, `span`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exception {
    /// Why it is so.
    pub reason: String,
    /// The last day that it holds.
    pub until: Date,
    /// Whether it counts.
    pub state: State,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
}

/// Whether an exception counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// It does.
    Holds,
    /// Its last day is over.
    Ended,
    /// Its last day is more than two years ahead.
    TooLong,
}

/// The exception that the policy makes of a rule.
pub(super) fn of(view: &View<'_>, rule: &str, today: Date) -> Option<Exception> {
    let decided = view.policy.audit_exceptions.get(rule)?;
    let setting = view.winner(&format!("Audit.Exceptions.{rule}.Until"))?;
    Some(Exception {
        reason: decided.reason.clone(),
        until: decided.until,
        state: state(decided.until, today),
        place: setting.place.clone(),
    })
}

fn state(until: Date, today: Date) -> State {
    let same_day = |date: Date| (date.month(), date.day());
    let last_year = today.year().saturating_add(MOST_YEARS);
    if until < today {
        State::Ended
    } else if (until.year(), same_day(until)) > (last_year, same_day(today)) {
        State::TooLong
    } else {
        State::Holds
    }
}

impl std::fmt::Display for Exception {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { reason, until, .. } = self;
        match self.state {
            State::Holds => write!(f, "excepted until {until}: {reason}"),
            State::Ended => write!(f, "the exception ended on {until}: {reason}"),
            State::TooLong => write!(
                f,
                "the exception does not count, as {until} is more than {MOST_YEARS} years away: {reason}"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_exception_counts_through_its_last_day_and_for_two_years_at_most() {
        let today = date(2028, 2, 29);
        for (until, expected) in [
            (date(2028, 2, 28), State::Ended),
            (date(2028, 2, 29), State::Holds),
            (date(2030, 2, 28), State::Holds),
            (date(2030, 3, 1), State::TooLong),
        ] {
            assert_eq!(state(until, today), expected, "{until}");
        }
    }
}
