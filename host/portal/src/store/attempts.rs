//! Guesses at passwords are slowed down: those at one account from one address, those at one
//! account from everywhere, and those from one address at all accounts.
//!
//! An attempt is counted as failed before its password is looked at, on the one thread that writes:
//! however many arrive at once, each sees those before it. The right password takes the count back.
//! There are delays and never a lock. An address from which somebody signed in before is slowed by
//! its own failures alone, so that nobody elsewhere can keep an account's owner out by guessing.

use std::net::IpAddr;

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::clock::{DAY, HOUR, Millis, SECOND};
use crate::store::StoreError;

/// Who tries, and where from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    name: String,
    network: String,
}

/// What is counted: how many failures are free, the longest delay after them, and how long after
/// the last one they are forgotten.
struct Count {
    kind: &'static str,
    free: u32,
    longest: Millis,
    kept: Millis,
}

const PAIR: Count = Count {
    kind: "pair",
    free: 3,
    longest: 300 * SECOND,
    kept: DAY,
};
const ACCOUNT: Count = Count {
    kind: "account",
    free: 10,
    longest: 60 * SECOND,
    kept: HOUR,
};
const ADDRESS: Count = Count {
    kind: "address",
    free: 30,
    longest: 60 * SECOND,
    kept: HOUR,
};

/// How long an address is remembered from which somebody signed in.
const KNOWN: Millis = 30 * DAY;

/// What became of a wish to try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Try; it is counted.
    Now,
    /// Not before this time; nothing was counted.
    At(Millis),
}

impl Attempt {
    pub(crate) fn new(name: &str, address: IpAddr) -> Self {
        Self {
            name: name.to_lowercase(),
            network: network(address),
        }
    }

    /// The account's name, in small letters.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The address, or the network of which it is.
    pub(crate) fn network(&self) -> &str {
        &self.network
    }

    fn key(&self, kind: &str) -> String {
        match kind {
            "account" => format!("account|{}", self.name),
            "address" => format!("address|{}", self.network),
            kind => format!("{kind}|{}|{}", self.name, self.network),
        }
    }
}

