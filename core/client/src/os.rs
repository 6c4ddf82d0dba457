//! A started process and its end, as the operating system has them.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
pub(crate) use other::{Owned, end_group, own_group};
#[cfg(unix)]
pub(crate) use unix::{Owned, end_group, own_group};

#[cfg(not(target_os = "linux"))]
pub(crate) use death::die_with_parent;
#[cfg(target_os = "linux")]
pub(crate) use unix::die_with_parent;

#[cfg(not(target_os = "linux"))]
mod death {
    /// There is no such thing here; the agent ends its clients when it ends in order.
    pub(crate) fn die_with_parent(_: &mut std::process::Command) {}
}

#[cfg(target_os = "linux")]
mod sockets;

/// Whether a program of this account listens on the TCP port `port` of this machine.
#[cfg(target_os = "linux")]
pub(crate) fn is_listening(port: u16) -> bool {
    sockets::is_listening(port)
}

/// Whether something listens on the TCP port `port` of the loopback.
#[cfg(not(target_os = "linux"))]
pub(crate) fn is_listening(port: u16) -> bool {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    std::net::TcpStream::connect_timeout(&address, std::time::Duration::from_millis(100)).is_ok()
}
