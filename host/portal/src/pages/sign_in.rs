use std::net::IpAddr;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Query, State};
use axum::http::header::{SET_COOKIE, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::clock;
use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::guesses;
use crate::hostile;
use crate::pages::failure::Door;
use crate::pages::{Appearance, Page, show};
use crate::password::Match;
use crate::secret::Secret;
use crate::store::accounts::{self, Account};
use crate::store::attempts::{self, Attempt};
use crate::store::sign_ins::{self, SignIn};
use crate::store::{StoreError, Unit, audit};
use crate::visitor::{Visitor, Way, cookie_name};
use crate::web::origin;
use crate::web::serving::Peer;

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    door: Door,
    name: String,
    next: String,
    wrong: Option<String>,
}

/// Where to go after signing in.
#[derive(Debug, Deserialize)]
pub(crate) struct Next {
    next: Option<String>,
}

pub(crate) async fn form(
    State(desk): State<Arc<Desk>>,
    Query(next): Query<Next>,
    headers: HeaderMap,
) -> Page {
    show(&SignInPage {
        door: Door::of(&desk, Appearance::of(&headers)),
        name: String::new(),
        next: local(next.next.as_deref()),
        wrong: None,
    })
}

/// A path of ours, never another host's address.
fn local(next: Option<&str>) -> String {
    let path = next.and_then(origin::local_path);
    path.unwrap_or_else(|| "/".to_owned())
}

/// Name and password.
#[derive(Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
    next: Option<String>,
}

/// Signs in with a password. Who guesses waits longer and longer; an unknown name takes as long
/// as a wrong password and reads the same.
pub(crate) async fn sign_in(
    State(desk): State<Arc<Desk>>,
    Extension(peer): Extension<Peer>,
    headers: HeaderMap,
    Form(given): Form<Credentials>,
) -> Result<Response, Failure> {
    let next = local(given.next.as_deref());
    let browser = Browser::of(&desk, &headers, peer);
    let name = hostile::name(&given.name);
    let attempt = Attempt::new(&name, browser.address);
    let (account, hash) = look_up(&desk, name.clone()).await?;
    let secret = (given.password, hash);
    let matched = guesses::check(&desk, &attempt, secret, "account.sign_in_failed").await?;
    let (Match::Yes, Some(account)) = (matched, account) else {
        let page = show(&SignInPage {
            door: Door::of(&desk, Appearance::of(&headers)),
            name,
            next,
            wrong: Some("Name or password is not right.".to_owned()),
        })?;
        return Ok((StatusCode::UNAUTHORIZED, page).into_response());
    };
    let begun = desk
        .store
        .write(move |unit| browser.sign_in(unit, &account));
    let secret = begun.await?;
    Ok(with_cookie(
        &desk,
        Redirect::to(&next).into_response(),
        &secret,
    ))
}

async fn look_up(desk: &Desk, name: String) -> Result<(Option<Account>, Option<String>), Failure> {
    let found = desk.store.read(move |connection| {
        let account = accounts::by_name(connection, &name)?;
        let hash = match &account {
            Some(account) => accounts::password(connection, account.id)?,
            None => None,
        };
        Ok((account, hash))
    });
    Ok(found.await?)
}

/// Where somebody signs in from.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) name: String,
    pub(crate) address: IpAddr,
}

impl Browser {
    pub(crate) fn of(desk: &Desk, headers: &HeaderMap, peer: Peer) -> Self {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        Self {
            name: browser_title(header(USER_AGENT.as_str()).unwrap_or_default()),
            address: origin::caller(&desk.config, headers, peer),
        }
    }

    /// Begins a sign-in with a secret of its own.
    pub(crate) fn sign_in(&self, unit: &Unit<'_>, account: &Account) -> Result<Secret, StoreError> {
        let (secret, now) = (Secret::fresh(""), clock::now());
        let new = SignIn {
            hash: secret.fingerprint(),
            account: account.id,
            created_at: now,
            seen_at: now,
            browser: self.name.clone(),
            origin: self.address.to_string(),
        };
        sign_ins::add(unit, &new)?;
        attempts::remember(unit, &Attempt::new(&account.name, self.address), now)?;
        let mut entry = deed(
            &format!("account:{}", account.name),
            "account.signed_in",
            &account.name,
        );
        entry
            .fields
            .insert("from".into(), self.address.to_string().into());
        audit::append(unit, &entry)?;
        Ok(secret)
    }
}

/// `Firefox on Linux`: enough to know one's own again.
fn browser_title(agent: &str) -> String {
    let find = |names: &[(&str, &str)]| {
        let found = names.iter().find(|(mark, _)| agent.contains(mark));
        found.map(|(_, title)| (*title).to_owned())
    };
    let program = find(&[
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = find(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(program), None) => program,
        _ => "Another program".to_owned(),
    }
}

/// Lets the browser keep the sign-in: not for scripts, not for other sites.
pub(crate) fn with_cookie(desk: &Desk, mut response: Response, secret: &Secret) -> Response {
    set_cookie(desk, &mut response, secret.text());
    response
}

fn set_cookie(desk: &Desk, response: &mut Response, value: &str) {
    let name = cookie_name(&desk.config);
    let secure = if desk.config.is_secure() {
        "; Secure"
    } else {
        ""
    };
    let ends = if value.is_empty() { "; Max-Age=0" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Strict{secure}{ends}");
    if let Ok(value) = HeaderValue::from_str(&cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}

pub(crate) async fn sign_out(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Response, Failure> {
    let actor = visitor.actor();
    if let Way::Browser { sign_in, .. } = visitor.way {
        let name = visitor.account.name;
        let removed = desk.store.write(move |unit| {
            sign_ins::remove(unit, &sign_in)?;
            audit::append(unit, &deed(&actor, "account.signed_out", &name))
        });
        removed.await?;
    }
    let mut response = Redirect::to("/sign-in").into_response();
    set_cookie(&desk, &mut response, "");
    Ok(response)
}
