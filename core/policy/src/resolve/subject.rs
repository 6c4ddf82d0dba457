/// For whom, and for which device, layers are resolved.
///
/// Every field that is `None` narrows nothing: layers of that scope all apply, and a filter
/// over that fact filters nothing. A device fills in all of them; `policy` commands fill in
/// what their flags say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The person's user name: layers of other users are not assigned.
    pub user: Option<String>,
    /// The groups of the person: layers of other groups are not assigned.
    pub groups: Option<Vec<String>>,
    /// The device's name or id: layers of other devices are not assigned.
    pub device: Option<String>,
    /// `linux`, `windows`, `macos`: for the filter `os`.
    pub platform: Option<String>,
    /// The groups of the device: for the filter `device-group`; layers of scope group
    /// that name one of them are assigned as well.
    pub device_groups: Option<Vec<String>>,
    /// Whether the device is a virtual desktop: for the filter `vdi`.
    pub vdi: Option<bool>,
    /// Whether the device is joined to a directory of the organisation's own as well as to
    /// its cloud directory: for the filter `hybrid-joined`.
    pub hybrid_joined: Option<bool>,
    /// Whether the device is the person's own: for the filter `private-device`.
    pub private_device: Option<bool>,
}

impl Subject {
    /// Everybody on every device: narrows nothing.
    pub fn everyone() -> Self {
        Self::default()
    }

    /// Whether a layer for `group` is meant.
    pub(crate) fn is_in_group(&self, group: &str) -> bool {
        let among = |groups: &Vec<String>| groups.iter().any(|name| same(name, group));
        match (&self.groups, &self.device_groups) {
            (None, _) => true,
            (Some(own), device) => among(own) || device.as_ref().is_some_and(among),
        }
    }

    /// Whether a file of `Key = ...` pairs for `group` is meant. Such a file cannot say whom it is
    /// for but by its name: one that lies on a device that was told of no group is that device's.
    pub(crate) fn takes_pairs_of(&self, group: &str) -> bool {
        let none = |groups: &Option<Vec<String>>| groups.as_ref().is_none_or(Vec::is_empty);
        (none(&self.groups) && none(&self.device_groups)) || self.is_in_group(group)
    }

    /// Whether a layer for the user `name` is meant.
    pub(crate) fn is_user(&self, name: &str) -> bool {
        self.user.as_ref().is_none_or(|user| same(user, name))
    }

    /// Whether a layer for the device `name` is meant.
    pub(crate) fn is_device(&self, name: &str) -> bool {
        self.device.as_ref().is_none_or(|device| same(device, name))
    }
}

/// Names of people, groups and devices are compared without case.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
