//! Which keys of the vendor's carry a secret.

/// Words that no harmless setting has in its name. Seen in clients' files: `pwd`, `salt`,
/// `pwd_hash`, `pwd_salt`, `token_salt`, `pkey`.
const SECRET: &[&str] = &[
    "credential",
    "credentials",
    "hash",
    "key",
    "pass",
    "passphrase",
    "passwd",
    "password",
    "pin",
    "pkey",
    "privkey",
    "pwd",
    "salt",
    "secret",
    "token",
];

/// The same where words run into each other, as in `ApiKey`.
const INSIDE: &[&str] = &[
    "apikey",
    "licensekey",
    "licencekey",
    "passw",
    "privatekey",
    "secret",
];

/// A name that begins like this is a switch over such a thing, as in `allow_logon_token`.
const SWITCH: &[&str] = &[
    "allow", "ask", "deny", "disable", "enable", "forbid", "hide", "require", "show",
];

/// A licence's state, which has its key in it.
const WHOLE: &[&str] = &["state_store"];

/// Whether a setting with this name carries a secret: its last part says so.
pub(super) fn is_secret(key: &str) -> bool {
    let name = key.rsplit('.').next().unwrap_or(key).to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    if words.next().is_some_and(|word| SWITCH.contains(&word)) {
        return false;
    }
    let has = |word: &str| SECRET.contains(&word);
    WHOLE.contains(&name.as_str())
        || INSIDE.iter().any(|part| name.contains(part))
        || name.split(|c: char| !c.is_alphanumeric()).any(has)
}

/// Whether a dotted path names a secret, by its last name or the one around it; a profile of
/// permissions may be called as it likes.
pub(super) fn names_secret(path: &str) -> bool {
    let profiles = |name: &str| {
        let known = ["permissionprofiles", "permission_profiles"];
        known.iter().any(|known| name.eq_ignore_ascii_case(known))
    };
    let names = if path.split('.').any(profiles) { 1 } else { 2 };
    path.rsplit('.').take(names).any(is_secret)
}

/// Whether a text is, or begins, a key in PEM form (RFC 7468).
pub(super) fn is_pem(text: &str) -> bool {
    text.contains("-----BEGIN")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_secret_that_was_seen_in_a_client_is_known_as_one() {
        for key in [
            "ad.anynet.pwd_hash",
            "ad.anynet.pwd_salt",
            "ad.anynet.token_salt",
            "ad.anynet.pkey",
            "ad.security.permission_profiles._full_access.pwd",
            "ad.security.permission_profiles.unattended access.salt",
            "AD.Security.PWD",
            "ad.license.state_store",
            "ad.license.key",
            "LicenseKey",
            "ad.proxy.password",
        ] {
            assert!(is_secret(key), "{key}");
        }
    }

    #[test]
    fn a_switch_over_a_secret_is_none() {
        for key in [
            "ad.security.allow_logon_token",
            "ad.security.interactive_access",
            "ad.security.permission_profiles.key_users.permissions.input",
            "ad.anydesk.register.add_to_namespace",
            "ad.ui.lang",
            "ad.input.keyboard",
        ] {
            assert!(!is_secret(key), "{key}");
        }
    }
}
