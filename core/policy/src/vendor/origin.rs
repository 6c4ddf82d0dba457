use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::{LayerName, Place, Resolved};

/// The layer and the place that set a policy key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Origin {
    /// The layer.
    #[serde(serialize_with = "inner")]
    pub layer: Arc<LayerName>,
    /// Where it says so.
    #[serde(flatten)]
    pub place: Place,
}

fn inner<S: Serializer>(layer: &Arc<LayerName>, serializer: S) -> Result<S::Ok, S::Error> {
    layer.as_ref().serialize(serializer)
}

impl Origin {
    /// Who set a policy key; of a section, who set the first key inside it.
    pub(super) fn of(resolved: &Resolved, key: &str) -> Option<Self> {
        let own = resolved.provenance.get(key).into_iter();
        let mut trails = own.chain(resolved.provenance.under(key));
        let setting = trails.find_map(|trail| trail.winner.as_ref())?;
        Some(Self {
            layer: Arc::clone(&setting.layer),
            place: setting.place.clone(),
        })
    }
}

/// `tenant, policy/acme.json:3:5`.
impl std::fmt::Display for Origin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.layer, self.place)
    }
}
