use std::collections::BTreeMap;

use serde::Serialize;

use crate::{Layer, Scope, Subject};

/// Whom a policy is judged for: one whom layers may be for, alone. Nothing named is everybody.
///
/// Serialises as `{"user": ..., "groups": [...], "device": ...}`, without what is not named.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audience {
    /// The person's user name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The groups that the person and the device are in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The device's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// `linux`, `windows`, `macos`, for the filter `os`; none filters nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// The groups of the device, for the filter `device-group`; none filters nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_groups: Option<Vec<String>>,
    /// Whether the device is a virtual desktop, for the filter `vdi`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vdi: Option<bool>,
    /// Whether it is joined to both directories, for the filter `hybrid-joined`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hybrid_joined: Option<bool>,
    /// Whether it is the person's own, for the filter `private-device`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_device: Option<bool>,
}

impl Audience {
    /// Everybody, and each group, user and device that one of `layers` is for, on top of what is
    /// for everybody. Everybody comes first, then each scope by name. Filters ask about a device
    /// like that of `everybody`, which is in none of the groups, not even one that a key-value file
    /// is called after.
    pub fn all(layers: &[Layer], everybody: &Self) -> Vec<Self> {
        let mut named: BTreeMap<(Scope, String), &str> = BTreeMap::new();
        for layer in layers {
            let (scope, name) = (layer.name().scope, layer.name().name.as_str());
            if scope > Scope::AllUsers {
                named.entry((scope, name.to_lowercase())).or_insert(name);
            }
        }
        let each = named.into_iter().map(|((scope, _), name)| {
            let mut one = everybody.clone();
            match scope {
                Scope::User => one.user = Some(name.to_owned()),
                Scope::Device => one.device = Some(name.to_owned()),
                _ => one.groups = vec![name.to_owned()],
            }
            one
        });
        let mut all: Vec<Self> = each.collect();
        all.insert(0, everybody.clone());
        all
    }

    /// Whom layers are resolved for: what is not named is nobody, and not everybody.
    pub(super) fn subject(&self) -> Subject {
        Subject {
            user: Some(self.user.clone().unwrap_or_default()),
            groups: Some(self.groups.clone()),
            device: Some(self.device.clone().unwrap_or_default()),
            platform: self.platform.clone(),
            device_groups: self.device_groups.clone(),
            vdi: self.vdi,
            hybrid_joined: self.hybrid_joined,
            private_device: self.private_device,
        }
    }
}

impl std::fmt::Display for Audience {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let user = self.user.iter().map(|name| format!("user {name}"));
        let groups = self.groups.iter().map(|name| format!("group {name}"));
        let device = self.device.iter().map(|name| format!("device {name}"));
        let named: Vec<String> = user.chain(groups).chain(device).collect();
        if named.is_empty() {
            return f.write_str("everybody");
        }
        f.write_str(&named.join(" with "))
    }
}
