use crate::clock::{self, SECOND};
use crate::desk::{Desk, deed};
use crate::failure::Failure;
use crate::password::{LONGEST, Match};
use crate::store::attempts::{self, Attempt, Turn};

/// Checks a password that somebody gave, against a hash or against none. Who guesses waits longer
/// and longer, an unknown name takes as long as a wrong password, and what is wrong goes on the
/// record as `action`, folded.
pub(crate) async fn check(
    desk: &Desk,
    attempt: &Attempt,
    (password, hash): (String, Option<String>),
    action: &str,
) -> Result<Match, Failure> {
    take_turn(desk, attempt).await?;
    let hash = hash.filter(|_| password.len() <= LONGEST);
    let matched = desk.passwords.check(password, hash).await;
    let tried = attempt.clone();
    match matched {
        Ok(Match::Yes) => {
            desk.store
                .write(move |unit| attempts::succeeded(unit, &tried))
                .await?;
        }
        Ok(Match::No) => {
            let mut entry = deed("portal", action, attempt.name());
            entry.fields.insert("from".into(), attempt.network().into());
            desk.record_folded(entry).await?;
        }
        Err(_) => {
            desk.store
                .write(move |unit| attempts::give_back(unit, &tried))
                .await?;
        }
    }
    Ok(matched?)
}

/// Counts the attempt before anything is computed for it, or says how long to wait.
async fn take_turn(desk: &Desk, attempt: &Attempt) -> Result<(), Failure> {
    let (wanted, now) = (attempt.clone(), clock::now());
    let looked = desk
        .store
        .read(move |connection| attempts::turn(connection, &wanted, now))
        .await?;
    // Who has to wait costs no write.
    let turn = match looked {
        Turn::Now => {
            let wanted = attempt.clone();
            let reserved =
                move |unit: &mut crate::store::Unit<'_>| attempts::reserve(unit, &wanted, now);
            desk.store.write(reserved).await?
        }
        later => later,
    };
    match turn {
        Turn::Now => Ok(()),
        Turn::At(until) => {
            let seconds = (until - now + SECOND - 1) / SECOND;
            Err(Failure::TooMany(seconds.unsigned_abs()))
        }
    }
}
