use super::sections::{CHECKS, ROOT};
use super::shape::{Section, Shape};

/// Every dotted key that has a fixed name, in the order of the table.
pub(crate) fn known_keys() -> Vec<String> {
    let mut keys = vec![];
    list(&ROOT, "", &mut keys);
    keys
}

/// The names of the built-in checks: the keys of `Session.Checks`.
pub fn built_in_checks() -> Vec<String> {
    CHECKS.names()
}

/// Recurses as deep as the table is.
fn list(section: &Section, prefix: &str, keys: &mut Vec<String>) {
    for name in section.names() {
        let key = if prefix.is_empty() {
            name.clone()
        } else {
            format!("{prefix}.{name}")
        };
        if let Some((_, Shape::Section(inner))) = section.field(&name) {
            list(inner, &key, keys);
        }
        keys.push(key);
    }
}
