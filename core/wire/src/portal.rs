use std::collections::BTreeMap;

use deskhook_policy::{Address, ElevationMethod};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{CheckShape, PersonShape, ReasonShape, SupporterShape};

/// `POST`: a device enrols with a one-time token. The body's bytes are signed by the key that they
/// name (see [`sign_enrolment`](crate::sign_enrolment)): whoever only knows a device's public key
/// cannot enrol in its place.
pub const PATH_ENROL: &str = "/api/v1/agent/enrol";
/// `POST`: one [`Delivery`].
pub const PATH_REPORTS: &str = "/api/v1/agent/reports";
/// `GET ?after=N&wait=SECONDS`: held open until there are orders behind `N`, or the time is up.
pub const PATH_ORDERS: &str = "/api/v1/agent/orders";

/// What a device says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DeviceAbout {
    /// The host name, at most 64 bytes.
    pub name: String,
    /// `linux`, `windows`, `macos`.
    pub os: String,
    /// The operating system's own version text.
    pub os_version: String,
    /// The agent's version.
    pub agent_version: String,
}

/// Body of [`PATH_ENROL`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EnrolRequest {
    /// The one-time token.
    pub token: String,
    /// The device's Ed25519 public key, base64.
    pub public_key: String,
    /// The device.
    pub device: DeviceAbout,
    /// Who is at it.
    pub person: PersonShape,
}

/// Answer of [`PATH_ENROL`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EnrolAnswer {
    /// The device's name from now on.
    pub device: String,
    /// The portal's Ed25519 public key, base64: it signs elevation orders.
    pub portal_key: String,
    /// The organisation's name.
    pub organization: String,
    /// Whether the token was bound to this person, so that the account is verified.
    #[serde(default)]
    pub person_verified: bool,
    /// The group that the token was made for.
    #[serde(default)]
    pub group: Option<String>,
}

/// What a device keeps of its enrolment (beside its private key).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrolled {
    /// The portal's base URL.
    pub portal: String,
    /// What the portal answered.
    #[serde(flatten)]
    pub answer: EnrolAnswer,
}

/// One row of a device's outbox. The pair of device and sequence is accepted once; a repeated
/// delivery is acknowledged and changes nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Delivery {
    /// Rises by one with each row of this device, for ever.
    pub sequence: u64,
    /// When it happened: milliseconds since 1970 by the device's clock.
    pub at: u64,
    /// What happened.
    pub report: Report,
}

/// Answer of [`PATH_REPORTS`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Acknowledged {
    /// The row's sequence.
    pub acknowledged: u64,
}

/// What a device tells its portal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "report", rename_all = "kebab-case")]
pub enum Report {
    /// A client runs and can be reached.
    Address {
        /// The session.
        session: String,
        /// The client's name.
        client: String,
        /// Where it is reached.
        address: Address,
        /// The link that Connect opens; the portal checks its scheme.
        link: String,
        /// Custom fields of the `address.report` hooks.
        #[serde(default)]
        fields: BTreeMap<String, Value>,
    },
    /// A session came into another phase.
    Phase {
        /// The session.
        session: String,
        /// `checking`, `launching`, `reporting`, `waiting`, `joining`, `connected`.
        phase: String,
        /// Why, in the person's words.
        #[serde(default)]
        reason: Option<String>,
        /// The ticket's number.
        #[serde(default)]
        ticket: Option<String>,
        /// Who is in, or wants in.
        #[serde(default)]
        supporter: Option<SupporterShape>,
        /// Every voice of the pre-connect checks, as soon as they ran.
        #[serde(default)]
        checks: Vec<CheckShape>,
    },
    /// A session is over, or was not allowed to start.
    Ended {
        /// The session.
        session: String,
        /// `disconnected`, `stopped`, `client-exited`, `time-limit`, `policy`, `denied`, `failed`, `agent-stopped`.
        outcome: String,
        /// Every reason of a denial or failure.
        #[serde(default)]
        reasons: Vec<ReasonShape>,
        /// How long it lasted, in seconds.
        seconds: u64,
    },
    /// What became of one of the portal's orders.
    Reply {
        /// The order's id.
        order: String,
        /// What became of it.
        outcome: AskOutcomeShape,
    },
    /// The device's own state; sent at start and when it changed.
    State {
        /// The device.
        device: DeviceAbout,
        /// Who is at it; none is nobody.
        person: Option<PersonShape>,
        /// The effective policy's short name.
        policy_version: String,
        /// What of it is Deskhook's own, and who says so.
        #[serde(default)]
        policy: Vec<PolicyEntry>,
        /// Facts and custom state, by name.
        facts: BTreeMap<String, Value>,
        /// Packages and plugins with their health.
        extensions: Vec<ExtensionHealth>,
        /// What may be asked for with elevated rights.
        #[serde(default)]
        elevation: ElevationOffer,
    },
}

