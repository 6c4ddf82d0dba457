use std::collections::BTreeMap;

use deskhook_policy::ElevationMethod;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{CheckShape, ElevationOffer, ExtensionHealth, PolicyEntry, ReasonShape};

/// A device as the portal's API lists it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DeviceEntry {
    /// The name that the portal gave it; in paths.
    pub id: String,
    /// The host name.
    pub name: String,
    /// Who is at it; none is nobody.
    pub person: Option<PersonEntry>,
    /// `waiting` (for help), `in-session`, `online`, `offline`.
    pub state: String,
    /// Since when it is in that state, RFC 3339.
    pub since: Option<String>,
    /// Where the running client is reached.
    pub address: Option<String>,
    /// The running client's name.
    pub client: Option<String>,
    /// The link that Connect opens; only for who may connect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The session that is going on.
    pub session: Option<String>,
    /// The session's phase: `checking`, `launching`, `reporting`, `waiting`, `joining`, `connected`.
    pub phase: Option<String>,
    /// The group that it was enrolled for.
    pub group: Option<String>,
    /// When it was last heard of, RFC 3339.
    pub last_seen: String,
}

/// A person at a device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PersonEntry {
    /// The account's name.
    pub name: String,
    /// The name that people read.
    pub display_name: String,
    /// Whether the enrolment token was made for this person.
    pub verified: bool,
}

/// One device, with all that the portal knows of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DeviceDetail {
    /// As in the list.
    #[serde(flatten)]
    pub entry: DeviceEntry,
    /// `linux`, `windows`, `macos`.
    pub os: String,
    /// The operating system's own version text.
    pub os_version: String,
    /// The agent's version.
    pub agent_version: String,
    /// The effective policy's short name.
    pub policy_version: String,
    /// The effective policy, as far as it is Deskhook's own.
    pub policy: Vec<PolicyEntry>,
    /// Why help is wanted, in the person's words; only for who may connect.
    pub reason: Option<String>,
    /// The ticket's number; only for who may connect.
    pub ticket: Option<String>,
    /// Every voice of the session's checks.
    pub checks: Vec<CheckShape>,
    /// Facts and custom state, by name.
    pub facts: BTreeMap<String, Value>,
    /// Custom fields beside the address.
    pub fields: BTreeMap<String, Value>,
    /// Packages and plugins with their health.
    pub extensions: Vec<ExtensionHealth>,
    /// What may be asked for with elevated rights.
    pub elevation: ElevationOffer,
}

/// A session as the portal's API lists it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SessionEntry {
    /// The portal's number of it.
    pub number: i64,
    /// The device's name of it.
    pub id: String,
    /// The device.
    pub device: String,
    /// The device's host name.
    pub device_name: String,
    /// Who asked for help, as people read it.
    pub person: Option<String>,
    /// Who helped.
    pub supporter: Option<String>,
    /// The phase it is in, or was in last.
    pub phase: String,
    /// The client's name.
    pub client: Option<String>,
    /// Where it was reached.
    pub address: Option<String>,
    /// Why help was wanted.
    pub reason: Option<String>,
    /// The ticket's number.
    pub ticket: Option<String>,
    /// When the portal first heard of it, RFC 3339.
    pub started: String,
    /// When it ended.
    pub ended: Option<String>,
    /// How it ended; none while it goes on.
    pub outcome: Option<String>,
    /// Every reason of a denial or failure.
    pub reasons: Vec<ReasonShape>,
}

/// Body of `POST /api/v1/devices/{id}/connect`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ConnectRequest {
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// The ticket's number.
    #[serde(default)]
    pub ticket: Option<String>,
    /// What the supporter wants to do; empty leaves it to the device's policy.
    #[serde(default)]
    pub permissions: Vec<String>,
}

/// Body of `POST /api/v1/devices/{id}/elevate`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ElevateRequest {
    /// Absolute path of the program.
    pub program: String,
    /// Its arguments.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// For how long, in minutes: 1 to what the device offers. Default that, and at most 15.
    #[serde(default)]
    pub minutes: Option<u32>,
    /// How. Default the way that the device offers first.
    #[serde(default)]
    pub method: Option<ElevationMethod>,
}

