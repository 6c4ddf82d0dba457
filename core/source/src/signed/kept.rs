use std::collections::BTreeMap;

use deskhook_wire::{PolicyKey, Role};
use serde_json::{Value, json};

/// The highest serial that a key signed, and the SHA-256 in hex of what it signed there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Floor {
    pub(super) serial: u64,
    pub(super) sha256: String,
}

/// What only rises: the serials that were accepted, by the key that signed, and the keys that
/// were handed over to.
///
/// By key, so that somebody who had a key and used up all numbers blocks nobody once that key is
/// no longer trusted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ratchet {
    pub(super) floors: BTreeMap<String, Floor>,
    /// Bundles that name a next key, as they were accepted, in their order.
    pub(super) successions: Vec<String>,
}

/// A bundle in use, as it was accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct KeptBundle {
    /// The file that it came in.
    pub(super) name: String,
    pub(super) text: String,
}

/// The last good policy: one bundle of each role at most, with the keys that they need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Slot {
    /// Rises with each change.
    pub(super) number: u64,
    pub(super) successions: Vec<String>,
    pub(super) bundles: BTreeMap<Role, KeptBundle>,
}

impl Ratchet {
    /// The highest serial of the keys that are trusted with a role.
    pub(super) fn floor(&self, role: Role, keys: &[PolicyKey]) -> Option<&Floor> {
        let own = keys.iter().filter(|key| key.role == role);
        let floors = own.filter_map(|key| self.floors.get(&key.id));
        floors.max_by_key(|floor| floor.serial)
    }

    pub(super) fn raise(&mut self, id: &str, floor: &Floor) {
        let known = self.floors.get(id);
        if known.is_none_or(|known| known.serial < floor.serial) {
            self.floors.insert(id.to_owned(), floor.clone());
        }
    }

    pub(super) fn to_value(&self) -> Value {
        let floors = self.floors.iter().map(|(id, floor)| {
            let floor = json!({"serial": floor.serial, "sha256": floor.sha256});
            (id.clone(), floor)
        });
        let floors: serde_json::Map<String, Value> = floors.collect();
        json!({"floors": floors, "successions": self.successions})
    }

    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let floors = value.get("floors")?.as_object()?.iter();
        let floors = floors.map(|(id, floor)| {
            let floor = Floor {
                serial: floor.get("serial")?.as_u64()?,
                sha256: floor.get("sha256")?.as_str()?.to_owned(),
            };
            Some((id.clone(), floor))
        });
        Some(Self {
            floors: floors.collect::<Option<_>>()?,
            successions: texts(value.get("successions")?)?,
        })
    }
}

impl Slot {
    pub(super) fn to_value(&self) -> Value {
        let bundles = self.bundles.iter().map(|(role, bundle)| {
            let bundle = json!({"name": bundle.name, "text": bundle.text});
            (role.word().to_owned(), bundle)
        });
        let bundles: serde_json::Map<String, Value> = bundles.collect();
        json!({"number": self.number, "successions": self.successions, "bundles": bundles})
    }

    pub(super) fn from_value(value: &Value) -> Option<Self> {
        let bundles = value.get("bundles")?.as_object()?.iter();
        let bundles = bundles.map(|(role, bundle)| {
            let bundle = KeptBundle {
                name: bundle.get("name")?.as_str()?.to_owned(),
                text: bundle.get("text")?.as_str()?.to_owned(),
            };
            Some((Role::parse(role)?, bundle))
        });
        Some(Self {
            number: value.get("number")?.as_u64()?,
            successions: texts(value.get("successions")?)?,
            bundles: bundles.collect::<Option<_>>()?,
        })
    }
}

fn texts(value: &Value) -> Option<Vec<String>> {
    let texts = value.as_array()?.iter();
    texts.map(|text| Some(text.as_str()?.to_owned())).collect()
}
