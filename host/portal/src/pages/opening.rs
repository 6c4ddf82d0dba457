use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;

use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::hub::Change;
use crate::store::{audit, devices};
use crate::visitor::Visitor;

/// A supporter's browser opened the client by its link. The link leads to a program and not to the
/// portal, so that the page tells of it: on the record it is the browser's word.
pub(crate) async fn opened(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<StatusCode, Failure> {
    let noted = desk.store.write(move |unit| {
        let device = devices::find(unit, &id, &visitor.reach())?;
        let Some(session) = device.and_then(|device| device.session) else {
            return Ok(None);
        };
        let mut entry = deed(&visitor.actor(), "client.opened", &id);
        entry.session = Some(session.id);
        let mut field = |name: &str, value: Option<String>| {
            entry.fields.insert(name.to_owned(), value.into());
        };
        field("client", session.client);
        field("address", session.address);
        audit::append(unit, &entry)?;
        unit.tell(Change::Device(id));
        Ok(Some(StatusCode::NO_CONTENT))
    });
    noted.await?.ok_or(Failure::NotFound)
}
