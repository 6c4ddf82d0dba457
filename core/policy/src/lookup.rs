use serde_json::Value;

use crate::Policy;
use crate::layer::lower;

impl Policy {
    /// The effective value at a dotted path, compared without case: a leaf, or a whole
    /// section. Names that have dots of their own are found as well. None where nobody set it.
    pub fn get(&self, key: &str) -> Option<&Value> {
        let parts: Vec<&str> = key.split('.').collect();
        // No accepted key is longer, so nothing recurses deeper.
        if parts.len() > 4 * crate::syntax::MAX_LEVELS {
            return None;
        }
        find(&self.tree, &parts)
    }
}

fn find<'a>(value: &'a Value, parts: &[&str]) -> Option<&'a Value> {
    if parts.is_empty() {
        return Some(value);
    }
    let object = value.as_object()?;
    (1..=parts.len()).find_map(|n| {
        let name = lower(&parts[..n].join("."));
        let (_, inner) = object.iter().find(|(key, _)| lower(key) == name)?;
        find(inner, &parts[n..])
    })
}
