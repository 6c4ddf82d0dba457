//! What a vendor's setting in a policy may be: one line, and no secret.

use serde_json::Value;

use super::secret::{is_pem, is_secret};
use crate::layer::Key;

/// The most bytes of a name, and of a value.
const LONGEST: usize = 1024;

/// Whether a name or value can stand on a `key=value` line without ending it or parting it anew:
/// no control character, no line or paragraph separator, no `=`, no space at its ends.
pub(crate) fn is_plain(text: &str) -> bool {
    let breaks = |c: char| c.is_control() || matches!(c, '=' | '\u{2028}' | '\u{2029}');
    text.len() <= LONGEST && text.trim() == text && !text.contains(breaks)
}

/// The names of a key below a client whose vendor's settings are known; none of any other key.
fn below(key: &Key) -> Option<Vec<(&str, &str)>> {
    let mut path = key.segments();
    let ("integration", _) = path.next()? else {
        return None;
    };
    let ("anydesk" | "rustdesk", _) = path.next()? else {
        return None;
    };
    Some(path.collect())
}

/// Whether a key is one of the settings of such a client.
pub(crate) fn is_settings(key: &Key) -> bool {
    below(key).is_some_and(|names| names.first().is_some_and(|(lower, _)| *lower == "client"))
}

/// Whether a key below such a client names a secret.
pub(crate) fn names_secret(key: &Key) -> bool {
    let named = |names: Vec<(&str, &str)>| {
        let names: Vec<&str> = names.iter().map(|(_, spelled)| *spelled).collect();
        super::secret::names_secret(&names.join("."))
    };
    below(key).is_some_and(named)
}

/// What is wrong with a setting: the code, and the text.
///
/// Only what becomes a line of a client's is looked at: `Advanced`, `PermissionProfiles` and
/// `RemovePresetProfiles`. Nothing of a value is ever repeated.
pub(crate) fn objection(
    key: &Key,
    value: impl FnOnce() -> Value,
) -> Option<(&'static str, String)> {
    let mut path = key.segments();
    let mut next = || path.next().map(|(lower, _)| lower);
    let (Some("integration"), Some("anydesk" | "rustdesk"), Some("client"), Some(part)) =
        (next(), next(), next(), next())
    else {
        return None;
    };
    let names: Vec<&str> = path.map(|(_, spelled)| spelled).collect();
    match (part, names.as_slice()) {
        ("advanced", [name]) => name_of(name).or_else(|| value_of(name, &value())),
        ("permissionprofiles", names) => names.iter().find_map(|name| name_of(name)),
        ("removepresetprofiles", []) => {
            let value = value();
            let names = value.as_array().into_iter().flatten();
            names.filter_map(Value::as_str).find_map(name_of)
        }
        _ => None,
    }
}

fn name_of(name: &str) -> Option<(&'static str, String)> {
    if name.is_empty() || !is_plain(name) {
        let message = format!(
            "{name:?} is no name for a line of the client's: it is one line of 1 to {LONGEST} bytes without ="
        );
        return Some(("bad-name", message));
    }
    None
}

fn value_of(name: &str, value: &Value) -> Option<(&'static str, String)> {
    let text = value.as_str().unwrap_or_default();
    if is_secret(name) || is_pem(text) {
        let message = format!("{name} carries a secret, and a policy never does");
        return Some(("secret-key", message));
    }
    if !is_plain(text) {
        let message = format!(
            "the value of {name} is not one line of at most {LONGEST} bytes without = and without spaces at its ends"
        );
        return Some(("bad-value", message));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str, value: impl Into<Value>) -> Option<&'static str> {
        let mut key = Key::default();
        let path = format!("Integration/AnyDesk/Client/{path}");
        path.split('/').for_each(|name| key.push(name));
        objection(&key, || value.into()).map(|(code, _)| code)
    }

    #[test]
    fn what_would_make_a_second_line_is_refused() {
        let breaking = [
            "de\nad.x=1",
            "de\rx",
            "a=b",
            "a\u{2028}b",
            "a\u{85}b",
            "\0",
            " de",
            "de\t",
        ];
        for text in breaking {
            assert_eq!(
                said("Advanced/ad.ui.lang", text),
                Some("bad-value"),
                "{text:?}"
            );
            assert_eq!(said(&format!("Advanced/{text}"), 1), Some("bad-name"));
            assert_eq!(
                said(&format!("PermissionProfiles/{text}/input"), true),
                Some("bad-name")
            );
            assert_eq!(
                said("RemovePresetProfiles", vec!["_default", text]),
                Some("bad-name")
            );
        }
        assert_eq!(said("Advanced/ad.ui.lang", "de"), None);
        assert_eq!(
            said("RemovePresetProfiles", vec!["unattended access"]),
            None
        );
    }

    #[test]
    fn a_secret_is_refused_whatever_its_value() {
        assert_eq!(
            said("Advanced/ad.anynet.pwd_hash", "abc"),
            Some("secret-key")
        );
        assert_eq!(said("Advanced/ad.anynet.pkey", 1), Some("secret-key"));
        let pem = "-----BEGIN PRIVATE KEY-----";
        assert_eq!(said("Advanced/ad.ui.logo", pem), Some("secret-key"));
    }
}