/// One value of a device's effective policy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PolicyEntry {
    /// The key's dotted path.
    pub key: String,
    /// The value as JSON text; a long one ends in `...`.
    pub value: String,
    /// The layer that set it: `tenant`, `group Berlin`.
    pub set_by: String,
    /// The layers whose value it overrode, broadest first.
    #[serde(default)]
    pub overrides: Vec<String>,
}

/// What a device lets supporters ask for with elevated rights.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct ElevationOffer {
    /// Absolute paths of the programs; empty is none.
    pub programs: Vec<String>,
    /// The ways that the policy allows and the device knows, most wanted first.
    pub methods: Vec<ElevationMethod>,
    /// The longest that a program may run, in minutes.
    pub minutes: u32,
    /// Why everything would be refused just now, in a sentence.
    pub obstacle: Option<String>,
}

/// A package's or plugin's health.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ExtensionHealth {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// `running`, `quarantined`, `rejected`.
    pub state: String,
    /// What is wrong, if anything.
    #[serde(default)]
    pub message: Option<String>,
    /// Capabilities that its manifest asks for and of which the policy grants nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ungranted: Vec<String>,
    /// What whoever runs the machine should know of how it runs, in a sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

impl ExtensionHealth {
    /// How the message of one begins that runs although newer files of it are there.
    pub const NEWER_REJECTED: &str = "its files on disk are rejected";
}

/// What became of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum AskOutcomeShape {
    /// The supporter may connect now.
    Joined,
    /// It was refused.
    Refused {
        /// Every reason.
        reasons: Vec<ReasonShape>,
    },
    /// The session was ended.
    Disconnected,
    /// Elevated rights: `granted`, `denied`, `expired`, `failed`.
    Elevation {
        /// The word.
        result: String,
        /// The program's exit code, where it ran.
        #[serde(default)]
        code: Option<i32>,
        /// Every reason, where it did not.
        #[serde(default)]
        reasons: Vec<ReasonShape>,
    },
}

/// Answer of [`PATH_ORDERS`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Orders {
    /// What is to be done, oldest first.
    pub orders: Vec<Order>,
    /// The highest sequence that was ever given out; `after` of the next request.
    pub last: u64,
}

/// What the portal asks of a device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Order {
    /// Its number; the reply names it.
    pub id: String,
    /// Rises with each order of this device.
    pub sequence: u64,
    /// Seconds until nobody wants it any more.
    pub expires_in: u32,
    /// What.
    #[serde(flatten)]
    pub kind: OrderKind,
}

/// The kinds of [`Order`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "order", rename_all = "kebab-case")]
pub enum OrderKind {
    /// A supporter wants to join.
    Join {
        /// Which session.
        session: String,
        /// Who.
        supporter: SupporterShape,
        /// Why.
        #[serde(default)]
        reason: Option<String>,
        /// The ticket's number.
        #[serde(default)]
        ticket: Option<String>,
        /// What they want to do.
        #[serde(default)]
        permissions: Vec<String>,
    },
    /// A supporter leaves; the session ends.
    Disconnect {
        /// Which session.
        session: String,
        /// Who.
        supporter: SupporterShape,
    },
    /// A supporter wants one program run with elevated rights.
    Elevate {
        /// Which session.
        session: String,
        /// Who.
        supporter: SupporterShape,
        /// Absolute path of the program.
        program: String,
        /// Its arguments.
        #[serde(default)]
        arguments: Vec<String>,
        /// How.
        method: ElevationMethod,
        /// Why.
        #[serde(default)]
        reason: Option<String>,
        /// For how long, in minutes.
        minutes: u32,
        /// The same, signed by the portal for the elevation helper: a [`SignedOrder`](crate::SignedOrder) as text.
        signed: String,
    },
}
