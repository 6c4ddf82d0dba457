use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::header::{
    ALLOW, CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER,
};
use axum::http::{HeaderMap, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Redirect, Response};
use deskhook_wire::ApiError;

use crate::desk::Desk;
use crate::failure::Failure;
use crate::pages::{self, Appearance};
use crate::visitor::Visitor;
use crate::web::origin;

/// How long a request may take that is not held open on purpose.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long any request may take to its answer's head: orders wait up to a minute.
const LONGEST: Duration = Duration::from_secs(75);

/// What every answer says to the browser: run and load nothing that is not ours, be framed by
/// nobody, tell nobody where a link was.
const SAFETY: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; \
         object-src 'none'; require-trusted-types-for 'script'; trusted-types deskhook",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    (
        "permissions-policy",
        "camera=(), microphone=(), geolocation=()",
    ),
];

/// The outermost step: limits the time, makes a failure a page or JSON, adds the headers, counts.
pub(crate) async fn finish(
    State(desk): State<Arc<Desk>>,
    request: Request,
    next: Next,
) -> Response {
    let asked = Asked::of(&request);
    let appearance = Appearance::of(request.headers());
    let patience = match asked.path.as_str() {
        deskhook_wire::PATH_ORDERS => LONGEST,
        _ => PATIENCE,
    };
    let mut response = match tokio::time::timeout(patience, next.run(request)).await {
        Ok(response) => told(&desk, &asked, appearance, response),
        Err(_) => told(&desk, &asked, appearance, Failure::Late.into_response()),
    };
    add_headers(&desk, response.headers_mut());
    desk.metrics.answered(response.status().as_u16());
    response
}

fn add_headers(desk: &Desk, headers: &mut HeaderMap) {
    for (name, value) in SAFETY {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    if desk.config.is_secure() {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert("strict-transport-security", year);
    }
    // What is cached says so itself.
    headers
        .entry(CACHE_CONTROL)
        .or_insert(HeaderValue::from_static("no-store"));
}

/// What was asked for, and where to come back to after signing in.
struct Asked {
    path: String,
    back: Option<String>,
    /// The page of ours that it was asked from, where that is another one.
    from: Option<String>,
}

impl Asked {
    /// A page is come back to as it was asked for. What was sent there cannot be sent again by
    /// following a link: then it is the page of ours that it was sent from.
    fn of(request: &Request) -> Self {
        let back = match *request.method() {
            Method::GET | Method::HEAD => request.uri().path_and_query().map(ToString::to_string),
            _ => origin::page_before(request.headers()),
        };
        let path = request.uri().path().to_owned();
        let from = origin::page_before(request.headers());
        Self {
            from: from.filter(|from| *from != path),
            path,
            back: back.filter(|back| back != "/"),
        }
    }

    fn sign_in(&self) -> String {
        let Some(back) = &self.back else {
            return "/sign-in".to_owned();
        };
        let next: String = url::form_urlencoded::byte_serialize(back.as_bytes()).collect();
        format!("/sign-in?next={next}")
    }
}

/// Headers of a plain refusal that its page or JSON has to repeat.
const REPEATED: [HeaderName; 2] = [ALLOW, RETRY_AFTER];

fn told(desk: &Desk, asked: &Asked, appearance: Appearance, mut response: Response) -> Response {
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        None => match plain_failure(&response) {
            Some(failure) => failure,
            None => return response,
        },
    };
    let visitor = response.extensions_mut().remove::<Visitor>();
    let repeated = REPEATED.map(|name| response.headers_mut().remove(name));
    let mut told = if asked.path.starts_with("/api/") {
        as_json(&failure)
    } else if matches!(failure, Failure::NotSignedIn) && !asked.path.starts_with("/live/") {
        Redirect::to(&asked.sign_in()).into_response()
    } else {
        let way = (appearance, asked.from.clone());
        pages::failure::show(desk, visitor.as_ref(), way, &failure)
    };
    for (name, value) in REPEATED.into_iter().zip(repeated) {
        told.headers_mut().extend(value.map(|value| (name, value)));
    }
    told
}

/// What the router and its extractors refuse by themselves, in the same words as ours. A page that
/// answers with such a status says itself what is wrong.
fn plain_failure(response: &Response) -> Option<Failure> {
    let kind = response.headers().get(CONTENT_TYPE);
    if kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html")) {
        return None;
    }
    let unread = "The request cannot be read: a field is missing or has another shape.";
    match response.status() {
        StatusCode::NOT_FOUND => Some(Failure::NotFound),
        StatusCode::PAYLOAD_TOO_LARGE => Some(Failure::TooLarge),
        StatusCode::METHOD_NOT_ALLOWED => Some(Failure::Method),
        StatusCode::BAD_REQUEST
        | StatusCode::UNSUPPORTED_MEDIA_TYPE
        | StatusCode::UNPROCESSABLE_ENTITY => Some(Failure::Invalid(unread.to_owned())),
        _ => None,
    }
}

fn as_json(failure: &Failure) -> Response {
    let right = match failure {
        Failure::NotAllowed(right) => Some(right.to_string()),
        _ => None,
    };
    let error = ApiError {
        error: failure.word().to_owned(),
        message: failure.message(),
        right,
    };
    (failure.status(), Json(error)).into_response()
}
