/// The name of the one exported function, as a linker sees it.
pub const ENTRY_SYMBOL: &str = "deskhook_plugin_entry";

/// Ids of the hooks that decide; each has a struct of its own.
pub const DECIDE_HOOKS: [&str; 3] = [
    "deskhook.session.request/1",
    "deskhook.session.join/1",
    "deskhook.elevation.request/1",
];

/// Ids of all other hooks; each is a `deskhook_json_hook`.
pub const JSON_HOOKS: [&str; 17] = [
    "deskhook.agent.started/1",
    "deskhook.agent.stopping/1",
    "deskhook.policy.changed/1",
    "deskhook.timer/1",
    "deskhook.tray.menu/1",
    "deskhook.menu.click/1",
    "deskhook.consent.prompt/1",
    "deskhook.client.locate/1",
    "deskhook.client.launch/1",
    "deskhook.address.read/1",
    "deskhook.address.report/1",
    "deskhook.address.reported/1",
    "deskhook.session.started/1",
    "deskhook.session.ended/1",
    "deskhook.client.exited/1",
    "deskhook.elevation.finished/1",
    "deskhook.state.collect/1",
];

/// Ids of what a host offers.
pub const HOST_SERVICES: [&str; 10] = [
    "deskhook.host.log/1",
    "deskhook.host.facts/1",
    "deskhook.host.policy/1",
    "deskhook.host.store/1",
    "deskhook.host.request/1",
    "deskhook.host.clock/1",
    "deskhook.host.cancel/1",
    "deskhook.host.call/1",
    "deskhook.host.text/1",
    "deskhook.host.folder/1",
];

/// The name of the hook behind an id: `session.request` of `deskhook.session.request/1`.
pub fn hook_of(id: &str) -> Option<&str> {
    let known = DECIDE_HOOKS.contains(&id) || JSON_HOOKS.contains(&id);
    let inner = id.strip_prefix("deskhook.")?.strip_suffix("/1")?;
    known.then_some(inner)
}
