use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::IntoResponse;

use crate::clock;
use crate::desk::Desk;
use crate::failure::Failure;

/// The process answers.
pub(crate) async fn health() -> &'static str {
    "ok\n"
}

/// The database takes writes.
pub(crate) async fn ready(State(desk): State<Arc<Desk>>) -> Result<&'static str, Failure> {
    desk.store.write(|_| Ok(())).await?;
    Ok("ready\n")
}

/// Figures for Prometheus.
pub(crate) async fn metrics(State(desk): State<Arc<Desk>>) -> impl IntoResponse {
    let kind = "text/plain; version=0.0.4; charset=utf-8";
    (
        [(CONTENT_TYPE, kind)],
        desk.metrics.text(desk.hub.online(clock::now())),
    )
}
