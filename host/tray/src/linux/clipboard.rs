use std::io;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;
use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectError, ReplyOrIdError};
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, CreateWindowAux, EventMask, PropMode,
    SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

use super::screen::is_wayland;

x11rb::atom_manager! {
    /// Names around the clipboard (Inter-Client Communication Conventions Manual 2.0, 2).
    Atoms: AtomsCookie {
        CLIPBOARD,
        TARGETS,
        TEXT,
        UTF8_STRING,
        TEXT_PLAIN: b"text/plain",
        TEXT_PLAIN_UTF8: b"text/plain;charset=utf-8",
    }
}

/// Why a text is not on the clipboard.
#[derive(Debug, thiserror::Error)]
pub(super) enum CopyError {
    /// No screen.
    #[error("cannot reach the screen")]
    Connect(#[source] ConnectError),
    /// The screen's server said no.
    #[error("the screen does not take the clipboard")]
    Refused(#[source] Box<ReplyOrIdError>),
    /// Another program holds on to it.
    #[error("another program keeps the clipboard")]
    Kept,
    /// `wl-copy` broke off.
    #[error("cannot run wl-copy")]
    Run(#[source] io::Error),
    /// `wl-copy` said no.
    #[error("wl-copy failed")]
    Failed,
    /// Neither yes nor no.
    #[error("the screen does not answer")]
    Late,
}

impl<E: Into<ReplyOrIdError>> From<E> for CopyError {
    fn from(error: E) -> Self {
        Self::Refused(Box::new(error.into()))
    }
}

/// How long a screen may take: whoever waits for it shows nothing else meanwhile.
const PATIENCE: Duration = Duration::from_secs(3);

/// Puts a text on the person's clipboard, where it stays until something else is copied, or this
/// process ends.
pub(super) async fn copy(text: String) -> Result<(), CopyError> {
    let copied = tokio::time::timeout(PATIENCE, put(text)).await;
    copied.unwrap_or(Err(CopyError::Late))
}

async fn put(text: String) -> Result<(), CopyError> {
    if is_wayland() {
        match wl_copy(&text).await {
            // Without it, the screen's X server passes the clipboard on.
            Err(CopyError::Run(error)) if error.kind() == io::ErrorKind::NotFound => {}
            copied => return copied,
        }
    }
    let offered = tokio::task::spawn_blocking(move || offer(text)).await;
    offered.unwrap_or(Err(CopyError::Kept))
}

async fn wl_copy(text: &str) -> Result<(), CopyError> {
    let mut command = Command::new("wl-copy");
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut child = command.kill_on_drop(true).spawn().map_err(CopyError::Run)?;
    if let Some(mut input) = child.stdin.take() {
        input
            .write_all(text.as_bytes())
            .await
            .map_err(CopyError::Run)?;
    }
    let status = child.wait().await.map_err(CopyError::Run)?;
    status.success().then_some(()).ok_or(CopyError::Failed)
}

/// Takes the clipboard, and serves it on a thread of its own.
fn offer(text: String) -> Result<(), CopyError> {
    let (connection, number) = x11rb::connect(None).map_err(CopyError::Connect)?;
    let atoms = Atoms::new(&connection)?.reply()?;
    let window = window(&connection, number)?;
    connection.set_selection_owner(window, atoms.CLIPBOARD, x11rb::CURRENT_TIME)?;
    if connection
        .get_selection_owner(atoms.CLIPBOARD)?
        .reply()?
        .owner
        != window
    {
        return Err(CopyError::Kept);
    }
    let offered = Offered {
        connection,
        atoms,
        text,
    };
    let thread = std::thread::Builder::new().name("clipboard".to_owned());
    thread
        .spawn(move || offered.serve())
        .map_err(CopyError::Run)?;
    Ok(())
}

/// A window that is never shown: the owner of a selection is a window.
fn window(connection: &RustConnection, number: usize) -> Result<Window, CopyError> {
    let root = connection
        .setup()
        .roots
        .get(number)
        .ok_or(CopyError::Kept)?
        .root;
    let window = connection.generate_id()?;
    let depth = x11rb::COPY_DEPTH_FROM_PARENT;
    let (class, visual) = (WindowClass::INPUT_ONLY, x11rb::COPY_FROM_PARENT);
    let aux = CreateWindowAux::new();
    connection.create_window(depth, window, root, 0, 0, 1, 1, 0, class, visual, &aux)?;
    Ok(window)
}

/// A text that other programs may paste.
struct Offered {
    connection: RustConnection,
    atoms: Atoms,
    text: String,
}

impl Offered {
    /// Until something else is copied, or the screen is gone.
    fn serve(self) {
        while let Ok(event) = self.connection.wait_for_event() {
            let served = match event {
                Event::SelectionRequest(request) => self.give(&request),
                Event::SelectionClear(_) => return,
                _ => Ok(()),
            };
            if let Err(error) = served {
                tracing::debug!(%error, "a program could not paste");
            }
        }
    }

    fn give(&self, request: &SelectionRequestEvent) -> Result<(), CopyError> {
        // An old program names no property: then it is the target.
        let property = match request.property {
            x11rb::NONE => request.target,
            property => property,
        };
        let given = self.put(request.requestor, property, request.target)?;
        let answer = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: if given { property } else { x11rb::NONE },
        };
        self.connection
            .send_event(false, request.requestor, EventMask::NO_EVENT, answer)?;
        self.connection.flush()?;
        Ok(())
    }

    /// Whether it could be put there in the form that is asked for.
    fn put(&self, window: Window, property: Atom, target: Atom) -> Result<bool, CopyError> {
        let atoms = &self.atoms;
        let (latin, utf8) = (u32::from(AtomEnum::STRING), atoms.UTF8_STRING);
        let text = [
            utf8,
            atoms.TEXT_PLAIN_UTF8,
            atoms.TEXT_PLAIN,
            atoms.TEXT,
            latin,
        ];
        if target == atoms.TARGETS {
            let forms: Vec<u32> = text.into_iter().chain([atoms.TARGETS]).collect();
            let kind = AtomEnum::ATOM;
            self.connection
                .change_property32(PropMode::REPLACE, window, property, kind, &forms)?;
            return Ok(true);
        }
        if !text.contains(&target) {
            return Ok(false);
        }
        // An address is ASCII, which every one of these is.
        let kind = if target == atoms.TEXT { utf8 } else { target };
        let bytes = self.text.as_bytes();
        self.connection
            .change_property8(PropMode::REPLACE, window, property, kind, bytes)?;
        Ok(true)
    }
}
