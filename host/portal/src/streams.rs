use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Streams that one account may hold open: more tabs than anybody looks at.
const MOST: usize = 20;

/// How many pages hold a stream open, by account.
#[derive(Default)]
pub(crate) struct Streams(Mutex<HashMap<i64, usize>>);

/// An open stream. It counts as long as it lives.
pub(crate) struct Stream {
    streams: Arc<Streams>,
    account: i64,
}

impl Streams {
    /// One more stream of an account; none where it holds as many as it may.
    pub(crate) fn open(self: &Arc<Self>, account: i64) -> Option<Stream> {
        let mut open = self.lock();
        let count = open.entry(account).or_default();
        if *count >= MOST {
            return None;
        }
        *count += 1;
        Some(Stream {
            streams: self.clone(),
            account,
        })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i64, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        if let Some(count) = open.get_mut(&self.account) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.account);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_holds_twenty_streams_and_a_closed_one_makes_room() {
        let streams = Arc::new(Streams::default());
        let mut held: Vec<_> = (0..MOST).filter_map(|_| streams.open(1)).collect();
        assert_eq!(held.len(), MOST);
        assert!(streams.open(1).is_none() && streams.open(2).is_some());
        held.pop();
        assert!(streams.open(1).is_some());
        held.clear();
        assert!(streams.lock().is_empty());
    }
}
