use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A hook: a place in the agent's life where extensions are heard.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    schemars::JsonSchema,
)]
pub enum Hook {
    /// The agent started.
    #[serde(rename = "agent.started")]
    AgentStarted,
    /// The agent is about to stop.
    #[serde(rename = "agent.stopping")]
    AgentStopping,
    /// The effective policy changed.
    #[serde(rename = "policy.changed")]
    PolicyChanged,
    /// The interval of the package's manifest went by.
    #[serde(rename = "timer")]
    Timer,
    /// The whole menu: items, order, submenus, icons, texts, hidden, tooltip.
    #[serde(rename = "tray.menu")]
    TrayMenu,
    /// A custom item was picked.
    #[serde(rename = "menu.click")]
    MenuClick,
    /// Pre-connect checks, before anything starts.
    #[serde(rename = "session.request")]
    SessionRequest,
    /// Text and fields of the consent dialog.
    #[serde(rename = "consent.prompt")]
    ConsentPrompt,
    /// The path of the client to start.
    #[serde(rename = "client.locate")]
    ClientLocate,
    /// Arguments and environment of the client, inside the policy's allow-list.
    #[serde(rename = "client.launch")]
    ClientLaunch,
    /// The client's address.
    #[serde(rename = "address.read")]
    AddressRead,
    /// Custom fields beside the address.
    #[serde(rename = "address.report")]
    AddressReport,
    /// The portal has the address.
    #[serde(rename = "address.reported")]
    AddressReported,
    /// A supporter is in.
    #[serde(rename = "session.started")]
    SessionStarted,
    /// A session is over.
    #[serde(rename = "session.ended")]
    SessionEnded,
    /// The client ended.
    #[serde(rename = "client.exited")]
    ClientExited,
    /// A supporter wants to join: before the person is asked.
    #[serde(rename = "session.join")]
    SessionJoin,
    /// A supporter wants elevated rights: before the person is asked.
    #[serde(rename = "elevation.request")]
    ElevationRequest,
    /// A request for elevated rights is over.
    #[serde(rename = "elevation.finished")]
    ElevationFinished,
    /// Custom device state, shown in the portal.
    #[serde(rename = "state.collect")]
    StateCollect,
}

/// What a hook's answer means; it fixes the combination and what a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Told, in the background; a failure is logged.
    Observe,
    /// A patch or nothing; patches fold in order; a failure drops that patch.
    Transform,
    /// A verdict or nothing; deny over ask over allow; a failure denies.
    Decide,
    /// A value or nothing; the first value wins; a failure passes on to the next.
    Provide,
}

/// A name that is no hook's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no hook {0:?}")]
pub struct UnknownHook(pub String);

impl Hook {
    /// Every hook, in the order of a session.
    pub const ALL: [Self; 20] = [
        Self::AgentStarted,
        Self::AgentStopping,
        Self::PolicyChanged,
        Self::Timer,
        Self::TrayMenu,
        Self::MenuClick,
        Self::SessionRequest,
        Self::ConsentPrompt,
        Self::ClientLocate,
        Self::ClientLaunch,
        Self::AddressRead,
        Self::AddressReport,
        Self::AddressReported,
        Self::SessionStarted,
        Self::SessionEnded,
        Self::ClientExited,
        Self::SessionJoin,
        Self::ElevationRequest,
        Self::ElevationFinished,
        Self::StateCollect,
    ];

