use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use x11rb::connection::Connection as _;
use x11rb::errors::ReplyError;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt as _, EventMask, PropMode, Window,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

x11rb::atom_manager! {
    /// Names of the window manager's properties (Extended Window Manager Hints 1.5).
    Atoms: AtomsCookie {
        _NET_CLIENT_LIST,
        _NET_WM_PID,
        _NET_WM_NAME,
        _NET_ACTIVE_WINDOW,
        UTF8_STRING,
    }
}

/// The X screen that dialogs are on, to reach their windows. Decoration: what fails is left.
pub(super) struct Screen {
    connection: RustConnection,
    root: Window,
    atoms: Atoms,
    /// Whether it stopped answering: then it is left alone.
    stuck: AtomicBool,
}

/// How long the screen may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);
/// A message from a pager or dock, which a window manager obeys for the person's sake.
const FROM_A_PERSON: u32 = 2;
/// The most windows that are looked at.
const MOST_WINDOWS: u32 = 1024;

/// Whether dialogs open on a Wayland screen.
pub(super) fn is_wayland() -> bool {
    is_set("WAYLAND_DISPLAY")
}

/// Whether there is a screen to open anything on.
pub(super) fn is_there() -> bool {
    is_wayland() || has_x()
}

/// Whether there is an X server, be it for old programs on a Wayland screen.
pub(super) fn has_x() -> bool {
    is_set("DISPLAY")
}

pub(super) fn is_set(variable: &str) -> bool {
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

impl Screen {
    /// The screen of this process; none where there is none, or it does not answer.
    pub(super) async fn here() -> Option<Arc<Self>> {
        if !has_x() {
            return None;
        }
        let connected = tokio::task::spawn_blocking(Self::connect);
        let connected = tokio::time::timeout(PATIENCE, connected).await.ok()?;
        connected.ok()?.map(Arc::new)
    }

    fn connect() -> Option<Self> {
        let (connection, number) = x11rb::connect(None).ok()?;
        let root = connection.setup().roots.get(number)?.root;
        let atoms = Atoms::new(&connection).ok()?.reply().ok()?;
        Some(Self {
            connection,
            root,
            atoms,
            stuck: AtomicBool::new(false),
        })
    }

    /// Gives the window of that process another title.
    pub(super) async fn rename(self: &Arc<Self>, pid: u32, title: String) {
        self.with_window(pid, move |screen, window| {
            let (name, kind) = (screen.atoms._NET_WM_NAME, screen.atoms.UTF8_STRING);
            screen.connection.change_property8(
                PropMode::REPLACE,
                window,
                name,
                kind,
                title.as_bytes(),
            )?;
            screen.connection.flush()?;
            Ok(())
        })
        .await;
    }

    /// Brings the window of that process to the front.
    pub(super) async fn raise(self: &Arc<Self>, pid: u32) {
        self.with_window(pid, |screen, window| {
            let data = [FROM_A_PERSON, x11rb::CURRENT_TIME, 0, 0, 0];
            let message =
                ClientMessageEvent::new(32, window, screen.atoms._NET_ACTIVE_WINDOW, data);
            let listeners = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
            screen
                .connection
                .send_event(false, screen.root, listeners, message)?;
            screen.connection.flush()?;
            Ok(())
        })
        .await;
    }

    async fn with_window(
        self: &Arc<Self>,
        pid: u32,
        act: impl FnOnce(&Self, Window) -> Result<(), ReplyError> + Send + 'static,
    ) {
        if self.stuck.load(Ordering::Relaxed) {
            return;
        }
        let screen = Arc::clone(self);
        let acted = tokio::task::spawn_blocking(move || match screen.window_of(pid)? {
            Some(window) => act(&screen, window),
            None => Ok(()),
        });
        match tokio::time::timeout(PATIENCE, acted).await {
            Ok(Ok(Err(error))) => tracing::debug!(%error, "a dialog's window cannot be reached"),
            Ok(_) => {}
            Err(_) => {
                tracing::warn!("the screen no longer answers; dialogs have no countdown");
                self.stuck.store(true, Ordering::Relaxed);
            }
        }
    }

    fn window_of(&self, pid: u32) -> Result<Option<Window>, ReplyError> {
        let clients = self.numbers(self.root, self.atoms._NET_CLIENT_LIST, AtomEnum::WINDOW)?;
        for window in clients {
            // A window may go while it is looked at.
            let owner = self.numbers(window, self.atoms._NET_WM_PID, AtomEnum::CARDINAL);
            if owner.is_ok_and(|owner| owner.first() == Some(&pid)) {
                return Ok(Some(window));
            }
        }
        Ok(None)
    }

    fn numbers(&self, of: Window, name: u32, kind: AtomEnum) -> Result<Vec<u32>, ReplyError> {
        let property = self
            .connection
            .get_property(false, of, name, kind, 0, MOST_WINDOWS)?;
        let reply = property.reply()?;
        Ok(reply.value32().map(Iterator::collect).unwrap_or_default())
    }
}
