use serde::{Deserialize, Serialize};

/// Whom a layer is for, from broad to narrow: a narrower scope wins.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The whole organisation.
    #[default]
    Tenant,
    /// All its users.
    AllUsers,
    /// One group.
    Group,
    /// One user.
    User,
    /// One device.
    Device,
}

impl Scope {
    /// Every scope with its name, from broad to narrow.
    pub(crate) const NAMES: [(&str, Self); 5] = [
        ("tenant", Self::Tenant),
        ("all-users", Self::AllUsers),
        ("group", Self::Group),
        ("user", Self::User),
        ("device", Self::Device),
    ];
}

impl std::fmt::Display for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let named = Self::NAMES.iter().find(|(_, scope)| scope == self);
        f.write_str(named.map_or("tenant", |(name, _)| name))
    }
}
