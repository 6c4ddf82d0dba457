use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::{HOUR, MINUTE, Millis};
use crate::secret::Fingerprint;
use crate::store::StoreError;

/// How long a browser may do nothing before it has to sign in again.
pub(crate) const IDLE: Millis = 30 * MINUTE;
/// How long a browser may stay signed in whatever it does.
pub(crate) const LONGEST: Millis = 12 * HOUR;

/// A signed-in browser.
#[derive(Clone, Debug)]
pub(crate) struct SignIn {
    pub(crate) hash: Fingerprint,
    pub(crate) account: i64,
    pub(crate) created_at: Millis,
    pub(crate) seen_at: Millis,
    pub(crate) browser: String,
    pub(crate) origin: String,
}

pub(crate) fn add(connection: &Connection, new: &SignIn) -> Result<(), StoreError> {
    let delete = "DELETE FROM sign_in WHERE seen_at < ?1 OR created_at < ?2";
    connection.execute(delete, params![new.seen_at - IDLE, new.seen_at - LONGEST])?;
    let insert = "INSERT INTO sign_in (hash, account, created_at, seen_at, browser, origin)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    connection.execute(
        insert,
        params![
            new.hash,
            new.account,
            new.created_at,
            new.seen_at,
            new.browser,
            new.origin
        ],
    )?;
    Ok(())
}

/// The sign-in behind a cookie, unless it has run out.
pub(crate) fn find(
    connection: &Connection,
    hash: &Fingerprint,
    now: Millis,
) -> Result<Option<SignIn>, StoreError> {
    let select = "SELECT * FROM sign_in WHERE hash = ?1 AND seen_at > ?2 AND created_at > ?3";
    let mut statement = connection.prepare_cached(select)?;
    let found = statement.query_row(params![hash, now - IDLE, now - LONGEST], sign_in);
    Ok(found.optional()?)
}

/// Browsers where an account is signed in, the latest first.
pub(crate) fn of_account(
    connection: &Connection,
    account: i64,
    now: Millis,
) -> Result<Vec<SignIn>, StoreError> {
    let select = "SELECT * FROM sign_in WHERE account = ?1 AND seen_at > ?2 AND created_at > ?3
        ORDER BY seen_at DESC";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![account, now - IDLE, now - LONGEST], sign_in)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn touch(
    connection: &Connection,
    hash: &Fingerprint,
    now: Millis,
) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE sign_in SET seen_at = ?2 WHERE hash = ?1",
        params![hash, now],
    )?;
    Ok(())
}

pub(crate) fn remove(connection: &Connection, hash: &Fingerprint) -> Result<(), StoreError> {
    connection.execute("DELETE FROM sign_in WHERE hash = ?1", [hash])?;
    Ok(())
}

/// Signs an account out everywhere but in the browser `kept`.
pub(crate) fn remove_others(
    connection: &Connection,
    account: i64,
    kept: Option<&Fingerprint>,
) -> Result<(), StoreError> {
    let delete = "DELETE FROM sign_in WHERE account = ?1 AND (?2 IS NULL OR hash <> ?2)";
    connection.execute(delete, params![account, kept])?;
    Ok(())
}

fn sign_in(row: &rusqlite::Row<'_>) -> rusqlite::Result<SignIn> {
    Ok(SignIn {
        hash: row.get("hash")?,
        account: row.get("account")?,
        created_at: row.get("created_at")?,
        seen_at: row.get("seen_at")?,
        browser: row.get("browser")?,
        origin: row.get("origin")?,
    })
}
