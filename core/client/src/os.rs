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

#[cfg(target_os = "linux")]
pub(crate) use sockets::listener;

/// Who can reach a port of this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// This machine alone.
    Loopback,
    /// Others too.
    Network,
}

/// Whether something listens on the TCP port `port` of the loopback; who else reaches it is not
/// seen here.
#[cfg(not(target_os = "linux"))]
pub(crate) fn listener(port: u16) -> Option<Reach> {
    let address = std::net::SocketAddr::from(([127, 0, 0, 1], port));
    let patience = std::time::Duration::from_millis(100);
    let connected = std::net::TcpStream::connect_timeout(&address, patience);
    connected.ok().map(|_| Reach::Loopback)
}
