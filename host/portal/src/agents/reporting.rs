use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::{Extension, Json};
use deskhook_wire::{Acknowledged, Delivery, Report};

use crate::agents::Caller;
use crate::agents::admission::refuse;
use crate::budgets::Spending;
use crate::clock::{self, DAY, Millis};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::hostile;
use crate::hub::Change;
use crate::progress::{self, Told};
use crate::store::deliveries::{self, Accepted};
use crate::store::{StoreError, Unit, sessions};
use crate::web::serving::Peer;

/// Accepts one row of a device's outbox, once: acknowledged when it is on disk, and again when
/// it is delivered again.
pub(crate) async fn report(
    State(desk): State<Arc<Desk>>,
    (Extension(caller), Extension(peer)): (Extension<Caller>, Extension<Peer>),
    headers: HeaderMap,
    Json(delivery): Json<Delivery>,
) -> Result<Json<Acknowledged>, Failure> {
    if !names(&delivery.report).all(hostile::is_key) {
        return Err(Failure::Invalid(
            "A session or an order has a name of 1 to 64 letters, digits, dots, lines.".to_owned(),
        ));
    }
    let acknowledged = delivery.sequence;
    let (own, device) = (desk.clone(), caller.device.clone());
    let accepted = desk.store.attempt(move |unit| {
        if deliveries::accept(unit, &device, delivery.sequence)? == Accepted::Before {
            return Ok(Ok(()));
        }
        if begins_session(unit, &device, &delivery.report)? {
            let session = (Spending::Session, 1);
            if let Err(seconds) = own.budgets.spend(&device, session, clock::now()) {
                return Ok(Err(seconds));
            }
        }
        let told = Told {
            device: &device,
            at: believed(delivery.at, clock::now()),
            schemes: &own.config.link_schemes,
        };
        progress::apply(unit, &told, &delivery.report)?;
        unit.tell(Change::Device(device));
        Ok(Ok(()))
    });
    if let Err(seconds) = accepted.await? {
        let about = (caller.device.as_str(), Spending::Session);
        return Err(refuse(&desk, about, (&headers, Some(&peer)), seconds).await?);
    }
    Ok(Json(Acknowledged { acknowledged }))
}

/// Whether a report is about a session that the portal has not heard of.
fn begins_session(unit: &Unit<'_>, device: &str, report: &Report) -> Result<bool, StoreError> {
    match report {
        Report::Address { session, .. }
        | Report::Phase { session, .. }
        | Report::Ended { session, .. } => Ok(sessions::by_name(unit, device, session)?.is_none()),
        Report::Reply { .. } | Report::State { .. } => Ok(false),
    }
}

fn names(report: &Report) -> impl Iterator<Item = &str> {
    let name = match report {
        Report::Address { session, .. }
        | Report::Phase { session, .. }
        | Report::Ended { session, .. } => Some(session),
        Report::Reply { order, .. } => Some(order),
        Report::State { .. } => None,
    };
    name.map(String::as_str).into_iter()
}

/// A device's time, where it may be true: a report can be a week late, never early.
fn believed(at: u64, now: Millis) -> Millis {
    let at = Millis::try_from(at).unwrap_or(now);
    if (now - 7 * DAY..now).contains(&at) {
        at
    } else {
        now
    }
}
