use std::sync::Arc;

use deskhook_hooks::Menu;
use deskhook_session::Notice;

use crate::agent::Loop;
use crate::clock::Stopwatch;
use crate::courier::Courier;
use crate::extensions::health;
use crate::{Errand, Snapshot, Wake};

/// How many of the last notices and errands a snapshot carries.
const LAST: usize = 8;

impl Loop {
    /// Publishes what can be seen now, and has the menu made anew where it may have changed.
    pub(crate) fn publish(&mut self) {
        self.shown.revision += 1;
        let snapshot = Arc::new(self.snapshot());
        let before = self.snapshots.borrow().clone();
        if self.shown.menu_is_stale
            || before.view != snapshot.view
            || before.online != snapshot.online
        {
            self.shown.menu_is_stale = true;
        }
        // Nobody may be looking.
        let _ = self.snapshots.send_replace(Arc::clone(&snapshot));
        if self.shown.menu_is_stale && !self.shown.menu_is_made {
            self.make_menu(snapshot);
        }
    }

    fn make_menu(&mut self, snapshot: Arc<Snapshot>) {
        self.shown.menu_is_stale = false;
        self.shown.menu_is_made = true;
        let (menus, wakes, revision) = (self.menus.clone(), self.wakes.clone(), snapshot.revision);
        let language = self.config.person.language.clone();
        tokio::spawn(async move {
            let menu = menus.make(snapshot, language).await.state;
            // The loop is gone when the agent stopped meanwhile.
            let _ = wakes.send(Wake::Menu { revision, menu }).await;
        });
    }

    pub(crate) fn use_menu(&mut self, revision: u64, menu: Menu) {
        tracing::trace!(revision, "menu made");
        self.shown.menu_is_made = false;
        self.shown.menu = menu;
    }

    pub(crate) fn tell(&mut self, notice: Notice) {
        self.shown.told += 1;
        self.shown.notices.push((self.shown.told, notice));
        let surplus = self.shown.notices.len().saturating_sub(LAST);
        self.shown.notices.drain(..surplus);
    }

    pub(crate) fn errand(&mut self, errand: Errand) {
        self.shown.told += 1;
        self.shown.errands.push((self.shown.told, errand));
        let surplus = self.shown.errands.len().saturating_sub(LAST);
        self.shown.errands.drain(..surplus);
    }

    fn snapshot(&self) -> Snapshot {
        let own = &self.policy.organization;
        let organization = if own.is_empty() {
            self.portal_organization.clone()
        } else {
            own.clone()
        };
        let (device, person) = self.chains.about();
        let snapshot = Snapshot {
            revision: self.shown.revision,
            now: self.now(),
            made: Some(Stopwatch::start()),
            clock: self.chains.context().now,
            view: self.session.view(),
            policy: Arc::clone(&self.policy),
            problems: self.problems.clone(),
            device: Some(device),
            person: Some(person),
            present: self.session.person_present(),
            organization,
            portal: self.portal.clone(),
            online: self.online,
            unacknowledged: self.courier.as_ref().map_or(0, Courier::unacknowledged),
            portal_problem: self.portal_problem.clone(),
            menu: self.shown.menu.clone(),
            checks: self.shown.checks.clone(),
            detail: self.shown.detail.clone(),
            extensions: health(&self.chains.current(), &self.rejected),
            notices: self.shown.notices.clone(),
            errands: self.shown.errands.clone(),
            client_started: self.shown.client_started,
            clients_running: self.shown.clients_running,
            password: self.shown.password.clone(),
            words: None,
        };
        let language = &self.config.person.language;
        let question = snapshot.view.question.as_ref();
        let words = question.map(|question| (self.config.words)(question, &snapshot, language));
        Snapshot { words, ..snapshot }
    }
}
