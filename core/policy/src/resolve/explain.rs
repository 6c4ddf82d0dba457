use serde::Serialize;
use serde_json::Value;

use super::Resolved;
use super::provenance::{Overridden, Setting, Trail};
use crate::schema;

/// Why a key is what it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The key, spelled as Deskhook spells it.
    pub key: String,
    /// What it is, in a line; none for keys that are not Deskhook's own.
    pub about: Option<&'static str>,
    /// What holds where no layer says; none where nothing does.
    pub default: Option<Value>,
    /// The effective value; for a section the whole of it; none where nobody set anything.
    pub value: Option<Value>,
    /// The layer and the place that set it; none for a section, and where nobody set it.
    pub set_by: Option<Setting>,
    /// Everything else that was said about it, broadest first, and why it does not hold.
    pub overridden: Vec<Overridden>,
    /// For a section: the trails of the keys inside it.
    pub inside: Vec<Trail>,
    /// The nearest key that exists, where this one is neither set nor known.
    pub nearest: Option<String>,
}

/// Says who set `key` (a dotted path, compared without case) and what that overrode.
pub fn explain(resolved: &Resolved, key: &str) -> Explanation {
    let provenance = &resolved.provenance;
    let own = provenance.get(key);
    let inside: Vec<Trail> = provenance
        .under(key)
        .filter(|trail| own.is_none_or(|own| own.key != trail.key))
        .cloned()
        .collect();
    let known = schema::known_key(key);
    let value = resolved.policy.get(key).cloned();
    let nearest = (own.is_none() && inside.is_empty() && value.is_none() && known.is_none())
        .then(|| near(resolved, key))
        .flatten();
    let (about, default, spelling) = match known {
        Some(known) => (Some(known.about), known.default, Some(known.key)),
        None => (None, None, None),
    };
    Explanation {
        key: own
            .map(|trail| trail.key.clone())
            .or(spelling)
            .unwrap_or_else(|| key.to_owned()),
        about: about.filter(|about| !about.is_empty()),
        default,
        value,
        set_by: own.and_then(|trail| trail.winner.clone()),
        overridden: own
            .map(|trail| trail.overridden.clone())
            .unwrap_or_default(),
        inside,
        nearest,
    }
}

fn near(resolved: &Resolved, key: &str) -> Option<String> {
    let set = resolved.provenance.iter().map(|trail| trail.key.clone());
    let names: Vec<String> = set.chain(schema::known_keys()).collect();
    schema::nearest(key, &names).map(str::to_owned)
}
