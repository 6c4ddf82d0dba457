use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::{Folded, Hook, Menu, Provenance, Timing};
use deskhook_policy::Language;
use deskhook_session::{Event, Origin, Request};
use tokio::sync::{mpsc, oneshot, watch};

use crate::menu::MenuMaker;
use crate::{Snapshot, Wake};

/// Whether the person is at the device, to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// Somebody is there, as far as can be seen.
    Present,
    /// The screen is locked or went dark, or somebody else is at it.
    Absent,
}

/// A way to a running agent: ask it, and see what it publishes. Cheap to copy.
#[derive(Clone)]
pub struct AgentHandle {
    pub(crate) wakes: mpsc::Sender<Wake>,
    pub(crate) snapshots: watch::Receiver<Arc<Snapshot>>,
    pub(crate) menus: MenuMaker,
}

impl AgentHandle {
    /// Asks. What becomes of it shows in the snapshots; an agent that has stopped hears nothing.
    pub async fn request(&self, request: Request, origin: Origin) {
        self.wake(Wake::Event(Event::Requested { request, origin }))
            .await;
    }

    /// Says whether the person is at the device. A device that is configured to have nobody at it
    /// ([`AgentConfig::attended`](crate::AgentConfig::attended)) stays without.
    pub async fn person_seen(&self, presence: Presence) {
        let present = presence == Presence::Present;
        self.wake(Wake::Event(Event::PersonSeen { present })).await;
    }

    /// The newest snapshot.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshots.borrow().clone()
    }

    /// The snapshots from now on.
    pub fn changes(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// Waits for a snapshot that fits; none when the agent stops first.
    pub async fn until(&self, fits: impl Fn(&Snapshot) -> bool) -> Option<Arc<Snapshot>> {
        let mut changes = self.snapshots.clone();
        changes
            .wait_for(|snapshot| fits(snapshot))
            .await
            .ok()
            .map(|snapshot| snapshot.clone())
    }

    /// The menu in a language, after the `tray.menu` hooks, and who made which part of it.
    pub async fn menu(&self, language: &Language) -> Folded<Menu> {
        self.menus.make(self.snapshot(), language.clone()).await
    }

    /// Who made which part of what a hook of kind `transform` or `provide` last came to; none where
    /// it has not run since packages or policy changed.
    pub fn provenance(&self, hook: Hook) -> Option<Provenance> {
        self.menus.provenance(hook)
    }

    /// How the calls of a hook went, of each that hears it, in order; counted anew where packages or
    /// policy changed.
    pub fn timings(&self, hook: Hook) -> Vec<(String, Timing)> {
        self.menus.timings(hook)
    }

    /// Says that packages or plugins may have changed.
    pub async fn packages_changed(&self) {
        self.wake(Wake::PackagesChanged).await;
    }

    /// Stops the agent and waits until it has: the client ended, the record closed.
    pub async fn stop(&self) {
        let (done, stopped) = oneshot::channel();
        self.wake(Wake::Stop(done)).await;
        // An agent that is gone already drops the sender, which is as good.
        let _ = stopped.await;
    }

    /// Waits until what was asked before shows in the snapshot; two seconds at most, as the loop may
    /// wait for a disk.
    pub(crate) async fn seen(&self) {
        let (done, seen) = oneshot::channel();
        let shown = async {
            self.wake(Wake::Seen(done)).await;
            // An agent that is gone already drops the sender.
            let _ = seen.await;
        };
        let _ = tokio::time::timeout(Duration::from_secs(2), shown).await;
    }

    pub(crate) async fn wake(&self, wake: Wake) {
        // A closed channel means that the agent has stopped.
        let _ = self.wakes.send(wake).await;
    }
}
