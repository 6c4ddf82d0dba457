use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use url::form_urlencoded;

use crate::agents;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::secret::same;
use crate::visitor::{self, Visitor, Way};
use crate::web::origin;
use crate::web::table::Access;

/// The most bytes of a form or of an API request.
const LARGEST: usize = 64 * 1024;

/// How long a body may take to arrive: less than the whole request, so that who sends slowly is not
/// taken for a portal that answers slowly.
const ARRIVES: Duration = Duration::from_secs(20);

/// The field of a form, or the header of a script's request, that shows that a page of this
/// portal sent it.
const FORM_FIELD: &str = "form_token";
const FORM_HEADER: &str = "deskhook-form";

/// Lets a request through to its handler, or not.
pub(crate) async fn admit(
    State((desk, access)): State<(Arc<Desk>, Access)>,
    request: Request,
    next: Next,
) -> Result<Response, Failure> {
    let (mut parts, body) = request.into_parts();
    let body = match access {
        Access::Device => admit_device(&desk, &mut parts, body).await?,
        _ => read(body, LARGEST, ARRIVES).await?,
    };
    let mut known = None;
    match access {
        Access::Open => {
            let is_page = !parts.uri.path().starts_with("/api/");
            if is_page && changes(&parts.method) {
                origin::check(&desk.config, &parts.headers)?;
            }
        }
        Access::Device => {}
        Access::SignedIn | Access::Needs(_) => {
            let visitor = match visitor::identify(&desk, &parts.headers).await {
                Ok(visitor) => visitor,
                Err(failure) => {
                    note_refused_key(&desk, &parts).await?;
                    return Err(failure);
                }
            };
            if !fits(&visitor, parts.uri.path(), access) {
                return Err(Failure::NotSignedIn);
            }
            known = Some(visitor.clone());
            let judged = judge(&desk, &visitor, (&parts, &body), access);
            if let Err(failure) = judged {
                note_refused_right(&desk, &parts, (&visitor, &failure)).await?;
                return Ok(told_to(visitor, failure));
            }
            parts.extensions.insert(visitor);
        }
    }
    let mut response = next.run(Request::from_parts(parts, Body::from(body))).await;
    if let Some(visitor) = known {
        response.extensions_mut().insert(visitor);
    }
    Ok(response)
}

/// Takes a device's body in once it is known whose it says it is.
async fn admit_device(desk: &Desk, parts: &mut Parts, body: Body) -> Result<Bytes, Failure> {
    let claim = match agents::claim(desk, parts).await {
        Ok(claim) => claim,
        Err(failure) => {
            let _ = tokio::time::timeout(ARRIVES, discard(body, agents::LARGEST)).await;
            return Err(failure);
        }
    };
    let body = read(body, agents::LARGEST, ARRIVES).await?;
    let caller = agents::verify(desk, parts, (&claim, &body)).await?;
    parts.extensions.insert(caller);
    Ok(body)
}

/// Reads a body without keeping it: a connection that is closed on what was sent may lose the
/// answer.
async fn discard(body: Body, largest: usize) {
    let mut parts = body.into_data_stream();
    let mut read = 0;
    while let Some(Ok(part)) = parts.next().await {
        read += part.len();
        if read > largest {
            return;
        }
    }
}

/// The whole body, within its bounds.
async fn read(body: Body, largest: usize, patience: Duration) -> Result<Bytes, Failure> {
    match tokio::time::timeout(patience, to_bytes(body, largest)).await {
        Ok(read) => read.map_err(|_| Failure::TooLarge),
        Err(_) => Err(Failure::Slow),
    }
}

/// A key that is unknown, revoked or too old; who only is not signed in is no news.
async fn note_refused_key(desk: &Desk, parts: &Parts) -> Result<(), Failure> {
    if parts.headers.contains_key(AUTHORIZATION) {
        let caller = (&parts.headers, parts.extensions.get());
        desk.record_refused(("api_key.refused", "api"), caller, None)
            .await?;
    }
    Ok(())
}

async fn note_refused_right(
    desk: &Desk,
    parts: &Parts,
    (visitor, failure): (&Visitor, &Failure),
) -> Result<(), Failure> {
    if let Failure::NotAllowed(right) = failure {
        let caller = (&parts.headers, parts.extensions.get());
        let about = ("right.refused", visitor.account.name.as_str());
        let field = Some(("right", right.to_string()));
        desk.record_refused(about, caller, field).await?;
    }
    Ok(())
}

/// Whether a request may change something: all but those that every browser and proxy takes for
/// safe.
fn changes(method: &Method) -> bool {
    !matches!(*method, Method::GET | Method::HEAD)
}

/// An API key is for the API, and for rights that its scopes can hold: pages, and what only asks
/// that somebody is signed in, are for people at a browser.
fn fits(visitor: &Visitor, path: &str, access: Access) -> bool {
    match visitor.way {
        Way::Browser { .. } => true,
        Way::Key(_) => path.starts_with("/api/") && matches!(access, Access::Needs(_)),
    }
}

/// A refusal on a page that knows who reads it.
fn told_to(visitor: Visitor, failure: Failure) -> Response {
    let mut response = failure.into_response();
    response.extensions_mut().insert(visitor);
    response
}

fn judge(
    desk: &Desk,
    visitor: &Visitor,
    (parts, body): (&Parts, &Bytes),
    access: Access,
) -> Result<(), Failure> {
    if let (Way::Browser { form_token, .. }, true) = (&visitor.way, changes(&parts.method)) {
        origin::check(&desk.config, &parts.headers)?;
        let given = given_token(&parts.headers, body);
        if !given.is_some_and(|given| same(&given, form_token)) {
            return Err(Failure::Forged);
        }
    }
    match access {
        Access::Needs(right) => visitor.need(right),
        _ => Ok(()),
    }
}

fn given_token(headers: &HeaderMap, body: &Bytes) -> Option<String> {
    if let Some(value) = headers.get(FORM_HEADER) {
        return value.to_str().ok().map(str::to_owned);
    }
    let kind = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return None;
    }
    let mut fields = form_urlencoded::parse(body);
    let (_, value) = fields.find(|(name, _)| name == FORM_FIELD)?;
    Some(value.into_owned())
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use axum::http::StatusCode;
    use futures_util::stream;

    use super::*;

    #[tokio::test]
    async fn a_body_that_does_not_arrive_is_the_callers_fault() {
        let never = Body::from_stream(stream::pending::<Result<Bytes, Infallible>>());
        let failure = read(never, 10, Duration::ZERO).await.unwrap_err();
        assert_eq!(failure.status(), StatusCode::REQUEST_TIMEOUT);
        let large = read(Body::from("more than ten"), 10, ARRIVES).await;
        assert!(matches!(large, Err(Failure::TooLarge)), "{large:?}");
        let read = read(Body::from("whole"), 10, ARRIVES).await;
        assert_eq!(read.unwrap(), "whole");
    }
}
