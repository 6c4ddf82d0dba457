use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Pauses between tries, with full jitter: a random part of a span that doubles up to 15 minutes,
/// so that ten thousand devices do not come back in the same second.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The next pause; `random` is any random number.
    pub(crate) fn pause(&mut self, random: u64) -> Duration {
        let span = FIRST
            .saturating_mul(1 << self.failures.min(12))
            .min(LONGEST);
        self.failures = self.failures.saturating_add(1);
        let millis = u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        Duration::from_millis(random % (millis + 1))
    }

    /// A try went well.
    pub(crate) fn reset(&mut self) {
        self.failures = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_span_doubles_to_its_bound_and_starts_anew() {
        let mut backoff = Backoff::default();
        let spans: Vec<u64> = (0..14)
            .map(|_| backoff.pause(u64::MAX >> 1).as_secs())
            .collect();
        assert!(spans.iter().all(|span| *span <= 900), "{spans:?}");
        backoff.reset();
        assert!(backoff.pause(999) <= FIRST);
    }
}
