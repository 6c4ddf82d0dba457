use std::sync::{Mutex, PoisonError};

use notify::event::{AccessKind, AccessMode};
use notify::{Event, EventKind};
use tokio::sync::Notify;

use super::Change;
use super::reach::Reach;

/// More paths than this are not listed one by one.
const MOST_PATHS: usize = 1024;

/// What happened and was not told yet.
#[derive(Default)]
pub(super) struct Pending {
    change: Mutex<Change>,
    news: Notify,
}

impl Pending {
    /// Takes what the operating system says, as far as it matters.
    pub(super) fn put(&self, event: notify::Result<Event>, reach: &Reach) {
        let Ok(event) = event else {
            return self.add(|change| change.rescan = true);
        };
        if event.need_rescan() {
            return self.add(|change| change.rescan = true);
        }
        if is_reading(&event.kind) {
            return;
        }
        let paths: Vec<_> = event
            .paths
            .into_iter()
            .filter(|path| reach.has(path))
            .collect();
        if !paths.is_empty() {
            self.add(|change| change.paths.extend(paths));
        }
    }

    fn add(&self, happen: impl FnOnce(&mut Change)) {
        let mut change = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        happen(&mut change);
        if change.paths.len() > MOST_PATHS {
            change.paths.clear();
            change.rescan = true;
        }
        drop(change);
        self.news.notify_one();
    }

    pub(super) fn is_empty(&self) -> bool {
        let change = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        *change == Change::default()
    }

    /// Waits for news.
    pub(super) async fn next(&self) {
        self.news.notified().await;
    }

    pub(super) fn take(&self) -> Change {
        let mut change = self.change.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut change)
    }
}

/// Whether somebody only looked: we do so ourselves after every change.
fn is_reading(kind: &EventKind) -> bool {
    match kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write)) => false,
        EventKind::Access(_) => true,
        _ => false,
    }
}