/// One household or machine has a whole /64 of addresses of the sixth version.
fn network(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

/// When this attempt may be made; reads only.
pub(crate) fn turn(
    connection: &Connection,
    attempt: &Attempt,
    now: Millis,
) -> Result<Turn, StoreError> {
    let mut until = 0;
    for count in counts(connection, attempt, now)? {
        let (failures, last_at) = failures(connection, &attempt.key(count.kind), now - count.kept)?;
        until = until.max(last_at + count.delay(failures));
    }
    Ok(if until > now {
        Turn::At(until)
    } else {
        Turn::Now
    })
}

/// Counts an attempt as failed where it is its turn.
pub(crate) fn reserve(
    connection: &Connection,
    attempt: &Attempt,
    now: Millis,
) -> Result<Turn, StoreError> {
    if let Turn::At(later) = turn(connection, attempt, now)? {
        return Ok(Turn::At(later));
    }
    let delete =
        "DELETE FROM attempt WHERE last_at < ?1 AND key NOT LIKE 'known|%' OR last_at < ?2";
    connection.execute(delete, params![now - DAY, now - KNOWN])?;
    for count in [PAIR, ACCOUNT, ADDRESS] {
        let key = attempt.key(count.kind);
        let (failures, _) = failures(connection, &key, now - count.kept)?;
        let upsert = "INSERT INTO attempt (key, failures, last_at) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET failures = ?2, last_at = ?3";
        connection.execute(upsert, params![key, failures.saturating_add(1), now])?;
    }
    Ok(Turn::Now)
}

/// The attempt was not made after all, or was no guess.
pub(crate) fn give_back(connection: &Connection, attempt: &Attempt) -> Result<(), StoreError> {
    for count in [PAIR, ACCOUNT, ADDRESS] {
        let update = "UPDATE attempt SET failures = max(failures - 1, 0) WHERE key = ?1";
        connection.execute(update, [attempt.key(count.kind)])?;
    }
    Ok(())
}

/// The password was right: this account's failures from here are forgotten.
pub(crate) fn succeeded(connection: &Connection, attempt: &Attempt) -> Result<(), StoreError> {
    give_back(connection, attempt)?;
    connection.execute("DELETE FROM attempt WHERE key = ?1", [attempt.key("pair")])?;
    Ok(())
}

/// Somebody signed in: the address is known to the account from now on.
pub(crate) fn remember(
    connection: &Connection,
    attempt: &Attempt,
    now: Millis,
) -> Result<(), StoreError> {
    let upsert = "INSERT INTO attempt (key, failures, last_at) VALUES (?1, 0, ?2)
        ON CONFLICT DO UPDATE SET last_at = ?2";
    connection.execute(upsert, params![attempt.key("known"), now])?;
    Ok(())
}

/// What slows this attempt.
fn counts(
    connection: &Connection,
    attempt: &Attempt,
    now: Millis,
) -> Result<Vec<Count>, StoreError> {
    let select = "SELECT last_at FROM attempt WHERE key = ?1 AND last_at > ?2";
    let known: Option<Millis> = connection
        .query_row(select, params![attempt.key("known"), now - KNOWN], |row| {
            row.get(0)
        })
        .optional()?;
    Ok(match known {
        Some(_) => vec![PAIR],
        None => vec![PAIR, ACCOUNT, ADDRESS],
    })
}

fn failures(
    connection: &Connection,
    key: &str,
    since: Millis,
) -> Result<(u32, Millis), StoreError> {
    let select = "SELECT failures, last_at FROM attempt WHERE key = ?1 AND last_at > ?2";
    let found = connection.query_row(select, params![key, since], |row| {
        Ok((row.get(0)?, row.get(1)?))
    });
    Ok(found.optional()?.unwrap_or((0, 0)))
}

impl Count {
    /// None for the free ones; then 2, 4, 8 seconds and so on up to the longest.
    fn delay(&self, failures: u32) -> Millis {
        match failures.checked_sub(self.free) {
            None => 0,
            Some(more) => ((2 << more.min(10)) * SECOND).min(self.longest),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::connect;

    fn store() -> (tempfile::TempDir, Connection) {
        let folder = tempfile::tempdir().unwrap();
        let connection = connect(folder.path()).unwrap();
        (folder, connection)
    }

    fn attempt(name: &str, address: &str) -> Attempt {
        Attempt::new(name, address.parse().unwrap())
    }

    #[test]
    fn attempts_are_delayed_more_and_more_but_never_for_ever() {
        let delays = [0, 2, 3, 4, 5, 100].map(|failures| PAIR.delay(failures) / SECOND);
        assert_eq!(delays, [0, 0, 2, 4, 8, 300]);
        let delays = [9, 10, 11, 100].map(|failures| ACCOUNT.delay(failures) / SECOND);
        assert_eq!(delays, [0, 2, 4, 60]);
    }

    #[test]
    fn many_addresses_at_one_account_and_many_accounts_from_one_address_are_slowed() {
        let (_folder, store) = store();
        let now = 1_000 * DAY;
        let tried = |attempts: &[Attempt]| {
            let turns = attempts
                .iter()
                .map(|one| reserve(&store, one, now).unwrap());
            turns.filter(|turn| *turn == Turn::Now).count()
        };
        let spread: Vec<_> = (0..50)
            .map(|n| attempt("Olga", &format!("192.0.2.{n}")))
            .collect();
        assert_eq!(tried(&spread), 10);
        let sprayed: Vec<_> = (0..50)
            .map(|n| attempt(&format!("u{n}"), "198.51.100.7"))
            .collect();
        assert_eq!(tried(&sprayed), 30);
        let hopping: Vec<_> = (0..50)
            .map(|n| attempt(&format!("v{n}"), &format!("2001:db8:1:2::{n:x}")))
            .collect();
        assert_eq!(tried(&hopping), 30, "a /64 is one address");
        let later = now + 61 * SECOND;
        assert_eq!(
            reserve(&store, &attempt("Olga", "192.0.2.200"), later).unwrap(),
            Turn::Now
        );
    }

    #[test]
    fn guesses_from_elsewhere_do_not_keep_somebody_out_who_signed_in_here_before() {
        let (_folder, store) = store();
        let now = 1_000 * DAY;
        let own = attempt("Olga", "192.0.2.1");
        assert_eq!(reserve(&store, &own, now).unwrap(), Turn::Now);
        succeeded(&store, &own).unwrap();
        remember(&store, &own, now).unwrap();
        for n in 0..100 {
            reserve(&store, &attempt("olga", &format!("203.0.113.{n}")), now).unwrap();
        }
        let stranger = turn(&store, &attempt("olga", "192.0.2.99"), now).unwrap();
        assert!(matches!(stranger, Turn::At(_)));
        for _ in 0..3 {
            assert_eq!(reserve(&store, &own, now).unwrap(), Turn::Now);
        }
        assert!(matches!(reserve(&store, &own, now).unwrap(), Turn::At(_)));
    }

    #[test]
    fn an_attempt_that_was_no_guess_is_not_counted() {
        let (_folder, store) = store();
        let (now, own) = (1_000 * DAY, attempt("olga", "192.0.2.1"));
        for _ in 0..40 {
            assert_eq!(reserve(&store, &own, now).unwrap(), Turn::Now);
            give_back(&store, &own).unwrap();
        }
    }
}
