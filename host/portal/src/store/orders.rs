use deskhook_wire::{Order, OrderKind, Orders, ReasonShape};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::clock::{Millis, SECOND};
use crate::store::StoreError;
use crate::store::devices::{from_json, to_json};

/// An order that is to be made.
pub(crate) struct NewOrder {
    pub(crate) id: String,
    pub(crate) device: String,
    pub(crate) session: String,
    pub(crate) kind: OrderKind,
    pub(crate) account: i64,
    pub(crate) supporter: String,
    pub(crate) created_at: Millis,
    pub(crate) expires_at: Millis,
}

/// An order as the database knows it.
#[derive(Clone, Debug)]
pub(crate) struct KeptOrder {
    pub(crate) id: String,
    pub(crate) device: String,
    pub(crate) session: String,
    pub(crate) kind: OrderKind,
    pub(crate) account: i64,
    pub(crate) supporter: String,
    pub(crate) created_at: Millis,
    pub(crate) expires_at: Millis,
    pub(crate) fetched_at: Option<Millis>,
    pub(crate) ended_at: Option<Millis>,
    outcome: Option<String>,
    pub(crate) code: Option<i32>,
    pub(crate) reasons: Vec<ReasonShape>,
}

impl KeptOrder {
    /// `sent`, `asking`, or how it ended.
    pub(crate) fn state(&self, now: Millis) -> &str {
        match &self.outcome {
            Some(outcome) => outcome,
            None if now >= self.expires_at => "expired",
            None if self.fetched_at.is_some() => "asking",
            None => "sent",
        }
    }

    /// Whether its answer is still awaited.
    pub(crate) fn is_open(&self, now: Millis) -> bool {
        self.outcome.is_none() && now < self.expires_at
    }

    /// `join`, `disconnect`, `elevate`.
    pub(crate) fn kind_name(&self) -> &'static str {
        kind_name(&self.kind)
    }
}

pub(crate) fn kind_name(kind: &OrderKind) -> &'static str {
    match kind {
        OrderKind::Join { .. } => "join",
        OrderKind::Disconnect { .. } => "disconnect",
        OrderKind::Elevate { .. } => "elevate",
    }
}

pub(crate) fn make(connection: &Connection, new: &NewOrder) -> Result<(), StoreError> {
    let next = "UPDATE device SET order_sequence = order_sequence + 1 WHERE id = ?1
        RETURNING order_sequence";
    let sequence: i64 = connection.query_row(next, [&new.device], |row| row.get(0))?;
    let insert =
        "INSERT INTO orders (id, device, sequence, session, kind, body, account, supporter,
          created_at, expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    connection.execute(
        insert,
        params![
            new.id,
            new.device,
            sequence,
            new.session,
            kind_name(&new.kind),
            to_json(&new.kind)?,
            new.account,
            new.supporter,
            new.created_at,
            new.expires_at
        ],
    )?;
    Ok(())
}

/// What a device has to do behind `after`, without what nobody waits for any more.
pub(crate) fn pending(
    connection: &Connection,
    device: &str,
    after: u64,
    now: Millis,
) -> Result<Orders, StoreError> {
    let last = "SELECT order_sequence FROM device WHERE id = ?1";
    let last: i64 = connection
        .prepare_cached(last)?
        .query_row([device], |row| row.get(0))?;
    let select = "SELECT * FROM orders WHERE device = ?1 AND sequence > ?2 AND expires_at > ?3
        AND outcome IS NULL ORDER BY sequence LIMIT 64";
    let mut statement = connection.prepare_cached(select)?;
    let after = i64::try_from(after).unwrap_or(i64::MAX);
    let mut rows = statement.query(params![device, after, now])?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        let expires_at: Millis = row.get("expires_at")?;
        let sequence: i64 = row.get("sequence")?;
        orders.push(Order {
            id: row.get("id")?,
            sequence: sequence as u64,
            expires_in: u32::try_from((expires_at - now) / SECOND).unwrap_or(0),
            kind: from_json(row, "body")?,
        });
    }
    // Where more wait than fit, the next request fetches them.
    let full = orders.len() == 64;
    let given = orders.last().map(|order| order.sequence).filter(|_| full);
    let last = given.unwrap_or(last as u64);
    Ok(Orders { orders, last })
}

