use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, broadcast, watch};

use crate::clock::{Millis, SECOND};

/// How long after its last request a device still counts as online.
pub(crate) const GRACE: Millis = 40 * SECOND;

/// Changes that a slow watcher may be behind before it starts anew.
const BACKLOG: usize = 1024;

/// What changed, for whoever watches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    /// A device, its session or its orders.
    Device(String),
    /// There is an order for a device.
    Order(String),
}

/// Who is online, who is told of changes, and which devices wait for orders.
pub(crate) struct Hub {
    changes: broadcast::Sender<Change>,
    devices: Mutex<HashMap<String, Presence>>,
    closing: watch::Sender<bool>,
    /// Rises with each change, also across restarts.
    revision: AtomicU64,
}

#[derive(Default)]
struct Presence {
    waiting: usize,
    last_seen: Millis,
    shown_online: bool,
    orders: Arc<Notify>,
}

impl Presence {
    fn is_online(&self, now: Millis) -> bool {
        self.waiting > 0 || now - self.last_seen < GRACE
    }
}

/// A device's open request for orders: as long as it lives the device is online.
pub(crate) struct Waiting {
    hub: Arc<Hub>,
    device: String,
    pub(crate) orders: Arc<Notify>,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(presence) = self.hub.lock().get_mut(&self.device) {
            presence.waiting -= 1;
            presence.last_seen = crate::clock::now();
        }
    }
}

impl Hub {
    /// Nobody is here yet.
    pub(crate) fn new() -> Self {
        Self {
            changes: broadcast::channel(BACKLOG).0,
            devices: Mutex::default(),
            closing: watch::channel(false).0,
            revision: AtomicU64::new(crate::clock::now().unsigned_abs() * 1_000),
        }
    }

    pub(crate) fn publish(&self, change: Change) {
        self.revision.fetch_add(1, Ordering::AcqRel);
        if let Change::Order(device) = &change
            && let Some(presence) = self.lock().get(device)
        {
            presence.orders.notify_waiters();
        }
        // Nobody watching is no error.
        let _ = self.changes.send(change);
    }

    /// What a page remembers, to know later whether it missed a change between being read and
    /// being watched.
    pub(crate) fn revision(&self) -> u64 {
        self.revision.load(Ordering::Acquire)
    }

    pub(crate) fn watch(&self) -> broadcast::Receiver<Change> {
        self.changes.subscribe()
    }

    /// Ends what is held open: the portal stops.
    pub(crate) fn close(&self) {
        self.closing.send_replace(true);
    }

    /// Ready when the portal stops.
    pub(crate) async fn closed(&self) {
        // An error would mean that the hub itself is gone.
        let _ = self.closing.subscribe().wait_for(|closing| *closing).await;
    }

    /// A signed request came from `device`.
    pub(crate) fn seen(&self, device: &str, at: Millis) {
        let came_back = {
            let mut devices = self.lock();
            let presence = devices.entry(device.to_owned()).or_default();
            presence.last_seen = presence.last_seen.max(at);
            !std::mem::replace(&mut presence.shown_online, true)
        };
        if came_back {
            self.publish(Change::Device(device.to_owned()));
        }
    }

    /// `device` holds a request for orders open.
    pub(crate) fn wait(self: &Arc<Self>, device: &str) -> Waiting {
        let mut devices = self.lock();
        let presence = devices.entry(device.to_owned()).or_default();
        presence.waiting += 1;
        Waiting {
            hub: self.clone(),
            device: device.to_owned(),
            orders: presence.orders.clone(),
        }
    }

    /// Whether `device` is here. Whoever is first to see that it went away tells all others, so
    /// that counts and rows change together.
    pub(crate) fn is_online(&self, device: &str, now: Millis) -> bool {
        let was_shown = {
            let mut devices = self.lock();
            let Some(presence) = devices.get_mut(device) else {
                return false;
            };
            if presence.is_online(now) {
                return true;
            }
            std::mem::replace(&mut presence.shown_online, false)
        };
        if was_shown {
            self.publish(Change::Device(device.to_owned()));
        }
        false
    }

    /// When `device` was last heard of, as far as this process knows: now, while it waits.
    pub(crate) fn last_seen(&self, device: &str, now: Millis) -> Option<Millis> {
        let devices = self.lock();
        let presence = devices.get(device)?;
        Some(if presence.waiting > 0 {
            now
        } else {
            presence.last_seen
        })
    }

    pub(crate) fn online(&self, now: Millis) -> usize {
        self.lock()
            .values()
            .filter(|presence| presence.is_online(now))
            .count()
    }

    /// Tells of every device that went offline since the last call.
    pub(crate) fn sweep(&self, now: Millis) {
        let gone: Vec<String> = {
            let mut devices = self.lock();
            let changed = devices.iter_mut().filter_map(|(device, presence)| {
                let gone = presence.shown_online && !presence.is_online(now);
                presence.shown_online &= !gone;
                gone.then(|| device.clone())
            });
            changed.collect()
        };
        gone.into_iter()
            .for_each(|device| self.publish(Change::Device(device)));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Presence>> {
        self.devices.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_online_while_it_waits_and_forty_seconds_longer() {
        let hub = Arc::new(Hub::new());
        let mut changes = hub.watch();
        hub.seen("d-1", 1_000);
        assert_eq!(changes.try_recv(), Ok(Change::Device("d-1".into())));
        assert!(hub.is_online("d-1", 1_000 + GRACE - 1));
        assert!(!hub.is_online("d-1", 1_000 + GRACE));
        assert_eq!(changes.try_recv(), Ok(Change::Device("d-1".into())));
        assert!(!hub.is_online("d-1", 1_000 + GRACE));
        assert!(changes.try_recv().is_err(), "told once");
        hub.seen("d-1", 1_000 + GRACE);
        assert_eq!(changes.try_recv(), Ok(Change::Device("d-1".into())));
        let waiting = hub.wait("d-1");
        assert!(hub.is_online("d-1", 1_000 + 10 * GRACE));
        drop(waiting);
        let now = crate::clock::now();
        assert!(hub.is_online("d-1", now));
        hub.sweep(now + GRACE + 1_000);
        hub.sweep(now + GRACE + 2_000);
        assert_eq!(changes.try_recv(), Ok(Change::Device("d-1".into())));
        assert!(changes.try_recv().is_err(), "told once");
        assert_eq!(hub.online(now + GRACE + 2_000), 0);
    }
}
