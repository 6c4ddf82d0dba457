use anyhow::Result;

use crate::home::Home;
use crate::process::Process;

/// A session bus of its own.
pub struct SessionBus {
    address: String,
    _daemon: Process,
}

impl SessionBus {
    /// Starts one, with `home` as the person's environment.
    ///
    /// # Errors
    /// When the daemon does not start.
    pub fn start(home: &Home) -> Result<Self> {
        let mut command = home.command("dbus-daemon");
        command.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let socket = home.path().join("bus");
        command.arg(format!("--address=unix:path={}", socket.display()));
        let daemon = Process::start(&mut command)?;
        let address = daemon.line("unix:")?;
        Ok(Self {
            address,
            _daemon: daemon,
        })
    }

    /// What `DBUS_SESSION_BUS_ADDRESS` is set to.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Joins it.
    ///
    /// # Errors
    /// When the bus is gone.
    pub async fn connect(&self) -> Result<zbus::Connection> {
        Ok(zbus::connection::Builder::address(self.address.as_str())?
            .build()
            .await?)
    }
}
