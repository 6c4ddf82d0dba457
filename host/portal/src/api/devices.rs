use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use deskhook_wire::{ConnectRequest, DeviceDetail, DeviceEntry, ElevateRequest, OrderMade};

use crate::clock;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::requests;
use crate::shapes;
use crate::store;
use crate::visitor::Visitor;

pub(crate) async fn devices(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Json<Vec<DeviceEntry>>, Failure> {
    let reach = visitor.reach();
    let found = desk
        .store
        .read(move |connection| store::devices::list(connection, &reach));
    let now = clock::now();
    let mut found = found.await?;
    found.sort_by_cached_key(|device| {
        (
            shapes::standing(device, &desk.hub, now),
            device.about.name.to_lowercase(),
        )
    });
    let entries = found
        .iter()
        .map(|device| shapes::device_entry(device, &desk.hub, &visitor, now));
    Ok(Json(entries.collect()))
}

pub(crate) async fn device(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Json<DeviceDetail>, Failure> {
    let reach = visitor.reach();
    let found = desk
        .store
        .read(move |connection| store::devices::find(connection, &id, &reach));
    let device = found.await?.ok_or(Failure::NotFound)?;
    Ok(Json(shapes::device_detail(
        &device,
        &desk.hub,
        &visitor,
        clock::now(),
    )))
}

pub(crate) async fn connect(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Json(asked): Json<ConnectRequest>,
) -> Result<Json<OrderMade>, Failure> {
    let order = requests::connect(&desk, &visitor, &id, asked).await?;
    Ok(Json(OrderMade { order }))
}

pub(crate) async fn disconnect(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Json<OrderMade>, Failure> {
    let order = requests::disconnect(&desk, &visitor, &id).await?;
    Ok(Json(OrderMade { order }))
}

pub(crate) async fn elevate(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Json(asked): Json<ElevateRequest>,
) -> Result<Json<OrderMade>, Failure> {
    let order = requests::elevate(&desk, &visitor, &id, asked).await?;
    Ok(Json(OrderMade { order }))
}
