use std::sync::Arc;

use axum::Json;
use axum::extract::{Query, State};
use deskhook_wire::SessionEntry;
use serde::Deserialize;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::shapes;
use crate::store;

/// Which part of the history.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    /// Of one device.
    device: Option<String>,
    /// With lower numbers than this: the last of the page before.
    before: Option<i64>,
}

/// The newest 100 sessions, newest first.
pub(crate) async fn sessions(
    State(desk): State<Arc<Desk>>,
    Query(part): Query<Part>,
) -> Result<Json<Vec<SessionEntry>>, Failure> {
    let found = desk.store.read(move |connection| {
        let before = part.before.unwrap_or(i64::MAX);
        store::sessions::newest(connection, part.device.as_deref(), before, 100)
    });
    Ok(Json(
        found.await?.iter().map(shapes::session_entry).collect(),
    ))
}
