use deskhook_agent::{ControlError, ask_agent};
use deskhook_hooks::Hook;
use deskhook_wire::{ControlReply, ControlRequest, TimingShape};

use crate::agent::runtime;
use crate::output::Failure;
use crate::places;
use crate::settings::AgentSettings;

/// What the agent that runs here says of a hook.
pub(super) enum Running {
    /// Those that hear it there, in order.
    Heard(Vec<TimingShape>),
    /// It says nothing, and why.
    Silent(String),
}

/// Asks the agent behind the socket; that none runs is an answer too.
pub(super) fn ask(hook: Hook, settings: &AgentSettings) -> Result<Running, Failure> {
    let socket = settings.socket.clone().unwrap_or_else(places::socket);
    let request = ControlRequest::Timings { hook };
    let reply = runtime(1)?.block_on(ask_agent(&socket, &request));
    Ok(match reply {
        Ok(ControlReply::Timings { listeners }) => Running::Heard(listeners),
        Ok(_) => Running::Silent("the running agent is an older one".to_owned()),
        Err(ControlError::NotRunning { .. }) => Running::Silent("no agent runs here".to_owned()),
        Err(error) => Running::Silent(error.to_string()),
    })
}
