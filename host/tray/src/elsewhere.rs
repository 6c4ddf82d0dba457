use deskhook_agent::AgentHandle;

/// Whether there is an X display that lets this process in: none is looked for here.
pub fn display_answers() -> bool {
    false
}

/// Waits until the agent stops. This version draws a tray on Linux alone; elsewhere the terminal
/// and the portal show what there is to see.
pub async fn run(handle: AgentHandle) {
    tracing::info!("this version of Deskhook has no tray on this operating system");
    stopped(handle).await;
}

/// Waits until the agent stops. This version sees on Linux alone whether the person is there;
/// elsewhere they are taken to be.
pub async fn watch_presence(handle: AgentHandle) {
    stopped(handle).await;
}

/// Waits until the agent stops. This version registers links on Linux alone; elsewhere an installer
/// does.
pub async fn register_links(handle: AgentHandle, _command: Vec<String>) {
    stopped(handle).await;
}

async fn stopped(handle: AgentHandle) {
    // There is no such snapshot: it resolves when there are no more.
    let _ = handle.until(|_| false).await;
}
