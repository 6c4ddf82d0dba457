use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::layer::lower;
use crate::{Place, Scope, schema};

/// Which layer it was: enough to find it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LayerName {
    /// Its scope.
    pub scope: Scope,
    /// The group, user or device that it is for; for the others its own name.
    pub name: String,
    /// Its priority inside the scope.
    pub priority: i64,
    /// Its file.
    pub file: String,
}

impl std::fmt::Display for LayerName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.scope, self.name.as_str()) {
            (scope @ (Scope::Tenant | Scope::AllUsers), _) | (scope, "") => write!(f, "{scope}"),
            (scope, name) => write!(f, "{scope} {name}"),
        }
    }
}

/// One layer's value for one key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Setting {
    /// The value; for one that was refused, as it was written.
    pub value: serde_json::Value,
    /// The layer that says so.
    #[serde(serialize_with = "inner")]
    pub layer: Arc<LayerName>,
    /// Where it says so.
    #[serde(flatten)]
    pub place: Place,
}

fn inner<S: Serializer>(layer: &Arc<LayerName>, serializer: S) -> Result<S::Ok, S::Error> {
    layer.as_ref().serialize(serializer)
}

/// A value that does not hold, and why not.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Overridden {
    /// What was said.
    #[serde(flatten)]
    pub setting: Setting,
    /// Why it does not hold.
    pub why: Why,
}

/// Why a layer's value does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A layer of a narrower scope says otherwise.
    Scope(Arc<LayerName>),
    /// A layer of the same scope with a higher priority says otherwise.
    Priority(Arc<LayerName>),
    /// A layer of the same scope and priority with a later name says otherwise.
    LaterName(Arc<LayerName>),
    /// A later layer removed the key.
    Removed(Arc<LayerName>),
    /// `Allow.*`: this layer said false, and an explicit false wins.
    FalseWins(Arc<LayerName>),
    /// Consent and isolation only ever get stricter than in this layer.
    LessStrict(Arc<LayerName>),
    /// An object met a scalar; this layer's, the broader one, stayed.
    Conflict(Arc<LayerName>),
    /// The value is of the wrong type, or not a value that this key can have.
    Refused,
    /// The layer's filter kept it from being assigned.
    Filtered(String),
    /// The layer is for another group, user or device.
    NotAssigned,
    /// A layer file is refused and was never good, so nothing is integrated.
    Off,
    /// The signed policy has expired or is not the newest, so nothing is integrated and nobody elevated.
    Expired,
}

impl std::fmt::Display for Why {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Scope(by) => write!(f, "{by} is narrower"),
            Self::Priority(by) => write!(f, "{by} has the higher priority {}", by.priority),
            Self::LaterName(by) => write!(f, "{by} has the later name"),
            Self::Removed(by) => write!(f, "{by} removes the key"),
            Self::FalseWins(by) => write!(f, "{by} says false, and an explicit false wins"),
            Self::LessStrict(by) => write!(f, "{by} is stricter, and this only gets stricter"),
            Self::Conflict(by) => write!(f, "{by} has another shape there, and came first"),
            Self::Refused => f.write_str("the value was refused"),
            Self::Filtered(filter) => write!(f, "the layer's filter {filter} left it out"),
            Self::NotAssigned => f.write_str("the layer is for another group, user or device"),
            Self::Off => f.write_str("integrations are off while a layer file is refused"),
            Self::Expired => f.write_str("the signed policy is out of date"),
        }
    }
}

/// As `{"reason": "scope", "text": "..."}`.
impl Serialize for Why {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let reason = match self {
            Self::Scope(_) => "scope",
            Self::Priority(_) => "priority",
            Self::LaterName(_) => "later-name",
            Self::Removed(_) => "removed",
            Self::FalseWins(_) => "false-wins",
            Self::LessStrict(_) => "less-strict",
            Self::Conflict(_) => "conflict",
            Self::Refused => "refused",
            Self::Filtered(_) => "filter",
            Self::NotAssigned => "not-assigned",
            Self::Off => "off",
            Self::Expired => "expired",
        };
        let mut why = serializer.serialize_struct("Why", 2)?;
        why.serialize_field("reason", reason)?;
        why.serialize_field("text", &self.to_string())?;
        why.end()
    }
}

/// Everything that was ever said about one key.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Trail {
    /// The key's dotted path, spelled as Deskhook spells it.
    pub key: String,
    /// The setting that holds; none where all were removed or refused.
    pub winner: Option<Setting>,
    /// The others, broadest layer first.
    pub overridden: Vec<Overridden>,
}

/// For every key that any layer mentioned: who set it, and what that overrode.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Provenance(pub(crate) BTreeMap<String, Trail>);

impl Provenance {
    /// The trail of one leaf key, compared without case.
    pub fn get(&self, key: &str) -> Option<&Trail> {
        self.0.get(&lower(key))
    }

    /// Nothing under `section`, given in lower case, holds any more.
    pub(crate) fn turn_off(&mut self, section: &str, why: &Why) {
        let inside = format!("{section}.");
        for (key, trail) in &mut self.0 {
            if key == section || key.starts_with(&inside) {
                let setting = trail.winner.take();
                let off = |setting| Overridden {
                    setting,
                    why: why.clone(),
                };
                trail.overridden.extend(setting.map(off));
            }
        }
    }

    /// Every trail, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = &Trail> {
        self.0.values()
    }

    /// The trails of Deskhook's own keys that hold, in the order of the keys. What else an
    /// organisation keeps in its layers is for its hooks alone.
    pub fn own(&self) -> impl Iterator<Item = (&Trail, &Setting)> {
        let section = |key: &str| key.split('.').next().unwrap_or_default().to_owned();
        let own = move |trail: &&Trail| schema::ROOT.field(&section(&trail.key)).is_some();
        self.0
            .values()
            .filter(own)
            .filter_map(|trail| Some((trail, trail.winner.as_ref()?)))
    }

    /// The trails of all keys under `key`, itself included.
    pub fn under(&self, key: &str) -> impl Iterator<Item = &Trail> + use<'_> {
        let own = lower(key);
        let inside = format!("{own}.");
        self.0
            .iter()
            .filter(move |(key, _)| **key == own || key.starts_with(&inside))
            .map(|(_, trail)| trail)
    }
}
