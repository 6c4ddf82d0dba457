use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::LocalText;

/// A place in the effective tree, which may have nothing.
#[derive(Clone, Copy)]
pub(super) struct Branch<'a>(Option<&'a Value>);

impl<'a> Branch<'a> {
    pub(super) fn new(value: &'a Value) -> Self {
        Self(Some(value))
    }

    /// The branch at a key, in our own spelling.
    pub(super) fn at(self, key: &str) -> Self {
        Self(self.0.and_then(|value| value.get(key)))
    }

    pub(super) fn raw(self) -> Option<&'a Value> {
        self.0
    }

    pub(super) fn text(self, key: &str) -> Option<String> {
        Some(self.at(key).0?.as_str()?.to_owned())
    }

    pub(super) fn flag(self, key: &str) -> Option<bool> {
        self.at(key).0?.as_bool()
    }

    pub(super) fn number(self, key: &str) -> Option<u64> {
        self.at(key).0?.as_u64()
    }

    pub(super) fn small(self, key: &str) -> Option<u32> {
        u32::try_from(self.number(key)?).ok()
    }

    /// The value of a type that knows how to be read; its default where there is none.
    pub(super) fn value<T: DeserializeOwned + Default>(self, key: &str) -> T {
        self.given(key).unwrap_or_default()
    }

    pub(super) fn given<T: DeserializeOwned>(self, key: &str) -> Option<T> {
        serde_json::from_value(self.at(key).0?.clone()).ok()
    }

    pub(super) fn local(self, key: &str) -> LocalText {
        self.value(key)
    }

    /// Every name with its branch.
    pub(super) fn entries(self) -> impl Iterator<Item = (&'a str, Branch<'a>)> {
        let object = self.0.and_then(Value::as_object);
        let entries = object.into_iter().flatten();
        entries.map(|(name, value)| (name.as_str(), Branch::new(value)))
    }
}
