use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Menu;
use crate::words::{ELEVATIONS, METHODS, ORIGINS, OUTCOMES, PHASES, SYSTEMS};

/// The device, as every hook sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Device {
    /// The portal's name of the device; empty before enrolment.
    pub id: String,
    /// The host name.
    pub name: String,
    /// The operating system.
    #[schemars(extend("enum" = SYSTEMS))]
    pub os: String,
    /// The operating system's own version text.
    pub os_version: String,
    /// The groups that the policy was resolved for.
    pub groups: Vec<String>,
}

/// The person at the device, as every hook sees them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Person {
    /// The account's name.
    pub name: String,
    /// The name that people read.
    pub display_name: String,
    /// Language tag: `de-at`.
    pub language: String,
    /// Whether enrolment bound this account; what the operating system says is not proof.
    pub verified: bool,
}

/// A supporter, as the portal vouches for them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
#[schemars(rename = "Supporter")]
pub struct SupporterInput {
    /// The name that people read.
    pub name: String,
    /// The organisation that they work for.
    pub organisation: String,
    /// Whether the portal signed them in itself.
    pub verified: bool,
}

/// Where the session stands, for `tray.menu`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct SessionState {
    /// How far the session is; `idle` is none.
    #[schemars(extend("enum" = PHASES))]
    pub phase: String,
    /// The client's address, as soon as it is known.
    pub address: Option<String>,
    /// Who is in, or wants in.
    pub supporter: Option<SupporterInput>,
}

/// Input of `session.request`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SessionRequest {
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// The ticket's number.
    pub ticket: Option<String>,
    /// Who asked: `url` is a link with our scheme, `extension` a package or plugin.
    #[serde(default)]
    #[schemars(extend("enum" = ORIGINS))]
    pub origin: String,
    /// The client's name.
    #[serde(default)]
    pub client: String,
}

/// Input of `session.join`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct SessionJoin {
    /// The session's id.
    pub session: String,
    /// The supporter who asks.
    pub supporter: SupporterInput,
    /// Why, in the words of whoever asked.
    pub reason: Option<String>,
    /// The ticket's number.
    pub ticket: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// What they want to do: names of permissions, as `screen`, `input`, `files`.
    pub permissions: Vec<String>,
}

/// Input of `elevation.request`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ElevationRequest {
    /// The session's id.
    pub session: String,
    /// The supporter who asks.
    pub supporter: SupporterInput,
    /// Absolute path of the program.
    pub program: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// The way to elevated rights.
    #[schemars(extend("enum" = METHODS))]
    pub method: String,
    /// Why, in the words of whoever asked.
    pub reason: Option<String>,
    /// For how long, in minutes.
    pub minutes: u32,
}

/// Input of `tray.menu`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct TrayMenu {
    /// The menu so far.
    pub menu: Menu,
    /// Where the session stands.
    pub session: SessionState,
}

/// Input of `menu.click`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct MenuClick {
    /// The item's id.
    #[serde(default)]
    pub item: String,
}

/// Input of `consent.prompt`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ConsentPrompt {
    /// The supporter who asks.
    pub supporter: SupporterInput,
    /// Why, in the words of whoever asked.
    pub reason: Option<String>,
    /// The ticket's number.
    pub ticket: Option<String>,
    /// What they want to do: names of permissions, as `screen`, `input`, `files`.
    pub permissions: Vec<String>,
    /// How long the person has, in seconds.
    pub timeout_seconds: u32,
}

/// Input of `client.locate`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ClientLocate {
    /// The client's name.
    pub client: String,
}

/// Input of `address.read`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct AddressRead {
    /// The client's name.
    pub client: String,
    /// What the client has printed so far, at most 16 KiB.
    pub output: String,
}

/// Input of `client.launch`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ClientLaunch {
    /// The client's name.
    pub client: String,
    /// Absolute path of the program.
    pub path: String,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What its environment gets beside the small one of every client.
    pub environment: BTreeMap<String, String>,
}

/// Input of `address.report`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct AddressReport {
    /// The client's address.
    pub address: String,
    /// The client's name.
    pub client: String,
}

/// Input of `address.reported`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct AddressReported {
    /// The client's address.
    pub address: String,
    /// The client's name.
    pub client: String,
}

/// Input of `client.exited`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ClientExited {
    /// The client's name.
    pub client: String,
    /// Its exit code; none where a signal ended it.
    pub code: Option<i32>,
    /// The number of the signal that ended it, on Unix.
    pub signal: Option<i32>,
}

/// Input of `session.started`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct SessionStarted {
    /// The session's id.
    pub session: String,
    /// Who is in.
    pub supporter: Option<SupporterInput>,
    /// The client's name.
    pub client: String,
    /// When it began, RFC 3339.
    pub started: String,
}

/// Input of `session.ended`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct SessionEnded {
    /// The session's id.
    pub session: String,
    /// Who was in, if anybody.
    pub supporter: Option<SupporterInput>,
    /// The client's name.
    pub client: String,
    /// When it began, RFC 3339.
    pub started: String,
    /// When it ended, RFC 3339.
    pub ended: String,
    /// How it ended; `denied` is a session that the checks or the person did not let start.
    #[schemars(extend("enum" = OUTCOMES))]
    pub outcome: String,
    /// How long it lasted, in seconds.
    pub seconds: u64,
}

/// Input of `elevation.finished`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ElevationFinished {
    /// The session's id.
    pub session: String,
    /// How it ended; `expired` is that nobody answered in time.
    #[schemars(extend("enum" = ELEVATIONS))]
    pub outcome: String,
    /// The program.
    pub program: String,
}

/// Input of `policy.changed`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct PolicyChanged {
    /// The keys whose effective value changed.
    pub changed: Vec<String>,
}

/// Input of `timer`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Timer {
    /// The timer's name: that of the package or plugin.
    pub name: String,
}

/// Input of hooks that are given nothing besides what every hook is given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Empty {}
