use crate::json::quoted;
use crate::{Failure, Hook, Host, Plugin, Request};

/// Runs the hook of a plugin that answers in JSON; nothing is no answer.
pub(super) fn run<P: Plugin>(
    plugin: &mut P,
    hook: Hook,
    input: &str,
    host: Host,
) -> Result<Option<String>, Failure> {
    match hook {
        Hook::TrayMenu => plugin
            .tray_menu(input, host)
            .map(|patch| patch.map(|it| it.as_text().to_owned())),
        Hook::ConsentPrompt => plugin
            .consent_prompt(input, host)
            .map(|patch| patch.map(|it| it.as_text().to_owned())),
        Hook::ClientLaunch => plugin
            .client_launch(input, host)
            .map(|patch| patch.map(|it| it.as_text().to_owned())),
        Hook::ClientLocate => plugin
            .client_locate(input, host)
            .map(|value| value.map(|it| quoted(&it))),
        Hook::AddressRead => plugin
            .address_read(input, host)
            .map(|value| value.map(|it| quoted(&it))),
        Hook::AddressReport => plugin
            .address_report(input, host)
            .map(|fields| fields.map(|it| it.json())),
        Hook::StateCollect => plugin
            .state_collect(input, host)
            .map(|fields| fields.map(|it| it.json())),
        Hook::MenuClick => {
            let requests = plugin.menu_click(input, host)?;
            let parts: Vec<String> = requests.iter().map(Request::json).collect();
            Ok((!parts.is_empty()).then(|| format!("[{}]", parts.join(","))))
        }
        Hook::AgentStarted => plugin.agent_started(input, host).map(|()| None),
        Hook::AgentStopping => plugin.agent_stopping(input, host).map(|()| None),
        Hook::PolicyChanged => plugin.policy_changed(input, host).map(|()| None),
        Hook::Timer => plugin.timer(input, host).map(|()| None),
        Hook::AddressReported => plugin.address_reported(input, host).map(|()| None),
        Hook::SessionStarted => plugin.session_started(input, host).map(|()| None),
        Hook::SessionEnded => plugin.session_ended(input, host).map(|()| None),
        Hook::ClientExited => plugin.client_exited(input, host).map(|()| None),
        Hook::ElevationFinished => plugin.elevation_finished(input, host).map(|()| None),
        Hook::SessionRequest | Hook::SessionJoin | Hook::ElevationRequest => Err(Failure::new(
            format!("{} is not answered in JSON", hook.id()),
        )),
    }
}
