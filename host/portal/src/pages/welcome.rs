use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;

use crate::clock;
use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::keys::{self, REVOKE};
use crate::pages::failure::Door;
use crate::pages::sign_in::{Browser, with_cookie};
use crate::pages::{Appearance, Page, show};
use crate::password::{self, SHORTEST};
use crate::secret::Secret;
use crate::store::accounts::{self, Account};
use crate::store::api_keys;
use crate::store::one_time::{self, Purpose};
use crate::store::{audit, sign_ins};
use crate::web::serving::Peer;

#[derive(Template)]
#[template(path = "welcome.html")]
struct Welcome {
    door: Door,
    name: String,
    role: &'static str,
    /// Whether there is a password that a new one replaces.
    again: bool,
    shortest: usize,
    /// The names of the account's API keys; none where no password is replaced.
    keys: String,
    wrong: Option<String>,
}

/// Looking at the link does not use it up: mail programs look at links, too.
pub(crate) async fn form(
    State(desk): State<Arc<Desk>>,
    (Path(token), Extension(peer)): (Path<String>, Extension<Peer>),
    headers: HeaderMap,
) -> Page {
    let (_, account) = owner(&desk, &token, (&headers, peer)).await?;
    let browser = Browser::of(&desk, &headers, peer);
    let mut entry = deed("portal", "account.link_opened", &account.name);
    entry
        .fields
        .insert("from".into(), browser.address.to_string().into());
    desk.record_folded(entry).await?;
    show(&page(&desk, &headers, &account, None).await?)
}

async fn page(
    desk: &Desk,
    headers: &HeaderMap,
    account: &Account,
    wrong: Option<String>,
) -> Result<Welcome, Failure> {
    let id = account.id;
    let keys = desk
        .store
        .read(move |connection| api_keys::of_account(connection, id));
    let keys = keys.await?.into_iter().filter(|_| account.has_password);
    let keys: Vec<String> = keys.map(|key| key.name).collect();
    Ok(Welcome {
        door: Door::of(desk, Appearance::of(headers)),
        name: account.display_name.clone(),
        role: account.role.title(),
        again: account.has_password,
        shortest: SHORTEST,
        keys: keys.join(", "),
        wrong,
    })
}

/// Whose link it is, while it works; what does not work goes on the record.
async fn owner(
    desk: &Desk,
    token: &str,
    (headers, peer): (&HeaderMap, Peer),
) -> Result<(Secret, Account), Failure> {
    let secret = Secret::presented(token);
    let account = match &secret {
        Some(secret) => find_owner(desk, secret).await?,
        None => None,
    };
    match secret.zip(account) {
        Some(known) => Ok(known),
        None => {
            let about = ("link.refused", "sign-in");
            desk.record_refused(about, (headers, Some(&peer)), None)
                .await?;
            Err(Failure::Token)
        }
    }
}

async fn find_owner(desk: &Desk, token: &Secret) -> Result<Option<Account>, Failure> {
    let hash = token.fingerprint();
    let found = desk.store.read(move |connection| {
        match one_time::usable(connection, &hash, clock::now())? {
            Some(Purpose::SignIn(account)) => accounts::find(connection, account),
            _ => Ok(None),
        }
    });
    let account = found.await?;
    Ok(account.filter(|account| account.disabled_at.is_none()))
}

/// The new password, twice, and whether the API keys go with the old one.
#[derive(Deserialize)]
pub(crate) struct NewPassword {
    password: String,
    again: String,
    keys: Option<String>,
}

/// Uses the link up: sets the password, signs out everywhere else, signs in here.
pub(crate) async fn welcome(
    State(desk): State<Arc<Desk>>,
    (Path(token), Extension(peer)): (Path<String>, Extension<Peer>),
    headers: HeaderMap,
    Form(new): Form<NewPassword>,
) -> Result<Response, Failure> {
    let (token, account) = owner(&desk, &token, (&headers, peer)).await?;
    if let Err(wrong) = password::judge(&new.password, &new.again) {
        let page = page(&desk, &headers, &account, Some(wrong.to_string())).await?;
        let page = show(&page)?;
        return Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response());
    }
    let revoke = new.keys.as_deref() == Some(REVOKE);
    let hash = desk.passwords.hash(new.password).await?;
    let browser = Browser::of(&desk, &headers, peer);
    let begun = desk.store.write(move |unit| {
        let now = clock::now();
        let user = format!("account:{}", account.name);
        let used = one_time::redeem(unit, &token.fingerprint(), &user, now)?;
        if used != Some(Purpose::SignIn(account.id)) {
            return Ok(None);
        }
        accounts::set_password(unit, account.id, &hash)?;
        sign_ins::remove_others(unit, account.id, None)?;
        if revoke {
            keys::revoke_all(unit, &account, &user)?;
        }
        let mut entry = deed(&user, "account.password_set", &account.name);
        let word = if account.has_password {
            "reset"
        } else {
            "first"
        };
        entry.fields.insert("password".into(), word.into());
        audit::append(unit, &entry)?;
        browser.sign_in(unit, &account).map(Some)
    });
    let secret = begun.await?.ok_or(Failure::Token)?;
    Ok(with_cookie(
        &desk,
        Redirect::to("/").into_response(),
        &secret,
    ))
}
