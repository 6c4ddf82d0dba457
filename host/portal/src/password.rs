use std::sync::Arc;

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::secret::random;

/// The fewest characters of a password.
pub(crate) const SHORTEST: usize = 12;
/// The most bytes.
pub(crate) const LONGEST: usize = 256;

/// Hashes that are computed at a time: each takes 19 MiB and a core.
const AT_ONCE: usize = 2;
/// Those that may wait for their turn, about a second's worth. More are sent away at once: a queue
/// without an end is how a flood of guesses keeps everybody else from signing in.
const WAITING: usize = 30;

/// Too many passwords wait to be hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("too many passwords are being checked")]
pub(crate) struct Crowded;

/// Whether a password was the right one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Match {
    Yes,
    No,
}

/// Why a password is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PasswordError {
    #[error("A password has at least {SHORTEST} characters.")]
    Short,
    #[error("A password has at most {LONGEST} bytes.")]
    Long,
    #[error("The two passwords are not the same.")]
    Different,
    #[error("This password is easy to guess. Choose another one.")]
    Simple,
}

/// Hashes and checks passwords without keeping the runtime from its work.
pub(crate) struct Passwords {
    /// Who is computed or waits.
    places: Arc<Semaphore>,
    turns: Arc<Semaphore>,
    /// What an unknown account's password is checked against, so that it takes as long.
    dummy: String,
}

impl Passwords {
    pub(crate) fn new() -> Self {
        Self {
            places: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            dummy: hash(b"nobody has this password"),
        }
    }

    pub(crate) async fn hash(&self, password: String) -> Result<String, Crowded> {
        let turn = self.turn().await?;
        let work = move || {
            let hashed = hash(password.as_bytes());
            drop(turn);
            hashed
        };
        let hashed = tokio::task::spawn_blocking(work).await;
        Ok(hashed.expect("hashing neither panics nor is cancelled"))
    }

    /// Checks a password against a hash; against none it takes as long and does not match.
    pub(crate) async fn check(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<Match, Crowded> {
        let turn = self.turn().await?;
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| self.dummy.clone());
        let same = move || {
            let same = argon2().verify_password(password.as_bytes(), hash.as_str());
            drop(turn);
            same.is_ok()
        };
        Ok(match tokio::task::spawn_blocking(same).await {
            Ok(true) if known => Match::Yes,
            _ => Match::No,
        })
    }
}

/// A place and a turn: they last as long as the computing, also when whoever asked has gone.
type Turn = (OwnedSemaphorePermit, Option<OwnedSemaphorePermit>);

impl Passwords {
    async fn turn(&self) -> Result<Turn, Crowded> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        let place = place.map_err(|_| Crowded)?;
        // Nobody closes the semaphore.
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok();
        Ok((place, turn))
    }
}

/// Whether somebody may have this password.
pub(crate) fn judge(password: &str, again: &str) -> Result<(), PasswordError> {
    let characters: std::collections::BTreeSet<char> = password.chars().collect();
    match password {
        p if p.chars().count() < SHORTEST => Err(PasswordError::Short),
        p if p.len() > LONGEST => Err(PasswordError::Long),
        p if p != again => Err(PasswordError::Different),
        _ if characters.len() < 5 => Err(PasswordError::Simple),
        _ => Ok(()),
    }
}

/// Argon2id with 19 MiB, two passes, one lane: the first choice of OWASP's password storage sheet.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19 * 1024, 2, 1, None).expect("the parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(password: &[u8]) -> String {
    let hashed = argon2().hash_password_with_salt(password, &random::<16>());
    hashed
        .expect("a short password and a salt of 16 bytes are hashed")
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_its_hash_and_nothing_else() {
        let passwords = Passwords::new();
        let hash = passwords.hash("correct horse".into()).await.unwrap();
        assert!(
            hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{hash}"
        );
        let check = |text: &str, hash: Option<&String>| passwords.check(text.into(), hash.cloned());
        assert_eq!(check("correct horse", Some(&hash)).await, Ok(Match::Yes));
        assert_eq!(check("wrong", Some(&hash)).await, Ok(Match::No));
        assert_eq!(check("nobody has this password", None).await, Ok(Match::No));
        assert_eq!(check("x", Some(&"broken".to_owned())).await, Ok(Match::No));
    }

    #[tokio::test]
    async fn a_flood_of_passwords_is_sent_away_and_not_queued_without_end() {
        let passwords = std::sync::Arc::new(Passwords::new());
        let checks = (0..200).map(|_| {
            let passwords = passwords.clone();
            tokio::spawn(async move { passwords.check("x".into(), None).await })
        });
        let mut sent_away = 0;
        for check in checks.collect::<Vec<_>>() {
            sent_away += usize::from(check.await.unwrap() == Err(Crowded));
        }
        assert!(sent_away >= 200 - AT_ONCE - WAITING - 10, "{sent_away}");
        assert_eq!(passwords.check("x".into(), None).await, Ok(Match::No));
    }

    #[test]
    fn short_simple_and_mistyped_passwords_are_not_accepted() {
        let judged = |password, again| judge(password, again).err();
        assert_eq!(judged("short", "short"), Some(PasswordError::Short));
        assert_eq!(
            judged("aaaaaaaaaaaab", "aaaaaaaaaaaab"),
            Some(PasswordError::Simple)
        );
        assert_eq!(
            judged("long enough 1", "long enough 2"),
            Some(PasswordError::Different)
        );
        assert_eq!(judged("long enough 1", "long enough 1"), None);
    }
}
