use std::io;

use tokio::sync::oneshot;
use x11rb::connection::Connection as _;
use x11rb::errors::{ConnectError, ConnectionError, ReplyError};
use x11rb::protocol::Event;
use x11rb::protocol::screensaver::{ConnectionExt as _, Event as Wanted, State};
use x11rb::rust_connection::RustConnection;

use super::signs::{Sign, Source};
use super::{PAUSE, Told};
use crate::linux::screen::has_x;

/// The version of the MIT-SCREEN-SAVER extension that is spoken here.
const VERSION: (u8, u8) = (1, 1);

/// Why the screen's saver is not seen.
#[derive(Debug, thiserror::Error)]
enum WatchError {
    #[error("cannot reach the screen")]
    Connect(#[source] ConnectError),
    #[error("the screen says nothing of its saver")]
    Refused(#[source] ReplyError),
    #[error("the screen is gone")]
    Gone(#[source] ConnectionError),
    #[error("cannot start a thread to watch the screen")]
    Start(#[source] io::Error),
}

impl From<ReplyError> for WatchError {
    fn from(error: ReplyError) -> Self {
        Self::Refused(error)
    }
}

impl From<ConnectionError> for WatchError {
    fn from(error: ConnectionError) -> Self {
        Self::Gone(error)
    }
}

/// Tells for ever whether the X server's screen saver is on.
pub(super) async fn watch(told: &Told) {
    while has_x() {
        if let Err(error) = follow(told).await {
            let error = &error as &dyn std::error::Error;
            tracing::debug!(error, "the screen's saver is not seen");
        }
        // Nobody listens any more when the agent has stopped.
        let _ = told.send((Source::Screen, Sign::Unknown)).await;
        tokio::time::sleep(PAUSE).await;
    }
}

/// On a thread of its own, which ends with the screen, or at the first news after the agent.
async fn follow(told: &Told) -> Result<(), WatchError> {
    let (told, (over, ended)) = (told.clone(), oneshot::channel());
    let thread = std::thread::Builder::new().name("screen-saver".to_owned());
    let watched = move || {
        // Nobody waits for it any more when the agent has stopped.
        let _ = over.send(listen(&told));
    };
    thread.spawn(watched).map_err(WatchError::Start)?;
    ended.await.unwrap_or(Ok(()))
}

fn listen(told: &Told) -> Result<(), WatchError> {
    let (connection, state) = open()?;
    let mut state = Some(state);
    loop {
        let seen = state.map(|state| (Source::Screen, sign(state)));
        if seen.is_some_and(|seen| told.blocking_send(seen).is_err()) {
            return Ok(());
        }
        state = match connection.wait_for_event()? {
            Event::ScreensaverNotify(notice) => Some(notice.state),
            _ => None,
        };
    }
}

/// A connection that is told of every change, and how it is now.
fn open() -> Result<(RustConnection, State), WatchError> {
    let (connection, number) = x11rb::connect(None).map_err(WatchError::Connect)?;
    let gone = ConnectionError::UnknownError;
    let root = connection.setup().roots.get(number).ok_or(gone)?.root;
    connection
        .screensaver_query_version(VERSION.0, VERSION.1)?
        .reply()?;
    connection
        .screensaver_select_input(root, Wanted::NOTIFY_MASK)?
        .check()?;
    let state = connection.screensaver_query_info(root)?.reply()?.state;
    Ok((connection, state.into()))
}

fn sign(state: State) -> Sign {
    match state {
        State::ON | State::CYCLE => Sign::Away,
        _ => Sign::There,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saver_that_is_off_or_switched_off_hides_nobody() {
        let signs = [State::OFF, State::ON, State::CYCLE, State::DISABLED].map(sign);
        assert_eq!(signs, [Sign::There, Sign::Away, Sign::Away, Sign::There]);
    }
}
