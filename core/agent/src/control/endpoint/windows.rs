use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::time::Duration;

use tokio::net::windows::named_pipe::{
    ClientOptions, NamedPipeClient, NamedPipeServer, ServerOptions,
};
use tokio::time::Instant;

pub(crate) type Client = NamedPipeClient;

/// `ERROR_PIPE_BUSY`: nobody listens just now, as somebody else is being let in.
const BUSY: i32 = 231;
/// How long that is waited out, and how often it is tried.
const PATIENCE: Duration = Duration::from_secs(2);
const PAUSE: Duration = Duration::from_millis(10);

/// The pipe that is called after the path: names of pipes have no folders.
fn name(path: &Path) -> io::Result<OsString> {
    let absolute = std::path::absolute(path)?;
    let flat = absolute.to_string_lossy().replace(['\\', '/', ':'], "-");
    Ok(format!(r"\\.\pipe\deskhook{}", flat.to_lowercase()).into())
}

/// Asks for a connection.
pub(crate) async fn connect(path: &Path) -> io::Result<Client> {
    let name = name(path)?;
    let until = Instant::now() + PATIENCE;
    loop {
        match ClientOptions::new().open(&name) {
            Err(error) if error.raw_os_error() == Some(BUSY) && Instant::now() < until => {
                tokio::time::sleep(PAUSE).await;
            }
            other => return other,
        }
    }
}

/// A pipe goes with its agent.
#[expect(clippy::unnecessary_wraps, reason = "a socket may stay")]
pub(crate) fn remove(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The pipe of an agent.
pub(crate) struct Listener {
    name: OsString,
    next: NamedPipeServer,
}

impl Listener {
    /// Makes it. By the rights that a pipe has when nothing is said of them, this account,
    /// administrators and the system alone may write to it; no other machine and nobody of lower
    /// integrity reaches it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let name = name(path)?;
        let mut options = ServerOptions::new();
        let options = options
            .first_pipe_instance(true)
            .reject_remote_clients(true);
        let next = options.create(&name)?;
        Ok(Self { name, next })
    }

    /// The next who connects.
    pub(crate) async fn accept(&mut self) -> io::Result<Option<NamedPipeServer>> {
        self.next.connect().await?;
        let next = ServerOptions::new()
            .reject_remote_clients(true)
            .create(&self.name)?;
        Ok(Some(std::mem::replace(&mut self.next, next)))
    }
}
