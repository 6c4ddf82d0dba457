use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

/// How many of the last calls the median and the 95th percentile are of.
const LAST: usize = 128;

/// How the calls of one hook of one extension went since its generation began. Times are what the
/// caller waited, in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Timing {
    /// How many there were.
    pub calls: u64,
    /// How many of them gave no answer.
    pub faults: u64,
    /// The last one; none before the first.
    pub last_micros: Option<u64>,
    /// Half of the last 128 took no longer.
    pub median_micros: Option<u64>,
    /// All but one in twenty of the last 128 took no longer.
    pub p95_micros: Option<u64>,
}

/// What is counted for a [`Timing`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Times {
    calls: u64,
    faults: u64,
    recent: VecDeque<u64>,
}

impl Times {
    pub(crate) fn note(&mut self, micros: u64, answered: Answered) {
        self.calls += 1;
        self.faults += u64::from(answered == Answered::Not);
        if self.recent.len() == LAST {
            self.recent.pop_front();
        }
        self.recent.push_back(micros);
    }

    pub(crate) fn timing(&self) -> Timing {
        let mut sorted: Vec<u64> = self.recent.iter().copied().collect();
        sorted.sort_unstable();
        // The nearest rank: the smallest time that so many are no longer than.
        let rank = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100);
            sorted.get(rank.saturating_sub(1)).copied()
        };
        Timing {
            calls: self.calls,
            faults: self.faults,
            last_micros: self.recent.back().copied(),
            median_micros: rank(50),
            p95_micros: rank(95),
        }
    }
}

/// Whether a call gave an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answered {
    Well,
    Not,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_calls_are_ranked_and_all_are_counted() {
        let mut times = Times::default();
        assert_eq!(times.timing(), Timing::default());
        for micros in 1..=200 {
            let answered = if micros == 200 {
                Answered::Not
            } else {
                Answered::Well
            };
            times.note(micros, answered);
        }
        let expected = Timing {
            calls: 200,
            faults: 1,
            last_micros: Some(200),
            // Of 73 to 200.
            median_micros: Some(136),
            p95_micros: Some(194),
        };
        assert_eq!(times.timing(), expected);
    }
}
