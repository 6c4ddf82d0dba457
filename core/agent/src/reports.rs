use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use deskhook_elevation::Ways;
use deskhook_hooks::{Empty, Hook};
use deskhook_policy::{ElevationMethod, ElevationPolicy};
use deskhook_session::{
    AskId, ElevationAsk, Event, JoinAsk, Moment, Origin, Request, SessionId, View,
};
use deskhook_wire::{ElevationOffer, Order, OrderKind, Report};

use crate::agent::Loop;
use crate::courier::News;
use crate::extensions::health;
use crate::{Wake, folds};

/// The facts that every portal is told, beside the custom state.
const TOLD_FACTS: [&str; 8] = [
    "free-disk",
    "power",
    "disk-encryption",
    "firewall",
    "updates",
    "antivirus",
    "uptime",
    "display-server",
];

impl Loop {
    /// Tells the portal of what changed between `before` and now.
    pub(crate) fn session_moved(&mut self, before: &View) {
        let now = self.session.view();
        if now.session.is_some() && now.session != before.session {
            if let Some(session) = &now.session {
                self.unfinished.begin(session);
            }
            self.started_at = self.chains.context().now;
            self.shown.checks.clear();
            self.shown.detail = None;
        }
        let ended = before.session.is_some() && now.session != before.session;
        if ended {
            if self.courier.is_none() {
                self.unfinished.forget();
            }
            self.shown.client_started = false;
            self.shown.password = None;
        }
        let moved = now.session.is_some()
            && (now.session != before.session
                || now.phase != before.phase
                || now.supporter != before.supporter);
        if moved {
            self.report_phase();
        }
        if now.connected.is_some() && before.connected.is_none() {
            // What a supporter may ask for, and what is in the way of it, may have changed.
            self.collect_state();
        }
    }

    /// Tells the portal of a session that was over between `before` and `after`, once all that was
    /// asked in it is answered.
    pub(crate) fn session_over(&self, before: &View, after: &View) {
        if before.session.is_some() && after.session != before.session {
            self.report_end(before, after);
        }
    }

    pub(crate) fn report_phase(&self) {
        let Some(courier) = &self.courier else { return };
        let view = self.session.view();
        let Some(session) = view.session else { return };
        let (reason, ticket) = self.session.details();
        let report = Report::Phase {
            session: session.0,
            phase: view.phase.word().to_owned(),
            reason: reason.map(str::to_owned),
            ticket: ticket.map(str::to_owned),
            supporter: view.supporter.as_ref().map(Into::into),
            checks: self.shown.checks.clone(),
        };
        courier.send(report, News::None);
    }

    fn report_end(&self, before: &View, now: &View) {
        let (Some(courier), Some(SessionId(session))) = (&self.courier, before.session.clone())
        else {
            return;
        };
        let outcome = now
            .last
            .as_ref()
            .map_or("stopped", |outcome| outcome.word())
            .to_owned();
        let begun = before.started.unwrap_or_default();
        let seconds = self.now().since(begun) / 1000;
        let reasons = now.reasons.iter().map(Into::into).collect();
        let news = News::EndOf(SessionId(session.clone()));
        let ended = Report::Ended {
            session,
            outcome,
            reasons,
            seconds,
        };
        courier.send(ended, news);
    }

    /// Collects the device's own state in the background, the `state.collect` hooks included.
    pub(crate) fn collect_state(&self) {
        if self.courier.is_none() {
            return;
        }
        let (chain, chains, facts) = (
            self.chains.current(),
            self.chains.clone(),
            self.facts.clone(),
        );
        let (device, person) = (self.config.device.shape(), Some(self.config.person.shape()));
        let (policy_version, policy) = (self.policy.version.clone(), self.entries.clone());
        let (elevation, ways) = (self.policy.elevation.clone(), self.ways.clone());
        let (rejected, wakes) = (self.rejected.clone(), self.wakes.clone());
        tokio::spawn(async move {
            let call = chains.call(Hook::StateCollect, Empty {});
            let custom = folds::fields(&chains, Arc::clone(&chain), call).await;
            let known = tokio::task::spawn_blocking(move || {
                let facts = TOLD_FACTS.map(|name| (name.to_owned(), facts.get(name)));
                (BTreeMap::from(facts), offer(&elevation, &ways))
            });
            let (mut all, elevation) = known.await.unwrap_or_default();
            all.extend(custom);
            let extensions = health(&chain, &rejected);
            let report = Report::State {
                device,
                person,
                policy_version,
                policy,
                facts: all,
                extensions,
                elevation,
            };
            // The loop is gone when the agent stopped meanwhile.
            let _ = wakes.send(Wake::Collected(Box::new(report))).await;
        });
    }
}

/// What a supporter may ask for.
fn offer(policy: &ElevationPolicy, ways: &Ways) -> ElevationOffer {
    if !policy.enabled {
        return ElevationOffer::default();
    }
    let mut methods = policy.methods.clone();
    methods.retain(|method| *method != ElevationMethod::TransmittedCredentials);
    ElevationOffer {
        programs: policy.programs.clone(),
        methods,
        minutes: policy.max_minutes,
        obstacle: ways.obstacle().map(|reason| reason.message),
    }
}

/// The event that a portal's order becomes. An order for a session that is no longer under way
/// still becomes one, so that it is answered: the session machine refuses it.
pub(crate) fn ordered(order: Order, (view, now): (&View, Moment)) -> Event {
    let ask = AskId(order.id);
    let until = Some(now.after(Duration::from_secs(order.expires_in.into())));
    let current = |session: &str| view.session.as_ref().is_some_and(|now| now.0 == session);
    let request = match order.kind {
        OrderKind::Join {
            session,
            supporter,
            reason,
            ticket,
            permissions,
        } if current(&session) => Request::Join(JoinAsk {
            ask,
            supporter: supporter.into(),
            reason,
            ticket,
            permissions,
            until,
        }),
        OrderKind::Disconnect { session, .. } if current(&session) => Request::Disconnect { ask },
        OrderKind::Elevate {
            session,
            supporter,
            program,
            arguments,
            method,
            reason,
            minutes,
            signed,
        } if current(&session) => {
            let supporter = supporter.into();
            Request::Elevate(ElevationAsk {
                ask,
                supporter,
                program,
                arguments,
                method,
                reason,
                minutes,
                order: signed,
                until,
            })
        }
        OrderKind::Join { .. } | OrderKind::Disconnect { .. } | OrderKind::Elevate { .. } => {
            Request::Stale { ask }
        }
    };
    Event::Requested {
        request,
        origin: Origin::Portal,
    }
}
