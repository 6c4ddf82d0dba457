use crate::{
    ElevationRequest, Failure, Fields, Hook, Host, Json, Request, SessionJoin, SessionRequest,
    Verdict,
};

/// A native plugin. One method for each hook; all have a default that says nothing. Calls never
/// overlap, but two may come on different threads. Where a method is given `input`, that is one
/// JSON object: `hook`, `now`, `device`, `person`, `policy_version` and what its documentation
/// names. After a panic the plugin is dropped and made anew for the next call.
pub trait Plugin: Send + Sized + 'static {
    /// Its id in reverse-domain form; the manifest's `id`.
    const ID: &'static str;
    /// Its own version; the manifest's `version`.
    const VERSION: &'static str;
    /// The oldest minor version of the interface that it can live with; the manifest's `abi` is 1 and
    /// this. What came later may be asked for all the same: an older host then says
    /// [`HostError::NotOffered`](crate::HostError::NotOffered).
    const ABI_MINOR: u16 = 0;
    /// The hooks that it hears; the manifest's `hooks`.
    const HOOKS: &'static [Hook];

    /// Makes it. The host's log takes lines already, but nobody answers questions before the
    /// first hook: ask for policy and facts there.
    fn new(host: Host) -> Result<Self, Failure>;

    /// A check before anything starts.
    fn session_request(
        &mut self,
        asked: &SessionRequest<'_>,
        host: Host,
    ) -> Result<Verdict, Failure> {
        let _ = (asked, host);
        Ok(Verdict::Abstain)
    }

    /// A supporter wants to join; heard before the person is asked.
    fn session_join(&mut self, asked: &SessionJoin<'_>, host: Host) -> Result<Verdict, Failure> {
        let _ = (asked, host);
        Ok(Verdict::Abstain)
    }

    /// Elevated rights are wanted; heard before the person is asked.
    fn elevation_request(
        &mut self,
        asked: &ElevationRequest<'_>,
        host: Host,
    ) -> Result<Verdict, Failure> {
        let _ = (asked, host);
        Ok(Verdict::Abstain)
    }

    /// Changes the tray's menu: given `menu` and `session`, answers `tooltip`, `icon`, `add`, `set`, `remove`.
    fn tray_menu(&mut self, input: &str, host: Host) -> Result<Option<Json>, Failure> {
        let _ = (input, host);
        Ok(None)
    }

    /// Changes the consent dialog's text: given `supporter`, `reason`, `ticket`, `permissions`,
    /// `timeout_seconds`, answers `title`, `message`, `fields`.
    fn consent_prompt(&mut self, input: &str, host: Host) -> Result<Option<Json>, Failure> {
        let _ = (input, host);
        Ok(None)
    }

    /// Changes how the client starts: given `client`, `path`, `arguments`, `environment`, answers
    /// `arguments`, `environment`.
    fn client_launch(&mut self, input: &str, host: Host) -> Result<Option<Json>, Failure> {
        let _ = (input, host);
        Ok(None)
    }

    /// A custom item of the menu was picked: `item`.
    fn menu_click(&mut self, input: &str, host: Host) -> Result<Vec<Request>, Failure> {
        let _ = (input, host);
        Ok(vec![])
    }

    /// The path of the client to start: given `client`.
    fn client_locate(&mut self, input: &str, host: Host) -> Result<Option<String>, Failure> {
        let _ = (input, host);
        Ok(None)
    }

    /// The client's address: given `client` and its `output` so far.
    fn address_read(&mut self, input: &str, host: Host) -> Result<Option<String>, Failure> {
        let _ = (input, host);
        Ok(None)
    }

    /// Adds fields beside the address: given `address`, `client`.
    fn address_report(&mut self, input: &str, host: Host) -> Result<Option<Fields>, Failure> {
        let _ = (input, host);
        Ok(None)
    }

    /// Adds fields to the device's state in the portal.
    fn state_collect(&mut self, input: &str, host: Host) -> Result<Option<Fields>, Failure> {
        let _ = (input, host);
        Ok(None)
    }

    /// The agent started.
    fn agent_started(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        let _ = (input, host);
        Ok(())
    }

    /// The agent is about to stop.
    fn agent_stopping(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        let _ = (input, host);
        Ok(())
    }

    /// The effective policy changed: `changed`.
    fn policy_changed(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        let _ = (input, host);
        Ok(())
    }

    /// The interval of the manifest went by: `name`.
    fn timer(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        let _ = (input, host);
        Ok(())
    }

    /// The portal has the address: `address`, `client`.
    fn address_reported(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        let _ = (input, host);
        Ok(())
    }

    /// A supporter is in: `session`, `supporter`, `client`, `started`.
    fn session_started(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        let _ = (input, host);
        Ok(())
    }

    /// A session is over: as when it started, and `ended`, `outcome`, `seconds`.
    fn session_ended(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        let _ = (input, host);
        Ok(())
    }

    /// The client ended: `client`, `code`, `signal`.
    fn client_exited(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        let _ = (input, host);
        Ok(())
    }

    /// A request for elevated rights is over: `session`, `outcome`, `program`.
    fn elevation_finished(&mut self, input: &str, host: Host) -> Result<(), Failure> {
        let _ = (input, host);
        Ok(())
    }
}
