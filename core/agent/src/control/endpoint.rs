//! Where the agent listens, and whom it hears: a socket in the file system that only its own account
//! may open; on Windows, where tokio has no such sockets, a named pipe that is called after the same
//! path.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::{Client, Listener, connect, remove};
#[cfg(windows)]
pub(crate) use windows::{Client, Listener, connect, remove};
