use axum::response::{IntoResponse as _, Response};

use crate::desk::Desk;
use crate::failure::Failure;
use crate::visitor::Visitor;

pub(crate) fn show(_desk: &Desk, _visitor: Option<&Visitor>, failure: &Failure) -> Response {
    (failure.status(), failure.title()).into_response()
}
