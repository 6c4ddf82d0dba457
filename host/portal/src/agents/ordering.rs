use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Query, State};
use axum::{Extension, Json};
use deskhook_wire::Orders;
use serde::Deserialize;

use crate::agents::Caller;
use crate::clock;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::hub::Change;
use crate::store::orders;

/// The longest that a request for orders is held open, in seconds.
const LONGEST: u64 = 60;

/// What a device asks for.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait: u64,
}

/// The device's orders behind `after`: at once where there are any, else when one comes, else
/// none after `wait` seconds.
pub(crate) async fn orders(
    State(desk): State<Arc<Desk>>,
    Extension(caller): Extension<Caller>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Orders>, Failure> {
    let waiting = desk.hub.wait(&caller.device);
    let patience = Duration::from_secs(wanted.wait.min(LONGEST));
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        // Listened for before looking, so that none slips between the two.
        let mut called = std::pin::pin!(waiting.orders.notified());
        called.as_mut().enable();
        let found = pending(&desk, &caller.device, wanted.after).await?;
        if !found.orders.is_empty() {
            note_fetched(&desk, &caller.device, found.last).await?;
            return Ok(Json(found));
        }
        tokio::select! {
            () = called => {}
            () = tokio::time::sleep_until(deadline) => return Ok(Json(found)),
            () = desk.hub.closed() => return Ok(Json(found)),
        }
    }
}

async fn pending(desk: &Desk, device: &str, after: u64) -> Result<Orders, Failure> {
    let device = device.to_owned();
    let read = move |connection: &rusqlite::Connection| {
        orders::pending(connection, &device, after, clock::now())
    };
    Ok(desk.store.read(read).await?)
}

async fn note_fetched(desk: &Desk, device: &str, last: u64) -> Result<(), Failure> {
    let device = device.to_owned();
    let noted = desk.store.write(move |unit| {
        orders::set_fetched(unit, &device, last, clock::now())?;
        unit.tell(Change::Device(device));
        Ok(())
    });
    Ok(noted.await?)
}
