use deskhook_agent::ask_agent;
use deskhook_hooks::{Dropped, Hook, Kind, Provenance, Setting};
use deskhook_wire::{ControlReply, ControlRequest};

use crate::agent::runtime;
use crate::output::{Colour, Failure, paint, say};
use crate::places;
use crate::settings::AgentSettings;

/// What the last run of a hook came from, in the agent that runs here; none where no agent runs, where
/// the hook has not run, or its answers make nothing that has parts.
pub(super) fn last(hook: Hook, settings: &AgentSettings) -> Result<Option<Provenance>, Failure> {
    if !matches!(hook.kind(), Kind::Transform | Kind::Provide) {
        return Ok(None);
    }
    let socket = settings.socket.clone().unwrap_or_else(places::socket);
    let request = ControlRequest::Provenance { hook };
    // An agent that is older does not know the question, one that is not there says nothing.
    match runtime(1)?.block_on(ask_agent(&socket, &request)) {
        Ok(ControlReply::Provenance { last }) => Ok(last),
        _ => Ok(None),
    }
}

/// Prints what the last run came from.
pub(super) fn print(last: &Provenance) {
    say("  last run, in the running agent:");
    for Setting {
        field,
        by,
        overrode,
    } in &last.set_by
    {
        let over = match overrode.as_slice() {
            [] => String::new(),
            some => paint(&format!(" over {}", some.join(", ")), Colour::Dim),
        };
        say(format!("          {field}: {by}{over}"));
    }
    for Dropped { by, why } in &last.dropped {
        say(paint(
            &format!("          dropped {by}: {why}"),
            Colour::Yellow,
        ));
    }
    if *last == Provenance::default() {
        say("          nobody set anything");
    }
}
