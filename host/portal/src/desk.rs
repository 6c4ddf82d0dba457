use std::sync::Arc;

use axum::http::HeaderMap;
use deskhook_record::Entry;
use deskhook_wire::SupporterShape;
use ed25519_dalek::SigningKey;

use crate::PortalConfig;
use crate::budgets::Budgets;
use crate::clock::{self, Millis};
use crate::folds::Folds;
use crate::hub::Hub;
use crate::metrics::Metrics;
use crate::password::Passwords;
use crate::store::accounts::Account;
use crate::store::{Store, StoreError, audit};
use crate::streams::Streams;
use crate::verification::Verification;
use crate::web::origin;
use crate::web::serving::Peer;

/// What every request may use.
pub(crate) struct Desk {
    pub(crate) config: PortalConfig,
    pub(crate) store: Store,
    pub(crate) hub: Arc<Hub>,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) passwords: Passwords,
    pub(crate) verification: Verification,
    pub(crate) folds: Folds,
    pub(crate) budgets: Budgets,
    pub(crate) streams: Arc<Streams>,
    /// Signs elevation orders.
    pub(crate) key: SigningKey,
}

impl Desk {
    /// Puts on the record what anybody can cause as often as they like: see [`Folds`].
    pub(crate) async fn record_folded(&self, entry: Entry) -> Result<(), StoreError> {
        match self.folds.note(entry, clock::now()) {
            Some(entry) => {
                self.store
                    .write(move |unit| audit::append(unit, &entry))
                    .await
            }
            None => Ok(()),
        }
    }

    /// The same for what was refused to a caller: to `whom`, if that is known.
    pub(crate) async fn record_refused(
        &self,
        (action, whom): (&str, &str),
        (headers, peer): (&HeaderMap, Option<&Peer>),
        field: Option<(&str, String)>,
    ) -> Result<(), StoreError> {
        let mut entry = deed("portal", action, whom);
        if let Some(peer) = peer {
            let from = origin::caller(&self.config, headers, *peer);
            entry.fields.insert("from".into(), from.to_string().into());
        }
        if let Some((name, value)) = field {
            entry.fields.insert(name.to_owned(), value.into());
        }
        self.record_folded(entry).await
    }

    /// Writes down how often what was folded until `now` has happened.
    pub(crate) async fn close_folds(&self, now: Millis) -> Result<(), StoreError> {
        let over = self.folds.over(now);
        if over.is_empty() {
            return Ok(());
        }
        let entries = over.clone();
        let written = self.store.write(move |unit| {
            entries
                .iter()
                .try_for_each(|entry| audit::append(unit, entry))
        });
        let written = written.await;
        if written.is_err() {
            self.folds.again(over, now);
        }
        written
    }

    /// How a supporter is named to the person at a device.
    pub(crate) fn supporter(&self, account: &Account) -> SupporterShape {
        SupporterShape {
            // Accounts are never taken out, so that a number is nobody else's later.
            id: Some(account.id.to_string()),
            name: account.display_name.clone(),
            organisation: self.config.organization.clone(),
            verified: true,
        }
    }
}

/// Begins an entry of the audit record: who did what to what, now.
pub(crate) fn deed(actor: &str, action: &str, subject: &str) -> Entry {
    deed_at(clock::now(), actor, action, subject)
}

/// The same at a given time.
pub(crate) fn deed_at(at: Millis, actor: &str, action: &str, subject: &str) -> Entry {
    Entry {
        at: clock::rfc3339(at),
        actor: actor.to_owned(),
        action: action.to_owned(),
        subject: subject.to_owned(),
        session: None,
        fields: std::collections::BTreeMap::new(),
    }
}