/// Notes that a device has fetched its orders up to `sequence`.
pub(crate) fn set_fetched(
    connection: &Connection,
    device: &str,
    sequence: u64,
    now: Millis,
) -> Result<(), StoreError> {
    let update = "UPDATE orders SET fetched_at = ?3
        WHERE device = ?1 AND sequence <= ?2 AND fetched_at IS NULL";
    connection.execute(update, params![device, sequence as i64, now])?;
    Ok(())
}

/// How an order ended.
pub(crate) struct Ending<'a> {
    pub(crate) outcome: &'a str,
    pub(crate) code: Option<i32>,
    pub(crate) reasons: &'a [ReasonShape],
    pub(crate) at: Millis,
}

/// Ends a device's order. The order, if it is this device's and was not answered: the first reply
/// counts, also where it comes after the order was given up.
pub(crate) fn end(
    connection: &Connection,
    (device, id): (&str, &str),
    ending: &Ending<'_>,
) -> Result<Option<KeptOrder>, StoreError> {
    let update = "UPDATE orders SET outcome = ?3, code = ?4, reasons = ?5, ended_at = ?6,
        fetched_at = coalesce(fetched_at, ?6)
        WHERE device = ?1 AND id = ?2 AND (outcome IS NULL OR outcome = 'expired')";
    let ended = connection.execute(
        update,
        params![
            device,
            id,
            ending.outcome,
            ending.code,
            to_json(ending.reasons)?,
            ending.at
        ],
    )?;
    match ended {
        0 => Ok(None),
        _ => find(connection, id),
    }
}

/// Ends all that is asked of a device: nobody will answer any more.
pub(crate) fn end_open(
    connection: &Connection,
    device: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let update = "UPDATE orders SET outcome = 'expired', ended_at = min(?2, expires_at)
        WHERE device = ?1 AND outcome IS NULL";
    connection.execute(update, params![device, at])?;
    Ok(())
}

pub(crate) fn find(connection: &Connection, id: &str) -> Result<Option<KeptOrder>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM orders WHERE id = ?1")?;
    let mut rows = statement.query([id])?;
    rows.next()?.map(order).transpose()
}

/// The newest order of each kind that belongs to a session, newest first.
pub(crate) fn of_session(
    connection: &Connection,
    device: &str,
    session: &str,
) -> Result<Vec<KeptOrder>, StoreError> {
    let select = "SELECT * FROM orders WHERE device = ?1 AND session = ?2 AND sequence IN
          (SELECT max(sequence) FROM orders WHERE device = ?1 AND session = ?2 GROUP BY kind)
        ORDER BY sequence DESC";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query([device, session])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(order(row)?);
    }
    Ok(found)
}

/// The supporter who was let into a session last, as the device answered this portal.
pub(crate) fn last_joined(
    connection: &Connection,
    device: &str,
    session: &str,
) -> Result<Option<String>, StoreError> {
    let select = "SELECT supporter FROM orders WHERE device = ?1 AND session = ?2
        AND kind = 'join' AND outcome = 'joined' ORDER BY sequence DESC LIMIT 1";
    let mut statement = connection.prepare_cached(select)?;
    let joined = statement.query_row([device, session], |row| row.get(0));
    Ok(joined.optional()?)
}

fn order(row: &Row<'_>) -> Result<KeptOrder, StoreError> {
    Ok(KeptOrder {
        id: row.get("id")?,
        device: row.get("device")?,
        session: row.get("session")?,
        kind: from_json(row, "body")?,
        account: row.get("account")?,
        supporter: row.get("supporter")?,
        created_at: row.get("created_at")?,
        expires_at: row.get("expires_at")?,
        fetched_at: row.get("fetched_at")?,
        ended_at: row.get("ended_at")?,
        outcome: row.get("outcome")?,
        code: row.get("code")?,
        reasons: from_json(row, "reasons")?,
    })
}
