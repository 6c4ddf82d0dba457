use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Query, State};
use axum::http::HeaderMap;
use axum::response::Redirect;
use serde::Deserialize;

use crate::clock;
use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::hostile;
use crate::pages::{Frame, Moment, Page, show};
use crate::password::{self, LONGEST, Match, SHORTEST};
use crate::rights::{Right, Section};
use crate::secret::Fingerprint;
use crate::store::{accounts, audit, sign_ins};
use crate::visitor::{Visitor, Way};

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
    let (account, now) = (visitor.account.id, clock::now());
    let read =
        move |connection: &rusqlite::Connection| sign_ins::of_account(connection, account, now);
    let this = here(&visitor);
    let places = desk.store.read(read).await?.into_iter().map(|found| Place {
        browser: found.browser,
        origin: found.origin,
        since: Moment::of(found.created_at, now),
        seen: Moment::of(found.seen_at, now),
        is_this: Some(found.hash) == this,
    });
    show(&Profile {
        places: places.collect(),
        frame: Frame::of(&desk, &visitor, &headers, "/profile").await?,
        account: visitor.account.name.clone(),
        role: visitor.account.role.title(),
        may_rename: visitor.may(Right::edit(Section::PersonalProfile)),
        shortest: SHORTEST,
        told: match done.done.as_deref() {
            Some("name") => "Your name was changed.",
            Some("password") => "Your password was changed. Other browsers were signed out.",
            Some("others") => "All other browsers were signed out.",
            _ => "",
        },
    })
}

fn here(visitor: &Visitor) -> Option<Fingerprint> {
    match &visitor.way {
        Way::Browser { sign_in, .. } => Some(*sign_in),
        Way::Key(_) => None,
    }
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

/// The old password, and the new one twice.
#[derive(Deserialize)]
pub(crate) struct Change {
    current: String,
    password: String,
    again: String,
}

pub(crate) async fn set_password(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Form(change): Form<Change>,
) -> Result<Redirect, Failure> {
    let id = visitor.account.id;
    let key = format!("{}|profile", visitor.account.name.to_lowercase());
    let wanted = key.clone();
    let found = desk.store.read(move |connection| {
        Ok((
            accounts::password(connection, id)?,
            sign_ins::held_until(connection, &wanted)?,
        ))
    });
    let (hash, held) = found.await?;
    let seconds = (held - clock::now()) / clock::SECOND;
    if seconds > 0 {
        return Err(Failure::TooMany(seconds.unsigned_abs()));
    }
    let fits = change.current.len() <= LONGEST;
    if desk
        .passwords
        .check(change.current, hash.filter(|_| fits))
        .await
        == Match::No
    {
        let note = move |unit: &mut crate::store::Unit<'_>| {
            sign_ins::note_failure(unit, &key, clock::now())
        };
        desk.store.write(note).await?;
        return Err(Failure::Invalid(
            "Your current password is not right.".to_owned(),
        ));
    }
    password::judge(&change.password, &change.again)
        .map_err(|wrong| Failure::Invalid(wrong.to_string()))?;
    let hash = desk.passwords.hash(change.password).await;
    let this = here(&visitor);
    let changed = desk.store.write(move |unit| {
        accounts::set_password(unit, id, &hash)?;
        sign_ins::remove_others(unit, id, this.as_ref())?;
        sign_ins::forget_failures(unit, &key)?;
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
    Ok(Redirect::to("/profile?done=password"))
}

pub(crate) async fn sign_out_others(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
) -> Result<Redirect, Failure> {
    let removed = desk.store.write(move |unit| {
        sign_ins::remove_others(unit, visitor.account.id, here(&visitor).as_ref())?;
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
