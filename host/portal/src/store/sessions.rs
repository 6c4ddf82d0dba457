use std::collections::BTreeMap;

use deskhook_wire::{CheckShape, ReasonShape};
use rusqlite::{Connection, Row, params};
use serde_json::Value;

use crate::clock::Millis;
use crate::store::StoreError;
use crate::store::devices::{from_json, to_json};

/// A session as the database knows it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Session {
    pub(crate) number: i64,
    pub(crate) device: String,
    pub(crate) id: String,
    pub(crate) phase: String,
    pub(crate) phase_at: Millis,
    pub(crate) person: Option<String>,
    pub(crate) client: Option<String>,
    pub(crate) address: Option<String>,
    /// Checked before it was kept.
    pub(crate) link: Option<String>,
    /// Why there is none, as a sentence.
    pub(crate) link_refused: Option<String>,
    pub(crate) fields: BTreeMap<String, Value>,
    pub(crate) reason: Option<String>,
    pub(crate) ticket: Option<String>,
    /// Who asked through this portal and was let in, or is asking.
    pub(crate) supporter: Option<String>,
    /// Whom the device names beside that.
    pub(crate) claimed: Option<String>,
    pub(crate) checks: Vec<CheckShape>,
    pub(crate) started_at: Millis,
    pub(crate) waiting_at: Option<Millis>,
    pub(crate) connected_at: Option<Millis>,
    pub(crate) ended_at: Option<Millis>,
    pub(crate) outcome: Option<String>,
    pub(crate) reasons: Vec<ReasonShape>,
}

/// The session that a device calls `id`: found, or begun.
pub(crate) fn begin(
    connection: &Connection,
    (device, id): (&str, &str),
    person: Option<&str>,
    at: Millis,
) -> Result<Session, StoreError> {
    let insert = "INSERT OR IGNORE INTO session (device, id, phase, phase_at, person, started_at)
        VALUES (?1, ?2, 'checking', ?3, ?4, ?3)";
    connection.execute(insert, params![device, id, at, person])?;
    by_name(connection, device, id)?.ok_or(StoreError::Unreadable("session"))
}

/// Writes back what changed of a session.
pub(crate) fn save(connection: &Connection, session: &Session) -> Result<(), StoreError> {
    let update =
        "UPDATE session SET phase = ?2, phase_at = ?3, client = ?4, address = ?5, link = ?6,
        fields = ?7, reason = ?8, ticket = ?9, supporter = ?10, checks = ?11, waiting_at = ?12,
        connected_at = ?13, ended_at = ?14, outcome = ?15, reasons = ?16, link_refused = ?17, claimed = ?18
        WHERE number = ?1";
    connection.prepare_cached(update)?.execute(params![
        session.number,
        session.phase,
        session.phase_at,
        session.client,
        session.address,
        session.link,
        to_json(&session.fields)?,
        session.reason,
        session.ticket,
        session.supporter,
        to_json(&session.checks)?,
        session.waiting_at,
        session.connected_at,
        session.ended_at,
        session.outcome,
        to_json(&session.reasons)?,
        session.link_refused,
        session.claimed
    ])?;
    Ok(())
}

pub(crate) fn find(connection: &Connection, number: i64) -> Result<Option<Session>, StoreError> {
    let mut statement = connection.prepare_cached("SELECT * FROM session WHERE number = ?1")?;
    let mut rows = statement.query([number])?;
    rows.next()?.map(session).transpose()
}

pub(crate) fn by_name(
    connection: &Connection,
    device: &str,
    id: &str,
) -> Result<Option<Session>, StoreError> {
    let select = "SELECT * FROM session WHERE device = ?1 AND id = ?2";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query([device, id])?;
    rows.next()?.map(session).transpose()
}

/// A session in the history, with its device's host name.
pub(crate) struct Past {
    pub(crate) session: Session,
    pub(crate) device_name: String,
    /// When the device was last heard of, as far as it is on disk.
    pub(crate) device_seen: Millis,
}

/// The newest `limit` sessions with numbers below `before`, of one device or of all.
pub(crate) fn newest(
    connection: &Connection,
    device: Option<&str>,
    before: i64,
    limit: u32,
) -> Result<Vec<Past>, StoreError> {
    let select = "SELECT session.*, device.name AS device_name, device.last_seen AS device_seen
        FROM session JOIN device ON device.id = session.device
        WHERE number < ?1 AND (?2 IS NULL OR device = ?2) ORDER BY number DESC LIMIT ?3";
    let mut statement = connection.prepare_cached(select)?;
    let mut rows = statement.query(params![before, device, limit])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(Past {
            session: session(row)?,
            device_name: row.get("device_name")?,
            device_seen: row.get("device_seen")?,
        });
    }
    Ok(found)
}

fn session(row: &Row<'_>) -> Result<Session, StoreError> {
    Ok(Session {
        number: row.get("number")?,
        device: row.get("device")?,
        id: row.get("id")?,
        phase: row.get("phase")?,
        phase_at: row.get("phase_at")?,
        person: row.get("person")?,
        client: row.get("client")?,
        address: row.get("address")?,
        link: row.get("link")?,
        link_refused: row.get("link_refused")?,
        fields: from_json(row, "fields")?,
        reason: row.get("reason")?,
        ticket: row.get("ticket")?,
        supporter: row.get("supporter")?,
        claimed: row.get("claimed")?,
        checks: from_json(row, "checks")?,
        started_at: row.get("started_at")?,
        waiting_at: row.get("waiting_at")?,
        connected_at: row.get("connected_at")?,
        ended_at: row.get("ended_at")?,
        outcome: row.get("outcome")?,
        reasons: from_json(row, "reasons")?,
    })
}
