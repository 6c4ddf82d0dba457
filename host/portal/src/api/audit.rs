use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;

use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::store::{StoreError, audit};
use crate::visitor::Visitor;

/// Lines that are read at a time.
const PART: u32 = 500;

/// The whole record as lines of JSON, as `deskhook audit verify` reads it; the head stands in the
/// header `deskhook-head`. That it was exported is its last entry.
pub(crate) async fn export(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Failure> {
    let actor = visitor.actor();
    let head = desk.store.write(move |unit| {
        audit::append(unit, &deed(&actor, "audit.exported", "audit"))?;
        audit::head(unit)
    });
    let head = head.await?;
    let parts = stream::try_unfold((desk, 0), move |(desk, after)| async move {
        let part = desk
            .store
            .read(move |connection| audit::page(connection, after, PART))
            .await?;
        let fresh = part
            .into_iter()
            .filter(|link| link.head.entries <= head.entries);
        let (mut text, mut last) = (String::new(), None);
        for link in fresh {
            text.push_str(&link.line());
            text.push('\n');
            last = Some(link.head.entries);
        }
        Ok::<_, StoreError>(last.map(|last| (text, (desk, last))))
    });
    let headers = [
        (CONTENT_TYPE.as_str(), "application/jsonl".to_owned()),
        (
            CONTENT_DISPOSITION.as_str(),
            "attachment; filename=\"deskhook-audit.jsonl\"".to_owned(),
        ),
        ("deskhook-head", head.to_string()),
    ];
    Ok((headers, Body::from_stream(parts)).into_response())
}
