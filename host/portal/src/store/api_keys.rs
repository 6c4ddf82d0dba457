use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::Millis;
use crate::rights::Right;
use crate::secret::Fingerprint;
use crate::store::StoreError;

/// Keeps a key's fingerprint; its scopes are rights in their written form.
pub(crate) fn add(
    connection: &Connection,
    (hash, account): (&Fingerprint, i64),
    scopes: &[Right],
    (now, expires_at): (Millis, Millis),
) -> Result<(), StoreError> {
    let scopes: Vec<String> = scopes.iter().map(ToString::to_string).collect();
    let insert = "INSERT INTO api_key (hash, account, scopes, created_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.execute(
        insert,
        params![hash, account, scopes.join(" "), now, expires_at],
    )?;
    Ok(())
}

/// Whose key this is, and its scopes; none where it has run out.
pub(crate) fn find(
    connection: &Connection,
    hash: &Fingerprint,
    now: Millis,
) -> Result<Option<(i64, Vec<Right>)>, StoreError> {
    let select = "SELECT account, scopes FROM api_key WHERE hash = ?1 AND expires_at > ?2";
    let mut statement = connection.prepare_cached(select)?;
    let found = statement
        .query_row(params![hash, now], |row| {
            Ok((row.get(0)?, row.get::<_, String>(1)?))
        })
        .optional()?;
    // A scope that this version does not know gives nothing.
    let read = |scopes: String| {
        scopes
            .split(' ')
            .filter_map(|scope| scope.parse().ok())
            .collect()
    };
    Ok(found.map(|(account, scopes)| (account, read(scopes))))
}
