use serde_json::Value;

use super::sections::{CHECKS, ROOT};
use super::shape::{Field, Section, Shape};

/// What the table says of one key.
pub(crate) struct Known {
    /// Its dotted path, as Deskhook spells it.
    pub(crate) key: String,
    /// What it is, in a line; empty for a name that the organisation chose.
    pub(crate) about: &'static str,
    /// What holds where no layer says.
    pub(crate) default: Option<Value>,
}

impl Known {
    fn enter(&mut self, name: &str, field: Option<&Field>) {
        if !self.key.is_empty() {
            self.key.push('.');
        }
        self.key.push_str(name);
        self.about = field.map_or("", |field| field.about);
        self.default = field.and_then(|field| serde_json::from_str(field.default).ok());
    }
}

/// What is known of a dotted path, compared without case; none where the table does not name it.
pub(crate) fn known_key(key: &str) -> Option<Known> {
    let mut known = Known {
        key: String::new(),
        about: "",
        default: None,
    };
    let (mut shape, mut rest) = (Shape::Section(&ROOT), Some(key));
    while let Some(left) = rest {
        let inner;
        (inner, rest) = match shape {
            Shape::Section(section) => {
                let (name, after) = left
                    .split_once('.')
                    .map_or((left, None), |(n, a)| (n, Some(a)));
                let (name, inner) = section.field(name)?;
                let field = section.fields.iter().find(|field| field.name == name);
                known.enter(&name, field);
                (inner, after)
            }
            Shape::Names(names) => {
                let (name, after) = names.part(left);
                known.enter(name, None);
                (names.value, after)
            }
            Shape::LeafOrNames(leaf) => {
                known.enter(left, None);
                (Shape::Leaf(leaf), None)
            }
            Shape::Leaf(_) => return None,
        };
        shape = inner;
    }
    Some(known)
}

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
