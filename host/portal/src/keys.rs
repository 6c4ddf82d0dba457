//! A visitor's own API keys: listed, made, revoked; by a page and by the API.

use crate::desk::Desk;
use crate::failure::Failure;
use crate::set_up::{self, SetUpError};
use crate::store::accounts::Account;
use crate::store::api_keys::{self, ApiKey};
use crate::store::{StoreError, Unit, audit};
use crate::visitor::Visitor;

/// What the field of a form says that wants all keys of the account revoked.
pub(crate) const REVOKE: &str = "revoke";

/// The keys that an account may have.
const MOST: usize = 100;

pub(crate) async fn list(desk: &Desk, visitor: &Visitor) -> Result<Vec<ApiKey>, Failure> {
    let account = visitor.account.id;
    let read = move |connection: &rusqlite::Connection| api_keys::of_account(connection, account);
    Ok(desk.store.read(read).await?)
}

/// Makes a key that may do no more than the visitor: who comes by a key gets no further by
/// another one.
pub(crate) async fn make(
    desk: &Desk,
    visitor: &Visitor,
    name: &str,
    scopes: &[String],
) -> Result<(ApiKey, String), Failure> {
    let wrong = |error: SetUpError| match std::error::Error::source(&error) {
        Some(cause) => Failure::because(cause),
        None => Failure::because(&error),
    };
    let name = set_up::checked_name(name).map_err(wrong)?;
    let scopes = set_up::read_scopes(scopes.iter().map(String::as_str)).map_err(wrong)?;
    for scope in &scopes {
        visitor.need(*scope)?;
    }
    let (owner, actor) = (visitor.account.clone(), visitor.actor());
    let made = desk.store.attempt(move |unit| {
        if api_keys::of_account(unit, owner.id)?.len() >= MOST {
            let text = format!("An account has at most {MOST} keys. Revoke one first.");
            return Ok(Err(Failure::Conflict(text)));
        }
        set_up::make_key(unit, (&owner, name), scopes, &actor).map(Ok)
    });
    made.await?
}

/// Revokes one of the visitor's keys: it works no longer from the next request on.
pub(crate) async fn revoke(desk: &Desk, visitor: &Visitor, id: i64) -> Result<ApiKey, Failure> {
    let (owner, actor) = (visitor.account.clone(), visitor.actor());
    let revoked = desk
        .store
        .write(move |unit| take_out(unit, (&owner, id), &actor));
    revoked.await?.ok_or(Failure::NotFound)
}

/// Revokes every key of an account: whoever made one by somebody else's browser loses it too.
pub(crate) fn revoke_all(unit: &Unit<'_>, owner: &Account, actor: &str) -> Result<(), StoreError> {
    for key in api_keys::of_account(unit, owner.id)? {
        take_out(unit, (owner, key.id), actor)?;
    }
    Ok(())
}

fn take_out(
    unit: &Unit<'_>,
    (owner, id): (&Account, i64),
    actor: &str,
) -> Result<Option<ApiKey>, StoreError> {
    let Some(key) = api_keys::revoke(unit, owner.id, id)? else {
        return Ok(None);
    };
    audit::append(
        unit,
        &set_up::key_deed(actor, "api_key.revoked", owner, &key),
    )?;
    Ok(Some(key))
}
