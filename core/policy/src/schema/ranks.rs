//! How strict a value of a consent or isolation setting is: higher is stricter.

use serde_json::Value;

use super::shape::Merge;

fn place(value: &Value, from_loose_to_strict: &[&str]) -> i64 {
    let at = from_loose_to_strict.iter().position(|name| value == name);
    at.map_or(0, |at| at as i64)
}

/// never < when-present < always, which is also the default.
pub(super) const CONSENT_MODE: Merge = Merge::Stricter(
    |value| place(value, &["never", "when-present", "always"]),
    2,
);

/// allow < deny, which is also the default.
pub(super) const ALLOW_OR_DENY: Merge =
    Merge::Stricter(|value| place(value, &["allow", "deny"]), 1);

/// The person never gets less time to answer than a broader layer gave; 60 seconds by default.
pub(super) const MORE_TIME: Merge = Merge::Stricter(|value| value.as_i64().unwrap_or(0), 60);

/// An answer never holds for longer than a broader layer said; by default for one join.
pub(super) const SHORTER_GRANT: Merge = Merge::Stricter(|value| -value.as_i64().unwrap_or(0), 0);

/// in-process < child, which is also the default.
pub(super) const ISOLATION: Merge =
    Merge::Stricter(|value| place(value, &["in-process", "child"]), 1);
