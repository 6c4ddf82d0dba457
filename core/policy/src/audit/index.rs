use std::collections::HashMap;

use super::Audience;
use crate::{Layer, Scope};

/// Layers by whom they are for, so that each audience looks at its own alone.
pub(super) struct Index<'l> {
    /// For everybody.
    broad: Vec<&'l Layer>,
    named: HashMap<(Scope, String), Vec<&'l Layer>>,
}

impl<'l> Index<'l> {
    pub(super) fn new(layers: &'l [Layer]) -> Self {
        let mut index = Self {
            broad: vec![],
            named: HashMap::new(),
        };
        for layer in layers {
            let name = layer.name();
            match name.scope {
                Scope::Tenant | Scope::AllUsers => index.broad.push(layer),
                scope => {
                    let named = index.named.entry((scope, name.name.to_lowercase()));
                    named.or_default().push(layer);
                }
            }
        }
        index
    }

    /// The layers that may be for `audience`. Key-value files are for the group of their name, also
    /// where no group is named: a device that takes them all is one of several, and what they say
    /// holds on no device that is in another group.
    pub(super) fn of<'i>(
        &'i self,
        audience: &Audience,
    ) -> impl Iterator<Item = &'l Layer> + use<'i, 'l> {
        let user = audience.user.iter().map(|name| (Scope::User, name));
        let of_device = audience.device_groups.iter().flatten();
        let groups = audience.groups.iter().chain(of_device);
        let groups = groups.map(|name| (Scope::Group, name));
        let device = audience.device.iter().map(|name| (Scope::Device, name));
        let mut keys: Vec<(Scope, String)> = user
            .chain(groups)
            .chain(device)
            .map(|(scope, name)| (scope, name.to_lowercase()))
            .collect();
        keys.sort();
        keys.dedup();
        let named = keys
            .into_iter()
            .flat_map(|key| self.named.get(&key).into_iter().flatten());
        self.broad.iter().chain(named).copied()
    }
}
