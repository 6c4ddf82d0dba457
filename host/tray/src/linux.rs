mod clipboard;
mod desk;
mod links;
mod notification;
mod presence;
mod question;
mod screen;
mod tray;
mod zenity;

use deskhook_agent::AgentHandle;

pub use links::register_links;
pub use presence::watch_presence;

/// Whether there is an X display that lets this process in.
pub fn display_answers() -> bool {
    screen::is_set("DISPLAY") && x11rb::connect(None).is_ok()
}

/// Shows what there is to see and sends on what the person does, until the agent stops: the icon
/// and its menu, the dialogs, the notifications, and what only a desktop can do. A part that this
/// desktop lacks is left out; the terminal has the same questions and answers.
pub async fn run(handle: AgentHandle) {
    tokio::join!(
        tray::run(handle.clone()),
        question::run(handle.clone()),
        desk::run(handle),
    );
}
