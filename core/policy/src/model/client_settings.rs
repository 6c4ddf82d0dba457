use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// `Integration.AnyDesk.Client.*`: what the organisation wants its custom client to be. What no
/// layer sets is none: the vendor's default holds then.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default)]
pub struct AnyDeskClient {
    /// Which way sessions may go.
    pub direction: Option<Direction>,
    /// Who may connect: IDs, aliases, wildcards `*@namespace`. An empty list lets nobody in.
    pub access_control_list: Option<Vec<String>>,
    /// The organisation's own namespace of aliases, without `@`.
    pub namespace: Option<String>,
    /// Register an alias for the client by itself.
    pub register_alias: Option<bool>,
    /// Count the client on the organisation's licence.
    pub assign_to_license: Option<bool>,
    /// Whoever connects from it has to sign in first.
    pub force_user_login: Option<bool>,
    /// Its settings cannot be opened.
    pub disable_settings: Option<bool>,
    /// It has no address book.
    pub disable_address_book: Option<bool>,
    /// It takes no direct connections on TCP.
    pub disable_tcp_listen: Option<bool>,
    /// What a session may do, by profile, then by permission (`input`, `clipboard`, ...).
    pub permission_profiles: BTreeMap<String, BTreeMap<String, bool>>,
    /// The vendor's profiles that are taken out.
    pub remove_preset_profiles: Vec<String>,
    /// Access by a password, without a person.
    pub unattended_access: UnattendedAccess,
    /// The vendor's further keys with their values: a text, number or boolean each.
    pub advanced: BTreeMap<String, Value>,
    /// The oldest version that is wanted: numbers with points.
    pub minimum_version: Option<String>,
}

/// Which way sessions of a client may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Others connect to it.
    Incoming,
    /// It connects to others.
    Outgoing,
    /// Both.
    Bidirectional,
}

/// `Client.UnattendedAccess`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default)]
pub struct UnattendedAccess {
    /// Whether a password alone lets somebody in.
    pub enabled: Option<bool>,
    /// The permission profile that the password belongs to.
    pub profile: Option<String>,
    /// Whether a code is asked for beside the password.
    pub two_factor: Option<bool>,
}
