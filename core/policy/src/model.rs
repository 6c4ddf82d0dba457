use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

mod audit_exception;
mod client_settings;

use crate::{ClientSpec, LocalText};

pub use audit_exception::AuditException;
pub use client_settings::{AnyDeskClient, Direction, UnattendedAccess};

/// The effective policy: every layer applied, every value typed.
///
/// `Policy::default()` is what holds where nobody has said anything: no integration, consent
/// always asked, no elevation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// Short name of this exact content (the first 12 hex digits of a hash over it).
    pub version: String,
    /// The organisation's name, from the tenant layer (`Organization.Name`, else the layer's own name).
    pub organization: String,
    /// The clients that are enabled, in the order in which they are tried: `Integration.AnyDesk`,
    /// `RustDesk`, `Vnc`, then `Clients.*` by name.
    pub clients: Vec<ClientSpec>,
    /// `Integration.AnyDesk.Client.*`, whether or not that client is enabled.
    pub anydesk: AnyDeskClient,
    /// The text of the start entry, from the first enabled client's `Ui.TrayMenuText<Language>`.
    pub start_text: LocalText,
    /// `Session.*`.
    pub session: SessionPolicy,
    /// `Tray.*`.
    pub tray: TrayPolicy,
    /// `WebLinks`.
    pub web_links: Vec<WebLink>,
    /// `Links.Scheme`: the organisation's own URL scheme beside `deskhook:`.
    pub link_scheme: Option<String>,
    /// `Elevation.*`.
    pub elevation: ElevationPolicy,
    /// `Extensions.*`.
    pub extensions: Extensions,
    /// `Allow.*`.
    pub allow: AllowSet,
    /// `Audit.Exceptions.*`, by the rule's id.
    pub audit_exceptions: BTreeMap<String, AuditException>,
    /// Whether it was signed and is out of date: it restricts, and starts nothing.
    pub expired: bool,
    /// The whole effective tree, sections that Deskhook does not know included, for hooks.
    pub tree: serde_json::Value,
}

/// `Session.*`: what a session needs and how long it may last.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionPolicy {
    /// `RequireReason`: no session without a reason.
    pub require_reason: bool,
    /// `RequireTicket`: a regular expression that the whole ticket must match.
    pub require_ticket: Option<String>,
    /// `MaxMinutes`: how long a session may last; none is no limit.
    pub max_minutes: Option<u32>,
    /// `Checks.<name>`: the built-in checks by name (`free-disk`, `power`, ...).
    pub checks: BTreeMap<String, CheckMode>,
    /// `Consent.*`.
    pub consent: ConsentPolicy,
}

/// What a built-in check does with what it finds.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum CheckMode {
    /// Not run.
    #[default]
    Off,
    /// Told to person and portal, the session goes on.
    Warn,
    /// The session does not start.
    Deny,
}

impl CheckMode {
    /// What a failure of the check itself means: one that only warns denies nothing.
    pub fn binding(self) -> Binding {
        match self {
            Self::Off | Self::Deny => Binding::Required,
            Self::Warn => Binding::Optional,
        }
    }
}

/// `Session.Consent.*`: when and how the person is asked before a supporter joins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentPolicy {
    /// `Mode`. Default always.
    pub mode: ConsentMode,
    /// `TimeoutSeconds`, 5 to 3600. Default 60.
    pub timeout_seconds: u32,
    /// `OnTimeout`: what silence means. Default deny.
    pub on_timeout: OnTimeout,
    /// `NoUser`: what holds where nobody is signed in. Default deny.
    pub no_user: OnTimeout,
    /// `GrantMinutes`: how long one yes holds for the same supporter, also in a later session. Default 0: each join asks.
    pub grant_minutes: u32,
    /// `Text`: the organisation's own sentence in the dialog.
    pub text: LocalText,
}

impl Default for ConsentPolicy {
    fn default() -> Self {
        Self {
            mode: ConsentMode::Always,
            timeout_seconds: 60,
            on_timeout: OnTimeout::Deny,
            no_user: OnTimeout::Deny,
            grant_minutes: 0,
            text: LocalText::None,
        }
    }
}

/// When the person is asked. Ordered from loose to strict: `never < when-present < always`.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ConsentMode {
    /// Nobody is asked.
    Never,
    /// Asked when somebody is signed in; else `NoUser` holds.
    WhenPresent,
    /// Always asked.
    #[default]
    Always,
}

/// What holds when no answer comes.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum OnTimeout {
    /// As if allowed.
    Allow,
    /// As if refused.
    #[default]
    Deny,
}

/// `Tray.*`: the menu as data.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TrayPolicy {
    /// `Tooltip`.
    pub tooltip: LocalText,
    /// `Icon`: the name of an icon of the desktop's theme, or a file.
    pub icon: Option<String>,
    /// `Items`: the organisation's own entries.
    pub items: Vec<MenuEntry>,
    /// `HideWhen`: phases in which the icon is hidden, of `idle`, `waiting`, `connected`.
    pub hide_when: Vec<String>,
    /// `Quit`: whether the person may quit the agent from the menu. Default false.
    pub quit: bool,
}