/// Answer of what makes an order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OrderMade {
    /// The order; ask `GET /api/v1/orders/{order}` what became of it.
    pub order: String,
}

/// An order and what became of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct OrderEntry {
    /// The order.
    pub id: String,
    /// `join`, `disconnect`, `elevate`.
    pub kind: String,
    /// The device.
    pub device: String,
    /// The session.
    pub session: String,
    /// Who asked.
    pub supporter: String,
    /// `sent` (not fetched yet), `asking`, or how it ended: `joined`, `refused`, `disconnected`,
    /// `granted`, `denied`, `failed`, `expired`.
    pub state: String,
    /// Every reason, where it was refused.
    pub reasons: Vec<ReasonShape>,
    /// The program's exit code, where one ran.
    pub code: Option<i32>,
    /// Once joined, the link that opens the client; only for who may connect.
    pub link: Option<String>,
    /// When it was made, RFC 3339.
    pub created: String,
    /// After which nobody wants it any more, RFC 3339.
    pub expires: String,
}

/// An API key as its owner lists it; the key itself is shown once, when it is made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct KeyEntry {
    /// Its number; in paths.
    pub id: i64,
    /// What it is called.
    pub name: String,
    /// What it may do: `clients:view`, `session.connect`. Never more than its owner.
    pub scopes: Vec<String>,
    /// When it was made, RFC 3339.
    pub created: String,
    /// After which it does not work, RFC 3339.
    pub expires: String,
    /// When it was last used, RFC 3339, to the minute; none is never.
    pub used: Option<String>,
}

/// Body of `POST /api/v1/keys`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct NewKey {
    /// What it is called: 1 to 64 characters on one line.
    pub name: String,
    /// What it may do; at least one, none that the caller may not do.
    pub scopes: Vec<String>,
}

/// Answer of `POST /api/v1/keys`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct KeyMade {
    /// The key: send it as `Authorization: Bearer ...`. It is told this once.
    pub key: String,
    /// As in the list.
    #[serde(flatten)]
    pub entry: KeyEntry,
}

/// What the API answers where it cannot do what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ApiError {
    /// A stable word: `not-signed-in`, `token`, `removed`, `not-allowed`, `forged`, `not-found`,
    /// `conflict`, `clock`, `invalid`, `method`, `too-many`, `too-large`, `unavailable`.
    pub error: String,
    /// What is wrong, as a sentence.
    pub message: String,
    /// The right that is missing, where one is: `sessions:view`, `session.connect`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub right: Option<String>,
}

/// The JSON Schemas of the portal's API by type name, as they stand under
/// `#/components/schemas/` of an OpenAPI 3.1 document.
pub fn api_schemas() -> serde_json::Map<String, Value> {
    let settings = schemars::generate::SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut generator = settings.into_generator();
    generator.subschema_for::<DeviceEntry>();
    generator.subschema_for::<DeviceDetail>();
    generator.subschema_for::<SessionEntry>();
    generator.subschema_for::<ConnectRequest>();
    generator.subschema_for::<ElevateRequest>();
    generator.subschema_for::<OrderMade>();
    generator.subschema_for::<OrderEntry>();
    generator.subschema_for::<KeyEntry>();
    generator.subschema_for::<NewKey>();
    generator.subschema_for::<KeyMade>();
    generator.subschema_for::<ApiError>();
    generator.subschema_for::<crate::EnrolRequest>();
    generator.subschema_for::<crate::EnrolAnswer>();
    generator.subschema_for::<crate::Delivery>();
    generator.subschema_for::<crate::Acknowledged>();
    generator.subschema_for::<crate::Orders>();
    generator.take_definitions(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reference_of_the_schemas_has_its_target() {
        let schemas = api_schemas();
        let text = Value::Object(schemas.clone()).to_string();
        let mut references = text.split("\"#/components/schemas/").skip(1).peekable();
        assert!(references.peek().is_some());
        for reference in references {
            let name = reference.split('"').next().expect("split yields a part");
            assert!(schemas.contains_key(name), "{name}");
        }
    }
}
