use std::io;
use std::path::Path;

use tokio::net::{UnixListener, UnixStream};

pub(crate) type Client = UnixStream;

/// Asks for a connection.
pub(crate) async fn connect(path: &Path) -> io::Result<Client> {
    UnixStream::connect(path).await
}

/// Takes away what an agent left there.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The socket of an agent.
pub(crate) struct Listener(UnixListener);

impl Listener {
    /// Makes it, for this account alone.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        remove(path)?;
        let listener = UnixListener::bind(path)?;
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(path, private)?;
        Ok(Self(listener))
    }

    /// The next who connects; none where it is neither this account nor root.
    pub(crate) async fn accept(&mut self) -> io::Result<Option<UnixStream>> {
        let (stream, _) = self.0.accept().await?;
        let own = rustix::process::geteuid().as_raw();
        let peer = stream.peer_cred().map(|peer| peer.uid());
        Ok(peer
            .is_ok_and(|uid| uid == own || uid == 0)
            .then_some(stream))
    }
}
