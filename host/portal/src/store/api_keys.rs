use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::clock::Millis;
use crate::rights::Right;
use crate::secret::Fingerprint;
use crate::store::StoreError;

/// A program's key, without the key itself.
#[derive(Clone, Debug)]
pub(crate) struct ApiKey {
    pub(crate) id: i64,
    /// Whose it is.
    pub(crate) account: i64,
    pub(crate) name: String,
    pub(crate) scopes: Vec<Right>,
    pub(crate) created_at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) used_at: Option<Millis>,
}

/// Keeps a fresh key by its fingerprint; its scopes are rights in their written form. What it is
/// listed as.
pub(crate) fn add(
    connection: &Connection,
    hash: &Fingerprint,
    new: ApiKey,
) -> Result<ApiKey, StoreError> {
    let scopes: Vec<String> = new.scopes.iter().map(ToString::to_string).collect();
    let insert = "INSERT INTO api_key (hash, account, name, scopes, created_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id";
    let values = params![
        hash,
        new.account,
        new.name,
        scopes.join(" "),
        new.created_at,
        new.expires_at
    ];
    let id = connection.query_row(insert, values, |row| row.get(0))?;
    Ok(ApiKey { id, ..new })
}

/// The key with this fingerprint; none where it has run out.
pub(crate) fn find(
    connection: &Connection,
    hash: &Fingerprint,
    now: Millis,
) -> Result<Option<ApiKey>, StoreError> {
    let select = "SELECT * FROM api_key WHERE hash = ?1 AND expires_at > ?2";
    let mut statement = connection.prepare_cached(select)?;
    Ok(statement
        .query_row(params![hash, now], api_key)
        .optional()?)
}

/// An account's keys, also those that have run out, the newest first.
pub(crate) fn of_account(connection: &Connection, account: i64) -> Result<Vec<ApiKey>, StoreError> {
    let select = "SELECT * FROM api_key WHERE account = ?1 ORDER BY id DESC";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([account], api_key)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn touch(connection: &Connection, id: i64, now: Millis) -> Result<(), StoreError> {
    connection.execute("UPDATE api_key SET used_at = ?2 WHERE id = ?1", [id, now])?;
    Ok(())
}

/// Takes a key out: no request comes by it any more. None where this account has none such.
pub(crate) fn revoke(
    connection: &Connection,
    account: i64,
    id: i64,
) -> Result<Option<ApiKey>, StoreError> {
    let delete = "DELETE FROM api_key WHERE id = ?1 AND account = ?2 RETURNING *";
    Ok(connection
        .query_row(delete, [id, account], api_key)
        .optional()?)
}

fn api_key(row: &Row<'_>) -> rusqlite::Result<ApiKey> {
    let scopes: String = row.get("scopes")?;
    // A scope that this version does not know gives nothing.
    let scopes = scopes.split(' ').filter_map(|scope| scope.parse().ok());
    Ok(ApiKey {
        id: row.get("id")?,
        account: row.get("account")?,
        name: row.get("name")?,
        scopes: scopes.collect(),
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        used_at: row.get("used_at")?,
    })
}
