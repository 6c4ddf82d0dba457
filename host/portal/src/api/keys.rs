use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};
use deskhook_wire::{KeyEntry, KeyMade, NewKey};

use crate::desk::Desk;
use crate::failure::Failure;
use crate::keys;
use crate::shapes;
use crate::visitor::Visitor;

pub(crate) async fn list(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Json<Vec<KeyEntry>>, Failure> {
    let found = keys::list(&desk, &visitor).await?;
    Ok(Json(found.iter().map(shapes::key_entry).collect()))
}

pub(crate) async fn make(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Json(new): Json<NewKey>,
) -> Result<Json<KeyMade>, Failure> {
    let (made, key) = keys::make(&desk, &visitor, &new.name, &new.scopes).await?;
    let entry = shapes::key_entry(&made);
    Ok(Json(KeyMade { key, entry }))
}

/// The key that was revoked.
pub(crate) async fn revoke(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<i64>,
) -> Result<Json<KeyEntry>, Failure> {
    let revoked = keys::revoke(&desk, &visitor, id).await?;
    Ok(Json(shapes::key_entry(&revoked)))
}
