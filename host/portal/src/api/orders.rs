use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use deskhook_wire::OrderEntry;

use crate::clock;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::shapes;
use crate::store::{devices, orders, sessions};
use crate::visitor::Visitor;

/// An order, for who made it and for whoever sees its device.
pub(crate) async fn order(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Json<OrderEntry>, Failure> {
    let reach = visitor.reach();
    let found = desk.store.read(move |connection| {
        let Some(order) = orders::find(connection, &id)? else {
            return Ok(None);
        };
        if devices::find(connection, &order.device, &reach)?.is_none() {
            return Ok(None);
        }
        let session = sessions::by_name(connection, &order.device, &order.session)?;
        Ok(Some((order, session.and_then(|session| session.link))))
    });
    let (order, link) = found.await?.ok_or(Failure::NotFound)?;
    let link = link.filter(|_| shapes::may_connect(&visitor));
    Ok(Json(shapes::order_entry(&order, link, clock::now())))
}
