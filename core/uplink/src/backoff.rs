use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);

/// Pauses between tries, with full jitter: a random part of a span that doubles up to a longest
/// one, so that ten thousand devices do not come back in the same second.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The longest span of a device that nobody waits at.
    pub(crate) const LONGEST: Duration = Duration::from_secs(15 * 60);
    /// The longest span while somebody waits for help.
    pub(crate) const SOMEBODY_WAITS: Duration = Duration::from_secs(10);

    /// The next pause; `random` is any random number.
    pub(crate) fn pause(&mut self, random: u64, longest: Duration) -> Duration {
        let doubled = FIRST.saturating_mul(1 << self.failures.min(12));
        self.failures = self.failures.saturating_add(1);
        let millis = u64::try_from(doubled.min(longest).as_millis()).unwrap_or(u64::MAX);
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
        let mut spans = |longest| -> Vec<u64> {
            let next = (0..14).map(|_| backoff.pause(u64::MAX >> 1, longest).as_secs());
            next.collect()
        };
        let (calm, eager) = (spans(Backoff::LONGEST), spans(Backoff::SOMEBODY_WAITS));
        assert!(calm.iter().all(|span| *span <= 900), "{calm:?}");
        assert!(eager.iter().all(|span| *span <= 10), "{eager:?}");
        backoff.reset();
        assert!(backoff.pause(999, Backoff::LONGEST) <= FIRST);
    }
}
