use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use deskhook_policy::{ClientSpec, Stop};
use tokio::sync::watch;

use crate::fields::Fields;
use crate::os::Owned;
use crate::password::Password;
use crate::printed::{Printed, Stream};
use crate::query;

/// How long a client has to end by itself after it was asked.
const GRACE: Duration = Duration::from_secs(5);
/// How long the client's own stop command may take.
const STOP_COMMAND: Duration = Duration::from_secs(10);

/// How a client ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exit {
    /// Its exit code.
    pub code: Option<i32>,
    /// The signal that ended it, where there are signals.
    pub signal: Option<i32>,
}

/// A client that runs for one session. Dropping it ends the client with all its children; a
/// client that runs as a service of the machine is only ever asked, and stays.
pub struct RunningClient {
    pub(crate) spec: ClientSpec,
    pub(crate) program: PathBuf,
    pub(crate) fields: Fields,
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) password: Option<Password>,
    pub(crate) printed: Arc<Printed>,
    pub(crate) process: Option<Process>,
}

/// The process of a client that was started here.
pub(crate) struct Process {
    id: u32,
    owned: Owned,
    exit: watch::Receiver<Option<Exit>>,
}

impl Process {
    /// Watches `child` from a thread of its own until it ends.
    pub(crate) fn watch(child: std::process::Child) -> std::io::Result<Self> {
        let (id, owned) = (child.id(), Owned::new(child));
        let (tell, exit) = watch::channel(None);
        let watched = owned.clone();
        let begun = std::thread::Builder::new()
            .name("client watch".to_owned())
            .spawn(move || tell.send_replace(Some(watched.wait())));
        match begun {
            Ok(_) => Ok(Self { id, owned, exit }),
            Err(error) => {
                owned.kill();
                let _reaped = owned.wait();
                Err(error)
            }
        }
    }
}

impl RunningClient {
    /// The client's name, as in policy keys.
    pub fn name(&self) -> &str {
        &self.spec.name
    }

    /// The program that runs.
    pub fn program(&self) -> &std::path::Path {
        &self.program
    }

    /// The process's number; none for a service of the machine.
    pub fn pid(&self) -> Option<u32> {
        self.process.as_ref().map(|process| process.id)
    }

    /// The port that was chosen for `{port}`.
    pub fn port(&self) -> Option<u16> {
        self.fields.port
    }

    /// The password in `{password_file}`, for whoever shows it to the person. It is in no
    /// address, no log and no `Debug`.
    pub fn password(&self) -> Option<&str> {
        self.password.as_ref().map(Password::text)
    }

    /// What the client has printed so far to standard output, its last 16 KiB.
    pub fn output(&self) -> String {
        self.printed.text(Stream::Output)
    }

    /// Resolves when the client ends by itself or is stopped; never for a service of the machine.
    /// It can be awaited away from this value.
    pub fn exited(&self) -> impl Future<Output = Exit> + Send + use<> {
        let exit = self.process.as_ref().map(|process| process.exit.clone());
        async move {
            let Some(mut exit) = exit else {
                return std::future::pending().await;
            };
            let ended = exit.wait_for(Option::is_some).await;
            ended.ok().and_then(|ended| *ended).unwrap_or_default()
        }
    }

    /// How it ended, if it has.
    pub fn exit(&self) -> Option<Exit> {
        let process = self.process.as_ref()?;
        *process.exit.borrow()
    }

    /// Ends the client in the way that its description names: its own command where there is one,
    /// then a request to end, and after five seconds the end of the whole process group. Says how
    /// it ended; none for a service of the machine.
    pub async fn stop(self) -> Option<Exit> {
        if let Stop::Command(arguments) = &self.spec.stop {
            let asked = query::run(&self, arguments, STOP_COMMAND).await;
            tracing::debug!(client = self.name(), ?asked, "stop command ran");
        }
        let process = self.process.as_ref()?;
        process.owned.terminate();
        if tokio::time::timeout(GRACE, self.exited()).await.is_err() {
            process.owned.kill();
        }
        Some(self.exited().await)
    }
}

impl Drop for RunningClient {
    fn drop(&mut self) {
        if let Some(process) = &self.process {
            process.owned.kill();
        }
    }
}

impl std::fmt::Debug for RunningClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RunningClient")
            .field("name", &self.spec.name)
            .field("pid", &self.pid())
            .finish_non_exhaustive()
    }
}
