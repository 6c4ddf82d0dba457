use std::sync::{Mutex, PoisonError};

use deskhook_record::{Head, Why};

use crate::clock::{self, HOUR, Millis};
use crate::store::{Store, StoreError, audit};

/// Entries that one look checks at most.
const PART: u32 = 20_000;

/// How far the record has been checked, and whether it holds so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    /// The head of what was checked.
    pub(crate) head: Head,
    /// Entries that there are.
    pub(crate) entries: u64,
    /// When this round began; every hour one begins anew from the first entry.
    pub(crate) begun_at: Option<Millis>,
    /// What does not hold, and the number of its entry.
    pub(crate) broken: Option<(u64, Why)>,
}

/// Checks the record's chain little by little.
#[derive(Default)]
pub(crate) struct Verification(Mutex<Standing>);

impl Verification {
    /// Checks on from where the last look ended.
    pub(crate) async fn advance(&self, store: &Store) -> Result<Standing, StoreError> {
        let from = self.begin(clock::now());
        let checked = store.read(move |connection| {
            let mut standing = from;
            standing.entries = audit::head(connection)?.entries;
            for link in audit::page(connection, standing.head.entries, PART)? {
                match link.follow(&standing.head) {
                    Ok(()) => standing.head = link.head,
                    Err(why) => {
                        standing.broken = Some((standing.head.entries + 1, why));
                        break;
                    }
                }
            }
            Ok(standing)
        });
        let checked = checked.await?;
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = checked.clone();
        Ok(checked)
    }

    fn begin(&self, now: Millis) -> Standing {
        let known = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match known.begun_at {
            Some(at) if now - at < HOUR => known,
            _ => Standing {
                begun_at: Some(now),
                ..Standing::default()
            },
        }
    }
}
