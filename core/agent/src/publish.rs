use std::sync::Arc;

use deskhook_hooks::Menu;
use deskhook_session::Notice;

use crate::agent::Loop;
use crate::extensions::health;
use crate::{Errand, Snapshot, Wake};

/// How many of the last notices and errands a snapshot carries.
const LAST: usize = 8;

impl Loop {
    /// Publishes what can be seen now, and has the menu made anew where it may have changed.
    pub(crate) fn publish(&mut self) {
        self.revision += 1;
        let snapshot = Arc::new(self.snapshot());
        let before = self.snapshots.borrow().clone();
        if self.menu_is_stale || before.view != snapshot.view || before.online != snapshot.online {
            self.menu_is_stale = true;
        }
        // Nobody may be looking.
        let _ = self.snapshots.send_replace(Arc::clone(&snapshot));
        if self.menu_is_stale && !self.menu_is_made {
            self.make_menu(snapshot);
        }
    }

    fn make_menu(&mut self, snapshot: Arc<Snapshot>) {
        self.menu_is_stale = false;
        self.menu_is_made = true;
        let (menus, wakes, revision) = (self.menus.clone(), self.wakes.clone(), snapshot.revision);
        let language = self.config.person.language.clone();
        tokio::spawn(async move {
            let menu = menus.make(snapshot, language).await;
            // The loop is gone when the agent stopped meanwhile.
            let _ = wakes.send(Wake::Menu { revision, menu }).await;
        });
    }

    pub(crate) fn use_menu(&mut self, revision: u64, menu: Menu) {
        tracing::trace!(revision, "menu made");
        self.menu_is_made = false;
        self.menu = menu;
    }

    pub(crate) fn tell(&mut self, notice: Notice) {
        self.told += 1;
        self.notices.push((self.told, notice));
        let surplus = self.notices.len().saturating_sub(LAST);
        self.notices.drain(..surplus);
    }

    pub(crate) fn errand(&mut self, errand: Errand) {
        self.told += 1;
        self.errands.push((self.told, errand));
        let surplus = self.errands.len().saturating_sub(LAST);
        self.errands.drain(..surplus);
    }

    fn snapshot(&self) -> Snapshot {
        let own = &self.policy.organization;
        let organization = if own.is_empty() {
            self.portal_organization.clone()
        } else {
            own.clone()
        };
        let last = self.snapshots.borrow();
        Snapshot {
            revision: self.revision,
            now: self.now(),
            clock: self.chains.context().now,
            view: self.session.view(),
            policy: Arc::clone(&self.policy),
            problems: self.problems.clone(),
            device: last
                .device
                .clone()
                .or_else(|| Some(Arc::new(self.config.device.clone()))),
            person: last
                .person
                .clone()
                .or_else(|| Some(Arc::new(self.config.person.clone()))),
            organization,
            portal: self.portal.clone(),
            online: self.online,
            unacknowledged: self.unacknowledged,
            menu: self.menu.clone(),
            checks: self.checks.clone(),
            detail: self.detail.clone(),
            extensions: health(&self.chains.current(), &self.rejected),
            notices: self.notices.clone(),
            errands: self.errands.clone(),
            client_started: self.client_started,
            clients_running: self.clients_running,
            password: self.password.clone(),
        }
    }
}
