/// A hook: a place in the agent's life where a plugin is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Decides: a check before anything starts.
    SessionRequest,
    /// Decides: a supporter wants to join; before the person is asked.
    SessionJoin,
    /// Decides: elevated rights are wanted; before the person is asked.
    ElevationRequest,
    /// Observes: the agent started.
    AgentStarted,
    /// Observes: the agent is about to stop.
    AgentStopping,
    /// Observes: the effective policy changed.
    PolicyChanged,
    /// Observes: the interval of the manifest went by.
    Timer,
    /// Transforms the tray's menu.
    TrayMenu,
    /// Observes: a custom item of the menu was picked; may answer requests.
    MenuClick,
    /// Transforms the consent dialog's text.
    ConsentPrompt,
    /// Provides the path of the client.
    ClientLocate,
    /// Transforms the client's arguments and environment.
    ClientLaunch,
    /// Provides the client's address.
    AddressRead,
    /// Transforms what is reported beside the address.
    AddressReport,
    /// Observes: the portal has the address.
    AddressReported,
    /// Observes: a supporter is in.
    SessionStarted,
    /// Observes: a session is over.
    SessionEnded,
    /// Observes: the client ended.
    ClientExited,
    /// Observes: a request for elevated rights is over.
    ElevationFinished,
    /// Transforms the device's state in the portal.
    StateCollect,
}

impl Hook {
    /// All hooks, in the order of their declaration.
    pub const ALL: [Self; 20] = [
        Self::SessionRequest,
        Self::SessionJoin,
        Self::ElevationRequest,
        Self::AgentStarted,
        Self::AgentStopping,
        Self::PolicyChanged,
        Self::Timer,
        Self::TrayMenu,
        Self::MenuClick,
        Self::ConsentPrompt,
        Self::ClientLocate,
        Self::ClientLaunch,
        Self::AddressRead,
        Self::AddressReport,
        Self::AddressReported,
        Self::SessionStarted,
        Self::SessionEnded,
        Self::ClientExited,
        Self::ElevationFinished,
        Self::StateCollect,
    ];

    /// Its id at the border: `deskhook.session.request/1`.
    pub fn id(self) -> &'static str {
        let decide = &deskhook_abi::DECIDE_HOOKS;
        let index = self as usize;
        decide
            .get(index)
            .copied()
            .unwrap_or_else(|| deskhook_abi::JSON_HOOKS[index - decide.len()])
    }

    /// The hook of that id.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hook| hook.id() == id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_hook_has_the_id_of_its_name() {
        for (index, hook) in Hook::ALL.into_iter().enumerate() {
            assert_eq!(hook as usize, index);
            let plain: String = deskhook_abi::hook_of(hook.id())
                .unwrap()
                .split('.')
                .collect();
            assert_eq!(plain, format!("{hook:?}").to_lowercase());
            assert_eq!(Hook::of_id(hook.id()), Some(hook));
        }
        assert_eq!(Hook::of_id("deskhook.session.request/2"), None);
    }
}
