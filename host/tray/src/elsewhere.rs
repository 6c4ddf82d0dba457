use deskhook_agent::AgentHandle;

/// Whether there is an X display that lets this process in: none is looked for here.
pub fn display_answers() -> bool {
    false
}

/// Waits until the agent stops. This version draws a tray on Linux alone; elsewhere the terminal
/// and the portal show what there is to see.
pub async fn run(handle: AgentHandle) {
    tracing::info!("this version of Deskhook has no tray on this operating system");
    let mut changes = handle.changes();
    while changes.changed().await.is_ok() {}
}
