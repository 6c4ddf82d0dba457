//! A private two-way connection between the agent and a child, by the system's own means: a socket
//! pair on Unix, a named pipe that nobody else can open on Windows.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(crate) use unix::Stream;
#[cfg(windows)]
pub(crate) use windows::Stream;