    /// The name that everybody uses: `session.request`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AgentStarted => "agent.started",
            Self::AgentStopping => "agent.stopping",
            Self::PolicyChanged => "policy.changed",
            Self::Timer => "timer",
            Self::TrayMenu => "tray.menu",
            Self::MenuClick => "menu.click",
            Self::SessionRequest => "session.request",
            Self::ConsentPrompt => "consent.prompt",
            Self::ClientLocate => "client.locate",
            Self::ClientLaunch => "client.launch",
            Self::AddressRead => "address.read",
            Self::AddressReport => "address.report",
            Self::AddressReported => "address.reported",
            Self::SessionStarted => "session.started",
            Self::SessionEnded => "session.ended",
            Self::ClientExited => "client.exited",
            Self::SessionJoin => "session.join",
            Self::ElevationRequest => "elevation.request",
            Self::ElevationFinished => "elevation.finished",
            Self::StateCollect => "state.collect",
        }
    }

    /// The hook of that name.
    pub fn parse(name: &str) -> Result<Self, UnknownHook> {
        let found = Self::ALL.into_iter().find(|hook| hook.name() == name);
        found.ok_or_else(|| UnknownHook(name.to_owned()))
    }

    /// When it is called, in a sentence.
    pub fn when(self) -> &'static str {
        match self {
            Self::AgentStarted => "Once, when the agent has started.",
            Self::AgentStopping => "Once, before the agent stops.",
            Self::PolicyChanged => "When the value of a key is another than before.",
            Self::Timer => "Again and again, at the interval of the package's own manifest.",
            Self::TrayMenu => {
                "When the menu is made: what it shows, the policy or a package changed."
            }
            Self::MenuClick => "When the person picks an item that a package or the policy added.",
            Self::SessionRequest => "When somebody asks for a session, before anything starts.",
            Self::ConsentPrompt => "Before the person is asked whether a supporter may join.",
            Self::ClientLocate => {
                "Before the client is looked for, and fetched where it is not there. A plugin's path needs the capability `exec:PATH`."
            }
            Self::ClientLaunch => "Before the client is started.",
            Self::AddressRead => {
                "When the client has started: again when it has printed more, and every two seconds, until there is an address."
            }
            Self::AddressReport => "Before the portal is told the client's address.",
            Self::AddressReported => "When the portal has acknowledged the address.",
            Self::SessionStarted => "When a supporter is let in.",
            Self::SessionEnded => {
                "When a session is over, however far it came; not where its agent died with it."
            }
            Self::ClientExited => "When the client has ended by itself.",
            Self::SessionJoin => "When a supporter wants to join, before the person is asked.",
            Self::ElevationRequest => {
                "When a supporter wants a program run with elevated rights, before the person is asked."
            }
            Self::ElevationFinished => "When a request for elevated rights is over.",
            Self::StateCollect => {
                "When the device's state is collected for the portal: at the start, with a new policy or package, when a supporter is let in."
            }
        }
    }

    /// Its kind.
    pub fn kind(self) -> Kind {
        match self {
            Self::SessionRequest | Self::SessionJoin | Self::ElevationRequest => Kind::Decide,
            Self::TrayMenu
            | Self::ConsentPrompt
            | Self::ClientLaunch
            | Self::AddressReport
            | Self::StateCollect => Kind::Transform,
            Self::ClientLocate | Self::AddressRead => Kind::Provide,
            _ => Kind::Observe,
        }
    }
}

impl Kind {
    /// The word for people and programs: `decide`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Observe => "observe",
            Self::Transform => "transform",
            Self::Decide => "decide",
            Self::Provide => "provide",
        }
    }

    /// What a failure of a handler means, in a sentence.
    pub fn when_it_fails(self) -> &'static str {
        match self {
            Self::Observe => "It is logged.",
            Self::Transform => "The patch is dropped; what the others made stays.",
            Self::Decide => {
                "The answer is no, with the reason; of a package that the policy binds as `optional` it counts as no opinion."
            }
            Self::Provide => "The next package is asked, then what is built in.",
        }
    }

    /// How long a call may take on the wall: the default of `Extensions.Packages.<name>.Budget`.
    /// For a transform that is what nobody notices, and room for a machine that is busy.
    pub fn wall(self) -> Duration {
        match self {
            Self::Decide | Self::Provide => Duration::from_secs(2),
            Self::Transform => Duration::from_millis(100),
            Self::Observe => Duration::from_secs(1),
        }
    }

    /// The longest budget that a policy can give.
    pub fn longest(self) -> Duration {
        match self {
            Self::Decide => Duration::from_secs(30),
            Self::Provide | Self::Observe => Duration::from_secs(10),
            Self::Transform => Duration::from_millis(500),
        }
    }

    /// How long a call may compute, waiting for the host not counted.
    pub fn cpu(self) -> Duration {
        match self {
            Self::Decide => Duration::from_millis(200),
            Self::Transform => Duration::from_millis(20),
            _ => self.wall(),
        }
    }
}

impl std::fmt::Display for Hook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_and_the_serialised_name_are_the_same() {
        for hook in Hook::ALL {
            assert_eq!(serde_json::to_value(hook).unwrap(), hook.name());
            assert_eq!(Hook::parse(hook.name()), Ok(hook));
            assert_eq!(
                serde_json::to_value(hook.kind()).unwrap(),
                hook.kind().word()
            );
        }
        assert_eq!(Hook::parse("x"), Err(UnknownHook("x".into())));
    }
}