/// One entry of `Tray.Items`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct MenuEntry {
    /// Name for hooks, `tray click` and patches; unique in the menu.
    pub id: String,
    /// `item`, `link`, `separator`, `submenu`; empty is `item`.
    pub kind: String,
    /// What people read.
    pub text: LocalText,
    /// For a link: https, http, mailto or tel.
    pub target: Option<String>,
    /// The name of an icon of the desktop's theme.
    pub icon: Option<String>,
    /// For a submenu.
    pub items: Vec<MenuEntry>,
}

/// One of `WebLinks`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct WebLink {
    /// What people read.
    pub name: LocalText,
    /// https, http, mailto or tel.
    pub target: String,
    /// `any` (default), `linux`, `windows`, `macos`.
    pub platform: String,
}

/// `Elevation.*`: whether and how a supporter may get elevated rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ElevationPolicy {
    /// `Enabled`. Default false.
    pub enabled: bool,
    /// `Methods`, most wanted first. Default all three.
    pub methods: Vec<ElevationMethod>,
    /// `MaxMinutes`. Default 15.
    pub max_minutes: u32,
    /// `Programs`: absolute paths of programs that may be run elevated; empty is none.
    pub programs: Vec<String>,
}

impl Default for ElevationPolicy {
    fn default() -> Self {
        Self {
            enabled: false,
            methods: vec![
                ElevationMethod::LocalApproval,
                ElevationMethod::BrokeredAction,
                ElevationMethod::TransmittedCredentials,
            ],
            max_minutes: 15,
            programs: vec![],
        }
    }
}

/// A way to elevated rights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ElevationMethod {
    /// The person approves in the operating system's own dialog.
    LocalApproval,
    /// One allowed program is run by the elevation helper; nobody sees a password.
    BrokeredAction,
    /// The supporter's credentials, sealed for this device.
    TransmittedCredentials,
}

impl ElevationMethod {
    /// As policy, hooks and orders write it.
    pub fn word(self) -> &'static str {
        match self {
            Self::LocalApproval => "local-approval",
            Self::BrokeredAction => "brokered-action",
            Self::TransmittedCredentials => "transmitted-credentials",
        }
    }
}

/// `Extensions.*`: which hook packages and plugins run, and how they are bound.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Extensions {
    /// `Packages.<name>`.
    pub packages: BTreeMap<String, ExtensionPolicy>,
    /// `Publishers`: minisign public keys that are trusted, by name.
    pub publishers: BTreeMap<String, String>,
    /// `Isolation`. Default child.
    pub isolation: Isolation,
}

impl Extensions {
    /// What the policy makes of the package or plugin `name`, which is compared without case; the
    /// defaults where it says nothing.
    pub fn of(&self, name: &str) -> ExtensionPolicy {
        let mut packages = self.packages.iter();
        let found = packages.find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, policy)| policy.clone()).unwrap_or_default()
    }
}

/// `Extensions.Packages.<name>`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "PascalCase", default, deny_unknown_fields)]
pub struct ExtensionPolicy {
    /// Default true.
    pub enabled: bool,
    /// Default required.
    pub binding: Binding,
    /// 0 (first) to 100 (last). Default 50.
    pub priority: u8,
    /// What it may use, of what its manifest asks for. Default none.
    pub capabilities: Vec<String>,
    /// The SHA-256 that its files must have; needed for a native plugin in process.
    pub sha256: Option<String>,
    /// Milliseconds for each call, within the bounds of the hook's kind; 0 is the kind's default.
    pub budget: u32,
}

impl Default for ExtensionPolicy {
    fn default() -> Self {
        Self {
            enabled: true,
            binding: Binding::Required,
            priority: 50,
            capabilities: vec![],
            sha256: None,
            budget: 0,
        }
    }
}

/// What the organisation makes of an extension that fails to decide.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Binding {
    /// Its failure denies.
    #[default]
    Required,
    /// Its failure is logged, and counts as no opinion.
    Optional,
}

/// Where extensions run. Ordered from loose to strict.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Isolation {
    /// In the agent itself.
    InProcess,
    /// In a child process.
    #[default]
    Child,
}

/// `Allow.*`: features that some layer forbade or allowed; an explicit false always won.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowSet(BTreeMap<String, bool>);

impl AllowSet {
    /// Collects `feature` or `feature.name` pairs, keys in lower case.
    pub fn new(pairs: BTreeMap<String, bool>) -> Self {
        Self(pairs)
    }

    /// Whether `feature` (or `feature.name`) is not forbidden: what nobody mentioned is
    /// allowed, and a forbidden feature takes every name inside it along.
    pub fn permits(&self, feature: &str) -> bool {
        let feature = feature.to_lowercase();
        let parents = feature.match_indices('.').map(|(at, _)| &feature[..at]);
        let mut covering = parents.chain(std::iter::once(feature.as_str()));
        covering.all(|name| self.0.get(name).copied().unwrap_or(true))
    }

    /// Every pair.
    pub fn iter(&self) -> impl Iterator<Item = (&str, bool)> {
        self.0
            .iter()
            .map(|(name, allowed)| (name.as_str(), *allowed))
    }
}
