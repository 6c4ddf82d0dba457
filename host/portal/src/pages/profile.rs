use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Redirect;
use serde::Deserialize;

use crate::clock;
use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::guesses;
use crate::hostile;
use crate::keys;
use crate::pages::own_keys::Keys;
use crate::pages::sign_in::Browser;
use crate::pages::{Frame, Moment, Page, show};
use crate::password::{self, Match, SHORTEST};
use crate::rights::{Right, Section};
use crate::store::attempts::Attempt;
use crate::store::{accounts, audit, one_time, sign_ins};
use crate::visitor::Visitor;
use crate::web::serving::Peer;

/// A browser where this account is signed in.
struct Place {
    browser: String,
    origin: String,
    since: Moment,
    seen: Moment,
    is_this: bool,
}

#[derive(Template)]
#[template(path = "profile.html")]
struct Profile {
    frame: Frame,
    account: String,
    role: &'static str,
    may_rename: bool,
    shortest: usize,
    places: Vec<Place>,
    keys: Option<Keys>,
    told: &'static str,
}

/// What was just done.
#[derive(Debug, Deserialize)]
pub(crate) struct Done {
    done: Option<String>,
}

/// One's own account: for every role.
pub(crate) async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Query(done): Query<Done>,
    headers: HeaderMap,
) -> Page {
    let told = match done.done.as_deref() {
        Some("name") => "Your name was changed.",
        Some("password") => "Your password was changed. Other browsers were signed out.",
        Some("password-keys") => {
            "Your password was changed. Other browsers were signed out, and your API keys revoked."
        }
        Some("others") => "All other browsers were signed out.",
        Some("revoked") => "The key was revoked. Nothing works with it any more.",
        _ => "",
    };
    render(&desk, &visitor, &headers, (told, None)).await
}

async fn render(
    desk: &Desk,
    visitor: &Visitor,
    headers: &HeaderMap,
    (told, made): (&'static str, Option<(String, String)>),
) -> Page {
    let (account, now) = (visitor.account.id, clock::now());
    let read =
        move |connection: &rusqlite::Connection| sign_ins::of_account(connection, account, now);
    let places = desk.store.read(read).await?.into_iter().map(|found| Place {
        browser: found.browser,
        origin: found.origin,
        since: Moment::of(found.created_at, now),
        seen: Moment::of(found.seen_at, now),
        is_this: visitor.sign_in() == Some(&found.hash),
    });
    show(&Profile {
        places: places.collect(),
        keys: Keys::of(desk, visitor, made).await?,
        frame: Frame::of(desk, visitor, headers, "/profile").await?,
        account: visitor.account.name.clone(),
        role: visitor.account.role.title(),
        may_rename: visitor.may(Right::edit(Section::PersonalProfile)),
        shortest: SHORTEST,
        told,
    })
}

/// Makes an API key and shows it, this once. Each scope is a field of its own.
pub(crate) async fn make_key(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
    Form(fields): Form<Vec<(String, String)>>,
) -> Page {
    let mut scopes = vec![];
    let mut name = String::new();
    for (field, value) in fields {
        match field.as_str() {
            "scope" => scopes.push(value),
            "name" => name = value,
            _ => {}
        }
    }
    let (made, key) = keys::make(&desk, &visitor, &name, &scopes).await?;
    render(&desk, &visitor, &headers, ("", Some((made.name, key)))).await
}

pub(crate) async fn revoke_key(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<i64>,
) -> Result<Redirect, Failure> {
    keys::revoke(&desk, &visitor, id).await?;
    Ok(Redirect::to("/profile?done=revoked"))
}

/// A new name.
#[derive(Debug, Deserialize)]
pub(crate) struct Name {
    name: String,
}

pub(crate) async fn rename(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Form(form): Form<Name>,
) -> Result<Redirect, Failure> {
    let name = hostile::name(&form.name);
    if name.is_empty() {
        return Err(Failure::Invalid(
            "A name has at least one character.".to_owned(),
        ));
    }
    let renamed = desk.store.write(move |unit| {
        accounts::set_display_name(unit, visitor.account.id, &name)?;
        let mut entry = deed(&visitor.actor(), "account.renamed", &visitor.account.name);
        entry.fields.insert("name".into(), name.into());
        audit::append(unit, &entry)
    });
    renamed.await?;
    Ok(Redirect::to("/profile?done=name"))
}

/// The old password, the new one twice, and whether the API keys go with the old one.
#[derive(Deserialize)]
pub(crate) struct Change {
    current: String,
    password: String,
    again: String,
    keys: Option<String>,
}

pub(crate) async fn set_password(
    State(desk): State<Arc<Desk>>,
    (Extension(visitor), Extension(peer)): (Extension<Visitor>, Extension<Peer>),
    headers: HeaderMap,
    Form(change): Form<Change>,
) -> Result<Redirect, Failure> {
    let id = visitor.account.id;
    let hash = desk
        .store
        .read(move |connection| accounts::password(connection, id))
        .await?;
    let address = Browser::of(&desk, &headers, peer).address;
    let attempt = Attempt::new(&visitor.account.name, address);
    let secret = (change.current, hash);
    let matched = guesses::check(&desk, &attempt, secret, "account.password_refused").await?;
    if matched == Match::No {
        return Err(Failure::Invalid(
            "Your current password is not right.".to_owned(),
        ));
    }
    password::judge(&change.password, &change.again)
        .map_err(|wrong| Failure::Invalid(wrong.to_string()))?;
    let revoke = change.keys.as_deref() == Some(keys::REVOKE);
    let hash = desk.passwords.hash(change.password).await?;
    let changed = desk.store.write(move |unit| {
        accounts::set_password(unit, id, &hash)?;
        sign_ins::remove_others(unit, id, visitor.sign_in())?;
        // A link that somebody else asked for would be a way around the new password.
        one_time::revoke_links(unit, id, clock::now())?;
        if revoke {
            keys::revoke_all(unit, &visitor.account, &visitor.actor())?;
        }
        audit::append(
            unit,
            &deed(
                &visitor.actor(),
                "account.password_changed",
                &visitor.account.name,
            ),
        )
    });
    changed.await?;
    Ok(Redirect::to(if revoke {
        "/profile?done=password-keys"
    } else {
        "/profile?done=password"
    }))
}

pub(crate) async fn sign_out_others(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Redirect, Failure> {
    let removed = desk.store.write(move |unit| {
        sign_ins::remove_others(unit, visitor.account.id, visitor.sign_in())?;
        audit::append(
            unit,
            &deed(
                &visitor.actor(),
                "account.signed_out_others",
                &visitor.account.name,
            ),
        )
    });
    removed.await?;
    Ok(Redirect::to("/profile?done=others"))
}
