use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::password::Crowded;
use crate::rights::Right;
use crate::store::StoreError;

/// Why a request is not answered with what it asked for. Becomes a page for people and JSON for
/// programs on the way out (`web::outcome`).
#[derive(Clone, Debug)]
pub(crate) enum Failure {
    /// Nobody is signed in, or a device's signature does not hold.
    NotSignedIn,
    /// A one-time token that is unknown, used or too old.
    Token,
    /// The device was removed; its key counts no more.
    Removed,
    /// The role has no such right.
    NotAllowed(Right),
    /// A form that a page of this portal did not send.
    Forged,
    /// No such thing, or not for this caller.
    NotFound,
    /// What is there takes other methods.
    Method,
    /// It does not go with how things stand.
    Conflict(String),
    /// A device's clock is too far off: seconds that it is ahead, negative where it is behind.
    Clock(i64),
    /// The request itself is wrong.
    Invalid(String),
    /// Too many attempts, reports or open pages; seconds to wait.
    TooMany(u64),
    /// More bytes than are read.
    TooLarge,
    /// The request's body did not come in time.
    Slow,
    /// Too many are being served; seconds to wait.
    Busy(u64),
    /// It took too long.
    Late,
    /// The database is away; told in the log.
    Unavailable,
}

impl Failure {
    /// The request is wrong for a reason that `error` says, as a sentence.
    pub(crate) fn because(error: &dyn std::error::Error) -> Self {
        let text = error.to_string();
        let mut letters = text.chars();
        let first = letters.next().into_iter().flat_map(char::to_uppercase);
        Self::Invalid(first.chain(letters).chain(['.']).collect())
    }

    pub(crate) fn status(&self) -> StatusCode {
        match self {
            Self::NotSignedIn | Self::Token => StatusCode::UNAUTHORIZED,
            Self::Removed => StatusCode::GONE,
            Self::NotAllowed(_) | Self::Forged => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Conflict(_) | Self::Clock(_) => StatusCode::CONFLICT,
            Self::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy(_) | Self::Late | Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// A stable word for programs.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "not-signed-in",
            Self::Token => "token",
            Self::Removed => "removed",
            Self::NotAllowed(_) => "not-allowed",
            Self::Forged => "forged",
            Self::NotFound => "not-found",
            Self::Method => "method",
            Self::Conflict(_) => "conflict",
            Self::Clock(_) => "clock",
            Self::Invalid(_) => "invalid",
            Self::TooMany(_) => "too-many",
            Self::TooLarge => "too-large",
            Self::Slow => "slow",
            Self::Busy(_) | Self::Late | Self::Unavailable => "unavailable",
        }
    }

    /// What is wrong, in a few words.
    pub(crate) fn title(&self) -> &'static str {
        match self {
            Self::NotSignedIn => "Sign in first",
            Self::Token => "This link or token no longer works",
            Self::Removed => "This device was removed",
            Self::NotAllowed(_) => "Your role does not allow this",
            Self::Forged => "This did not come from the portal",
            Self::NotFound => "There is nothing here",
            Self::Method => "That is not asked in this way",
            Self::Clock(_) => "The device's clock is wrong",
            Self::Conflict(_) => "That does not go just now",
            Self::Invalid(_) => "Something in it is not right",
            Self::TooMany(_) => "Too many at once",
            Self::TooLarge => "That is too large",
            Self::Slow => "The request came too slowly",
            Self::Busy(_) => "Too many sign in at this moment",
            Self::Late => "That took too long",
            Self::Unavailable => "The portal cannot reach its database",
        }
    }

    /// What is wrong and what to do, as a sentence.
    pub(crate) fn message(&self) -> String {
        match self {
            Self::NotSignedIn => "Nobody is signed in here, or the signature does not hold.".into(),
            Self::Token => {
                "It was used already, or it is too old. Ask for a new one: each works once.".into()
            }
            Self::Removed => {
                "This device was removed from the portal. Enrol it anew: it then has a new name."
                    .into()
            }
            Self::NotAllowed(right) => {
                format!(
                    "The right {right} is missing. An owner or admin can give you another role."
                )
            }
            Self::Forged => {
                "The request came from another page or an old one. Reload the page and try again."
                    .into()
            }
            Self::Method => {
                "The address is right, the method is not; the answer's Allow header says which are."
                    .into()
            }
            Self::NotFound => "The address is wrong, or it was removed.".into(),
            Self::Clock(ahead) => {
                let minutes = ahead.unsigned_abs() / 60;
                let way = if *ahead > 0 { "fast" } else { "slow" };
                format!("The device's clock is {minutes} minutes {way}. Set it right.")
            }
            Self::Conflict(text) | Self::Invalid(text) => text.clone(),
            Self::TooMany(seconds) | Self::Busy(seconds) => {
                format!("Wait {seconds} seconds, then try again.")
            }
            Self::TooLarge => "The request has more bytes than the portal reads.".into(),
            Self::Slow => "The request did not arrive whole in time. Try again.".into(),
            Self::Late => "The portal is busy. Nothing was lost; try again.".into(),
            Self::Unavailable => {
                "Nothing was changed. Try again in a moment; the portal's log says more.".into()
            }
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        tracing::error!(%error, cause, "the database failed a request");
        Self::Unavailable
    }
}

impl From<Crowded> for Failure {
    fn from(_: Crowded) -> Self {
        Self::Busy(2)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        if let Self::TooMany(seconds) | Self::Busy(seconds) = &self {
            response
                .headers_mut()
                .insert("retry-after", (*seconds).into());
        }
        response.extensions_mut().insert(self);
        response
    }
}
