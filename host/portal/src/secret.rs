use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest as _, Sha256};

/// A secret of 256 random bits as text for a person, a cookie or a program to carry. The
/// database keeps its [`Fingerprint`] only. Never printed by `Debug`.
#[derive(Clone)]
pub(crate) struct Secret(String);

/// SHA-256 of a secret's text: enough for 256 random bits, which nobody can guess.
pub(crate) type Fingerprint = [u8; 32];

impl Secret {
    /// A fresh one with `prefix` before it, by which scanners know what it is.
    pub(crate) fn fresh(prefix: &str) -> Self {
        Self(format!("{prefix}{}", BASE64.encode(random::<32>())))
    }

    /// One that somebody presents; none where it cannot be one.
    pub(crate) fn presented(text: &str) -> Option<Self> {
        let plain = |c: u8| c.is_ascii_alphanumeric() || c == b'_' || c == b'-';
        let fits = (43..=64).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| Self(text.to_owned()))
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Sha256::digest(self.0.as_bytes()).into()
    }

    /// What forms carry, so that a page of somebody else cannot send them: follows from the
    /// secret, tells nothing of it.
    pub(crate) fn form_token(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(b"deskhook-form/1\n");
        hasher.update(self.0.as_bytes());
        BASE64.encode(hasher.finalize())
    }
}

/// A fresh name such as `d-0f3a52c19b7e`: unique, not secret.
pub(crate) fn fresh_name(prefix: &str) -> String {
    format!("{prefix}{}", hex::encode(random::<8>()))
}

/// Compares two texts in a time that depends on their lengths only.
pub(crate) fn same(one: &str, other: &str) -> bool {
    let differ = one
        .bytes()
        .zip(other.bytes())
        .fold(0, |all, (a, b)| all | (a ^ b));
    one.len() == other.len() && differ == 0
}

pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_that_could_be_secrets_are_looked_up() {
        let secret = Secret::fresh("dhk_");
        assert_eq!(secret.text().len(), 47);
        let again = Secret::presented(secret.text()).expect("a fresh secret fits");
        assert_eq!(again.fingerprint(), secret.fingerprint());
        for wrong in [
            "",
            "short",
            &"x".repeat(65),
            &"\u{fc}".repeat(30),
            &" ".repeat(47),
        ] {
            assert!(Secret::presented(wrong).is_none(), "{wrong:?}");
        }
        assert_ne!(secret.form_token(), Secret::fresh("dhk_").form_token());
        assert!(same("abc", "abc") && !same("abc", "abd") && !same("abc", "ab"));
    }
}
