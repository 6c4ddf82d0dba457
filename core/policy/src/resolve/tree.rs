use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::merge::Held;
use crate::layer::Key;

/// Builds the effective tree of what is held at each leaf.
pub(super) fn grow(held: &BTreeMap<Key, Held>) -> Value {
    let mut root = Branch::default();
    for held in held.values() {
        root.put(&held.key, &held.setting.value);
    }
    root.value()
}

/// A node that is growing: branches by the name as it is compared, with its spelling.
#[derive(Default)]
struct Branch<'a> {
    value: Option<&'a Value>,
    children: BTreeMap<&'a str, (&'a str, Branch<'a>)>,
}

impl<'a> Branch<'a> {
    fn put(&mut self, key: &'a Key, value: &'a Value) {
        let mut branch = self;
        for (name, spelling) in key.segments() {
            let entry = branch.children.entry(name);
            branch = &mut entry.or_insert_with(|| (spelling, Branch::default())).1;
        }
        branch.value = Some(value);
    }

    /// Only under `Allow` a feature has a value and names inside it: there false covers all.
    fn value(&self) -> Value {
        match self.value {
            Some(Value::Bool(false)) => Value::Bool(false),
            Some(value) if self.children.is_empty() => value.clone(),
            _ => {
                let pairs = self.children.values();
                let pairs = pairs.map(|(name, branch)| ((*name).to_owned(), branch.value()));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }
}
