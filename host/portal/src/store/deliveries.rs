use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::{HOUR, Millis};
use crate::store::StoreError;

/// Rows of an outbox that are remembered one by one; what is older was accepted long ago.
const REMEMBERED: i64 = 10_000;

/// Counters below the highest of a start that may still arrive, since requests overtake each other.
const WINDOW: u64 = 63;

/// Whether a request's counter was used before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Freshness {
    /// Never: it is used now.
    Fresh,
    /// It was, or it is too old to tell.
    Replayed,
}

/// Uses a counter of one start of a device's agent.
pub(crate) fn count(
    connection: &Connection,
    device: &str,
    (boot, counter): (&str, u64),
    now: Millis,
) -> Result<Freshness, StoreError> {
    let select = "SELECT highest, used FROM boot WHERE device = ?1 AND boot = ?2";
    let mut statement = connection.prepare_cached(select)?;
    let known = statement
        .query_row([device, boot], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?))
        })
        .optional()?;
    let known = known.map(|(highest, used)| (highest as u64, used as u64));
    let Some((highest, used)) = slide(known, counter) else {
        return Ok(Freshness::Replayed);
    };
    let upsert =
        "INSERT INTO boot (device, boot, highest, used, seen_at) VALUES (?1, ?2, ?3, ?4, ?5)
        ON CONFLICT DO UPDATE SET highest = ?3, used = ?4, seen_at = ?5";
    connection.prepare_cached(upsert)?.execute(params![
        device,
        boot,
        highest as i64,
        used as i64,
        now
    ])?;
    if known.is_none() {
        // A request of theirs would be refused for its time by now.
        let delete = "DELETE FROM boot WHERE device = ?1 AND seen_at < ?2";
        connection.execute(delete, params![device, now - HOUR])?;
    }
    Ok(Freshness::Fresh)
}

/// The highest counter and the marks of those used below it, with `counter` used; none where it
/// cannot be. Bit i stands for the counter `highest - 1 - i`.
fn slide(known: Option<(u64, u64)>, counter: u64) -> Option<(u64, u64)> {
    let Some((highest, used)) = known else {
        return Some((counter, 0));
    };
    if counter > highest {
        let by = counter - highest;
        let moved = if by > WINDOW {
            0
        } else {
            (used << by) | (1 << (by - 1))
        };
        return Some((counter, moved));
    }
    let below = highest - counter;
    let bit = 1_u64.checked_shl(u32::try_from(below).ok()?.checked_sub(1)?)?;
    (below <= WINDOW && used & bit == 0).then_some((highest, used | bit))
}

/// Whether a row of a device's outbox was accepted before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    Now,
    Before,
}

/// Accepts a row once.
pub(crate) fn accept(
    connection: &Connection,
    device: &str,
    sequence: u64,
) -> Result<Accepted, StoreError> {
    let sequence = i64::try_from(sequence).unwrap_or(i64::MAX);
    let select = "SELECT max(sequence) FROM delivery WHERE device = ?1";
    let highest: Option<i64> = connection
        .prepare_cached(select)?
        .query_row([device], |row| row.get(0))?;
    let oldest = highest.unwrap_or(0) - REMEMBERED;
    if sequence < oldest {
        return Ok(Accepted::Before);
    }
    let insert = "INSERT OR IGNORE INTO delivery (device, sequence) VALUES (?1, ?2)";
    let new = connection
        .prepare_cached(insert)?
        .execute(params![device, sequence])?;
    let delete = "DELETE FROM delivery WHERE device = ?1 AND sequence < ?2";
    connection
        .prepare_cached(delete)?
        .execute(params![device, oldest])?;
    Ok(if new == 1 {
        Accepted::Now
    } else {
        Accepted::Before
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_used_once_also_where_requests_overtake_each_other() {
        let mut known = None;
        for counter in [5, 7, 6, 70, 68, 8] {
            known = Some(slide(known, counter).unwrap_or_else(|| panic!("{counter} is fresh")));
        }
        for counter in [70, 68, 8, 7, 6, 5, 1, 0] {
            assert_eq!(slide(known, counter), None, "{counter}");
        }
        assert!(slide(known, 69).is_some() && slide(known, u64::MAX).is_some());
    }
}
