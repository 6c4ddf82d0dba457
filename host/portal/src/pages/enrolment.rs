use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, State};
use axum::http::HeaderMap;
use serde::Deserialize;

use crate::clock::{self, Millis};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::pages::{Frame, Moment, Page, filled, show};
use crate::set_up;
use crate::store::one_time::{self, Issued, Purpose};
use crate::visitor::Visitor;

/// Tokens that the page lists.
const SHOWN: u32 = 50;

/// A token that was made, without the token itself.
struct Token {
    group: String,
    person: String,
    by: String,
    made: Moment,
    state: &'static str,
    tone: &'static str,
    when: Option<Moment>,
}

#[derive(Template)]
#[template(path = "enrolment.html")]
struct Enrolment {
    frame: Frame,
    tokens: Vec<Token>,
    /// The command to paste, shown once.
    command: Option<String>,
    person: String,
    group: String,
}

pub(crate) async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Page {
    let form = TokenFor {
        group: None,
        person: None,
    };
    render(&desk, &visitor, &headers, (None, form)).await
}

/// What a token is made for.
#[derive(Debug, Deserialize)]
pub(crate) struct TokenFor {
    group: Option<String>,
    person: Option<String>,
}

/// Makes a token and shows the command that uses it, this once.
pub(crate) async fn make(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Form(form): Form<TokenFor>,
) -> Page {
    let checked = |text: Option<String>| {
        let name = filled(text)
            .map(|text| set_up::checked_name(&text))
            .transpose();
        name.map_err(|error| Failure::because(&error))
    };
    let (group, person) = (checked(form.group.clone())?, checked(form.person.clone())?);
    let actor = visitor.actor();
    let purpose = Purpose::Enrol { group, person };
    let made = desk
        .store
        .write(move |unit| set_up::make_token(unit, purpose, &actor))
        .await?;
    let host = headers.get("host").and_then(|host| host.to_str().ok());
    let base = desk.config.base(host);
    let command = format!("deskhook agent enrol --portal {base} --token {made}");
    render(&desk, &visitor, &headers, (Some(command), form)).await
}

async fn render(
    desk: &Desk,
    visitor: &Visitor,
    headers: &HeaderMap,
    (command, form): (Option<String>, TokenFor),
) -> Page {
    let issued = desk
        .store
        .read(|connection| one_time::enrolment_tokens(connection, SHOWN))
        .await?;
    let now = clock::now();
    show(&Enrolment {
        frame: Frame::of(desk, visitor, headers, "/enrolment").await?,
        tokens: issued
            .into_iter()
            .map(|issued| Token::of(issued, now))
            .collect(),
        command,
        person: form.person.unwrap_or_default(),
        group: form.group.unwrap_or_default(),
    })
}

impl Token {
    fn of(issued: Issued, now: Millis) -> Self {
        let (state, tone, when) = match issued.used_at {
            Some(at) => ("used", "ok", Some(at)),
            None if issued.expires_at <= now => ("ran out", "quiet", Some(issued.expires_at)),
            None => ("open", "busy", None),
        };
        let (group, person) = match issued.purpose {
            Purpose::Enrol { group, person } => (group, person),
            Purpose::SignIn(_) => (None, None),
        };
        let by = issued
            .made_by
            .strip_prefix("account:")
            .unwrap_or(&issued.made_by);
        Self {
            group: group.unwrap_or_default(),
            person: person.unwrap_or_default(),
            by: by.to_owned(),
            made: Moment::of(issued.created_at, now),
            state,
            tone,
            when: when.map(|at| Moment::of(at, now)),
        }
    }
}
