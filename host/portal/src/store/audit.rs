use std::collections::BTreeMap;

use deskhook_record::{Entry, Head, Link};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::store::{StoreError, devices};

/// Puts what happened on the record. In the same transaction as the change itself.
pub(crate) fn append(connection: &Connection, entry: &Entry) -> Result<(), StoreError> {
    let link = Link::after(&head(connection)?, entry)?;
    let insert = "INSERT INTO audit (n, canonical, hash, subject, session)
        VALUES (?1, ?2, ?3, ?4, ?5)";
    connection.prepare_cached(insert)?.execute(params![
        link.head.entries as i64,
        link.canonical,
        link.head.hash,
        entry.subject,
        entry.session
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

/// Which entries of the record.
#[derive(Clone, Debug)]
pub(crate) enum About {
    All,
    Device(String),
    Session { device: String, session: String },
}

/// Entries with their numbers, and the host names of the devices that they are about.
#[derive(Clone, Debug)]
pub(crate) struct Part {
    pub(crate) entries: Vec<(u64, Entry)>,
    pub(crate) devices: BTreeMap<String, String>,
}

/// The newest `limit` entries with numbers below `before`, newest first.
pub(crate) fn newest(
    connection: &Connection,
    about: &About,
    before: u64,
    limit: u32,
) -> Result<Part, StoreError> {
    let before = i64::try_from(before).unwrap_or(i64::MAX);
    let (which, subject, session) = match about {
        About::All => ("?3 IS NULL AND ?4 IS NULL", None, None),
        About::Device(device) => ("subject = ?3 AND ?4 IS NULL", Some(device), None),
        About::Session { device, session } => {
            ("subject = ?3 AND session = ?4", Some(device), Some(session))
        }
    };
    let select = format!(
        "SELECT n, canonical, hash FROM audit WHERE n < ?1 AND {which} ORDER BY n DESC LIMIT ?2"
    );
    let mut statement = connection.prepare_cached(&select)?;
    let rows = statement.query_map(params![before, limit, subject, session], link)?;
    let mut entries = Vec::new();
    for link in rows {
        entries.extend(Entry::from_canonical(&link?.canonical));
    }
    let subjects = entries.iter().map(|(_, entry)| entry.subject.as_str());
    let devices = devices::names(connection, subjects)?;
    Ok(Part { entries, devices })
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
