use deskhook_record::{Entry, Head, Link};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::store::StoreError;

/// Puts what happened on the record. In the same transaction as the change itself.
pub(crate) fn append(connection: &Connection, entry: &Entry) -> Result<(), StoreError> {
    let link = Link::after(&head(connection)?, entry)?;
    let insert = "INSERT INTO audit (n, canonical, hash, subject) VALUES (?1, ?2, ?3, ?4)";
    let number = link.head.entries as i64;
    connection.prepare_cached(insert)?.execute(params![
        number,
        link.canonical,
        link.head.hash,
        entry.subject
    ])?;
    Ok(())
}

/// The end of the chain.
pub(crate) fn head(connection: &Connection) -> Result<Head, StoreError> {
    let select = "SELECT n, canonical, hash FROM audit ORDER BY n DESC LIMIT 1";
    let last = connection
        .prepare_cached(select)?
        .query_row([], link)
        .optional()?;
    Ok(last.map_or_else(Head::default, |link| link.head))
}

/// Up to `limit` links with numbers above `after`, in order.
pub(crate) fn page(
    connection: &Connection,
    after: u64,
    limit: u32,
) -> Result<Vec<Link>, StoreError> {
    let select = "SELECT n, canonical, hash FROM audit WHERE n > ?1 ORDER BY n LIMIT ?2";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![after as i64, limit], link)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The newest `limit` entries with numbers below `before`, newest first; of one subject or of all.
pub(crate) fn newest(
    connection: &Connection,
    subject: Option<&str>,
    before: u64,
    limit: u32,
) -> Result<Vec<(u64, Entry)>, StoreError> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let select = match subject {
        Some(_) => {
            "SELECT n, canonical, hash FROM audit WHERE n < ?1 AND subject = ?3 ORDER BY n DESC LIMIT ?2"
        }
        None => {
            "SELECT n, canonical, hash FROM audit WHERE n < ?1 AND ?3 IS NULL ORDER BY n DESC LIMIT ?2"
        }
    };
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map(params![before, limit, subject], link)?;
    let mut entries = Vec::new();
    for link in rows {
        entries.extend(Entry::from_canonical(&link?.canonical));
    }
    Ok(entries)
}

fn link(row: &Row<'_>) -> rusqlite::Result<Link> {
    let entries: i64 = row.get(0)?;
    Ok(Link {
        canonical: row.get(1)?,
        head: Head {
            entries: entries as u64,
            hash: row.get(2)?,
        },
    })
}
