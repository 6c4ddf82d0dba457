use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use deskhook_record::Entry;

use crate::clock::{self, MINUTE, Millis};

/// How long what repeats itself is counted before the number is written down.
const WINDOW: Millis = 5 * MINUTE;
/// Things that are counted apart at a time; what is beyond is counted together.
const APART: usize = 256;

/// Entries of the record that anybody can cause as often as they like: wrong passwords, refused
/// rights, signatures that do not hold. The first of a kind about something is written at once;
/// those of the next five minutes become one entry with their number, so that nobody fills the
/// disk, or hides in a record of a million lines.
#[derive(Default)]
pub(crate) struct Folds(Mutex<HashMap<(String, String), Fold>>);

struct Fold {
    since: Millis,
    /// Those after the first.
    times: u64,
    last: Entry,
}

impl Folds {
    /// Gives the entry back where it is to be written now; else it is counted.
    pub(crate) fn note(&self, mut entry: Entry, now: Millis) -> Option<Entry> {
        let mut folds = self.lock();
        let mut key = (entry.action.clone(), entry.subject.clone());
        if folds.len() >= APART && !folds.contains_key(&key) {
            entry.subject = "others".to_owned();
            key.1.clone_from(&entry.subject);
        }
        if let Some(fold) = folds.get_mut(&key) {
            fold.times += 1;
            fold.last = entry;
            return None;
        }
        let fold = Fold {
            since: now,
            times: 0,
            last: entry.clone(),
        };
        folds.insert(key, fold);
        Some(entry)
    }

    /// What was counted in windows that are over by `now`: the last entry of each, with the number.
    pub(crate) fn over(&self, now: Millis) -> Vec<Entry> {
        let ended = self
            .lock()
            .extract_if(|_, fold| now.saturating_sub(fold.since) >= WINDOW)
            .map(|(_, fold)| fold)
            .collect::<Vec<_>>();
        let repeated = ended.into_iter().filter(|fold| fold.times > 0);
        repeated.map(Fold::entry).collect()
    }

    /// Takes back what could not be written down, for the next time.
    pub(crate) fn again(&self, entries: Vec<Entry>, now: Millis) {
        let mut folds = self.lock();
        for entry in entries {
            let times = entry
                .fields
                .get("times")
                .and_then(serde_json::Value::as_u64);
            let key = (entry.action.clone(), entry.subject.clone());
            let fold = folds.entry(key).or_insert(Fold {
                since: now,
                times: 0,
                last: entry,
            });
            fold.times += times.unwrap_or_default();
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<(String, String), Fold>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fold {
    fn entry(self) -> Entry {
        let mut entry = self.last;
        entry.fields.insert("times".into(), self.times.into());
        let since = clock::rfc3339(self.since);
        entry.fields.insert("since".into(), since.into());
        entry
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::deed_at;

    #[test]
    fn the_first_is_written_at_once_and_the_rest_as_one_with_its_number() {
        let folds = Folds::default();
        let note =
            |subject: &str, now| folds.note(deed_at(now, "portal", "x.refused", subject), now);
        assert!(note("jo", 0).is_some() && note("amy", 0).is_some());
        for later in 1..=40 {
            assert!(note("jo", later).is_none());
        }
        assert_eq!(folds.over(WINDOW - 1), []);
        let over = folds.over(WINDOW);
        assert_eq!(over.len(), 1, "amy has nothing to add");
        assert_eq!(
            (over[0].subject.as_str(), &over[0].fields["times"]),
            ("jo", &40.into())
        );
        assert!(note("jo", WINDOW).is_some(), "a new window");
    }

    #[test]
    fn a_flood_of_different_names_is_counted_together() {
        let folds = Folds::default();
        let written = (0..10_000)
            .filter_map(|n| folds.note(deed_at(0, "portal", "x.refused", &n.to_string()), 0));
        assert_eq!(written.count(), APART + 1);
        let over = folds.over(Millis::MAX);
        let others: Vec<_> = over.iter().map(|entry| entry.subject.as_str()).collect();
        assert_eq!(others, ["others"]);
        assert_eq!(over[0].fields["times"], 10_000 - APART as u64 - 1);
    }
}
