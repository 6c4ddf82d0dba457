use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::clock::Millis;
use crate::secret::Fingerprint;
use crate::store::StoreError;

/// What a one-time secret is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To sign in as this account.
    SignIn(i64),
    /// To enrol a device.
    Enrol {
        group: Option<String>,
        person: Option<String>,
    },
}

/// A one-time secret as pages list it.
#[derive(Clone, Debug)]
pub(crate) struct Issued {
    pub(crate) purpose: Purpose,
    pub(crate) made_by: String,
    pub(crate) created_at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) used_at: Option<Millis>,
    pub(crate) used_by: Option<String>,
}

/// Keeps a fresh secret until `expires_at`.
pub(crate) fn issue(
    connection: &Connection,
    hash: &Fingerprint,
    issued: &Issued,
) -> Result<(), StoreError> {
    let (purpose, account, group, person) = match &issued.purpose {
        Purpose::SignIn(account) => ("sign-in", Some(account), None, None),
        Purpose::Enrol { group, person } => ("enrol", None, group.as_ref(), person.as_ref()),
    };
    let insert = "INSERT INTO one_time (hash, purpose, account, grp, person, made_by, created_at, expires_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let by = &issued.made_by;
    connection.execute(
        insert,
        params![
            hash,
            purpose,
            account,
            group,
            person,
            by,
            issued.created_at,
            issued.expires_at
        ],
    )?;
    Ok(())
}

/// Uses a secret up: one statement, so that of many who try at once exactly one succeeds.
pub(crate) fn redeem(
    connection: &Connection,
    hash: &Fingerprint,
    user: &str,
    now: Millis,
) -> Result<Option<Purpose>, StoreError> {
    let update = "UPDATE one_time SET used_at = ?2, used_by = ?3
        WHERE hash = ?1 AND used_at IS NULL AND expires_at > ?2 RETURNING *";
    let mut statement = connection.prepare_cached(update)?;
    let used = statement
        .query_row(params![hash, now, user], issued)
        .optional()?;
    Ok(used.map(|used| used.purpose))
}

/// A secret that may still be used; looking uses nothing up.
pub(crate) fn usable(
    connection: &Connection,
    hash: &Fingerprint,
    now: Millis,
) -> Result<Option<Purpose>, StoreError> {
    let found = find(connection, hash)?;
    let fresh = found.filter(|found| found.used_at.is_none() && found.expires_at > now);
    Ok(fresh.map(|found| found.purpose))
}

pub(crate) fn find(
    connection: &Connection,
    hash: &Fingerprint,
) -> Result<Option<Issued>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM one_time WHERE hash = ?1")?;
    Ok(statement.query_row([hash], issued).optional()?)
}

/// Enrolment tokens, newest first.
pub(crate) fn enrolment_tokens(
    connection: &Connection,
    limit: u32,
) -> Result<Vec<Issued>, StoreError> {
    let select = "SELECT * FROM one_time WHERE purpose = 'enrol' ORDER BY created_at DESC LIMIT ?1";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([limit], issued)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Makes the unused sign-in links of an account worthless.
pub(crate) fn revoke_links(
    connection: &Connection,
    account: i64,
    now: Millis,
) -> Result<(), StoreError> {
    let update = "UPDATE one_time SET expires_at = ?2 WHERE account = ?1 AND used_at IS NULL";
    connection.execute(update, params![account, now])?;
    Ok(())
}

/// Forgets what ran out before `then`.
pub(crate) fn forget(connection: &Connection, then: Millis) -> Result<(), StoreError> {
    connection.execute("DELETE FROM one_time WHERE expires_at < ?1", [then])?;
    Ok(())
}

fn issued(row: &Row<'_>) -> rusqlite::Result<Issued> {
    let account: Option<i64> = row.get("account")?;
    let purpose = match account {
        Some(account) => Purpose::SignIn(account),
        None => Purpose::Enrol {
            group: row.get("grp")?,
            person: row.get("person")?,
        },
    };
    Ok(Issued {
        purpose,
        made_by: row.get("made_by")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        used_at: row.get("used_at")?,
        used_by: row.get("used_by")?,
    })
}
