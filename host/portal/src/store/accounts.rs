use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::clock::Millis;
use crate::rights::Role;
use crate::store::StoreError;

/// Somebody who may sign in.
#[derive(Clone, Debug)]
pub(crate) struct Account {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) display_name: String,
    pub(crate) role: Role,
    pub(crate) disabled_at: Option<Millis>,
    /// Whether a password was set.
    pub(crate) has_password: bool,
    /// When a browser of theirs was last heard of.
    pub(crate) seen_at: Option<Millis>,
}

const SELECT: &str = "SELECT account.*,
    (SELECT max(seen_at) FROM sign_in WHERE sign_in.account = account.id) AS seen_at FROM account";

/// Adds an account; none where the name is taken.
pub(crate) fn add(
    connection: &Connection,
    name: &str,
    role: Role,
    now: Millis,
) -> Result<Option<i64>, StoreError> {
    let insert =
        "INSERT INTO account (name, display_name, role, created_at) VALUES (?1, ?1, ?2, ?3)
        ON CONFLICT DO NOTHING RETURNING id";
    let added = connection.query_row(insert, params![name, role.name(), now], |row| row.get(0));
    Ok(added.optional()?)
}

pub(crate) fn list(connection: &Connection) -> Result<Vec<Account>, StoreError> {
    let select = format!("{SELECT} ORDER BY name COLLATE NOCASE");
    let mut statement = connection.prepare_cached(&select)?;
    let rows = statement.query_map([], account)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn find(connection: &Connection, id: i64) -> Result<Option<Account>, StoreError> {
    let select = format!("{SELECT} WHERE account.id = ?1");
    let mut statement = connection.prepare_cached(&select)?;
    Ok(statement.query_row([id], account).optional()?)
}

pub(crate) fn by_name(connection: &Connection, name: &str) -> Result<Option<Account>, StoreError> {
    let select = format!("{SELECT} WHERE account.name = ?1");
    let mut statement = connection.prepare_cached(&select)?;
    Ok(statement.query_row([name], account).optional()?)
}

/// The password's hash of an account that may sign in.
pub(crate) fn password(connection: &Connection, id: i64) -> Result<Option<String>, StoreError> {
    let select = "SELECT password FROM account WHERE id = ?1 AND disabled_at IS NULL";
    let hash = connection
        .query_row(select, [id], |row| row.get(0))
        .optional()?;
    Ok(hash.flatten())
}

pub(crate) fn set_password(connection: &Connection, id: i64, hash: &str) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE account SET password = ?2 WHERE id = ?1",
        params![id, hash],
    )?;
    Ok(())
}

pub(crate) fn set_display_name(
    connection: &Connection,
    id: i64,
    name: &str,
) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE account SET display_name = ?2 WHERE id = ?1",
        params![id, name],
    )?;
    Ok(())
}

pub(crate) fn set_role(connection: &Connection, id: i64, role: Role) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE account SET role = ?2 WHERE id = ?1",
        params![id, role.name()],
    )?;
    Ok(())
}

/// Shuts an account out since `at`, or lets it in again.
pub(crate) fn set_disabled(
    connection: &Connection,
    id: i64,
    at: Option<Millis>,
) -> Result<(), StoreError> {
    connection.execute(
        "UPDATE account SET disabled_at = ?2 WHERE id = ?1",
        params![id, at],
    )?;
    Ok(())
}

/// How many owners can sign in: who never followed their link cannot.
pub(crate) fn owners(connection: &Connection) -> Result<i64, StoreError> {
    let select = "SELECT count(*) FROM account
        WHERE role = 'owner' AND disabled_at IS NULL AND password IS NOT NULL";
    Ok(connection.query_row(select, [], |row| row.get(0))?)
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let role: String = row.get("role")?;
    let password: Option<String> = row.get("password")?;
    Ok(Account {
        id: row.get("id")?,
        name: row.get("name")?,
        display_name: row.get("display_name")?,
        role: role.parse().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(3, Type::Text, Box::new(error))
        })?,
        disabled_at: row.get("disabled_at")?,
        has_password: password.is_some(),
        seen_at: row.get("seen_at")?,
    })
}
