use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use deskhook_client::{
    Desktop, Given, LaunchError, LaunchOptions, LaunchPlan, Places, RunningClient, launch, locate,
    obtain,
};
use deskhook_hooks::{
    AddressRead, Answer, Chain, ClientLaunch, ClientLocate, ExtensionKind, Giver, Hook,
};
use deskhook_policy::Address;
use deskhook_session::{Clearance, ClientFailure, Event, SessionId};
use tokio::sync::{mpsc, oneshot};

use crate::Wake;
use crate::chains::Chains;

/// How often a download is told of: often enough for a bar that moves.
const PROGRESS_PAUSE: Duration = Duration::from_millis(100);

/// One client from its clearance to its end: a task that answers the loop with events and ends
/// the client when it is told to.
pub(crate) struct Launching {
    pub(crate) clearance: Clearance,
    pub(crate) places: Places,
    /// Where plugins have folders of their own.
    pub(crate) plugin_data: PathBuf,
    pub(crate) desktop: Desktop,
    pub(crate) chains: Chains,
    /// The generation of the session.
    pub(crate) chain: Arc<Chain>,
    pub(crate) wakes: mpsc::Sender<Wake>,
}

/// Whom to tell that the client is to end: the sender, dropped or used.
pub(crate) type Stopper = oneshot::Sender<()>;

impl Launching {
    /// Starts the task; the client runs until the stopper is used or dropped. The second value
    /// resolves when the client is gone.
    pub(crate) fn spawn(self) -> (Stopper, tokio::task::JoinHandle<()>) {
        let (stopper, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let (wakes, session) = (self.wakes.clone(), self.clearance.session().clone());
            self.run(stopped).await;
            // The loop is gone when the agent stopped; it waited for this task itself.
            let _ = wakes.send(Wake::Gone(session)).await;
        });
        (stopper, task)
    }

    async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        let places = self.places.clone();
        self.clearance = self
            .clearance
            .settled(|spec| locate(spec, &places).is_some());
        let session = self.clearance.session().clone();
        let launched = tokio::select! {
            launched = self.launch(&session) => launched,
            _ = &mut stopped => return,
        };
        let client = match launched {
            Ok(client) => client,
            Err(failure) => return self.fail(session, failure).await,
        };
        let password = client.password().map(str::to_owned);
        let started = Wake::Started {
            session: session.clone(),
            password,
        };
        self.wake(started).await;
        let address = tokio::select! {
            address = self.address(&client) => address,
            _ = &mut stopped => return end(client).await,
        };
        match address {
            Ok(address) => {
                self.event(Event::ClientReady {
                    session: session.clone(),
                    address,
                })
                .await;
            }
            Err(failure) => {
                end(client).await;
                return self.fail(session, failure).await;
            }
        }
        tokio::select! {
            exit = client.exited() => {
                self.event(Event::ClientExited { session, code: exit.code, signal: exit.signal }).await;
            }
            _ = &mut stopped => end(client).await,
        }
    }

    async fn launch(&self, session: &SessionId) -> Result<RunningClient, ClientFailure> {
        let failure = |error: LaunchError| error.failure();
        let program = match self.located().await {
            Some(program) => program,
            None => {
                let spec = self.clearance.spec();
                let told = Mutex::new(None::<Instant>);
                let progress = |received, total| {
                    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
                    let whole = total == Some(received);
                    if !whole && told.is_some_and(|at| at.elapsed() < PROGRESS_PAUSE) {
                        return;
                    }
                    *told = Some(Instant::now());
                    let fetched = Event::Fetched {
                        session: session.clone(),
                        received,
                        total,
                    };
                    // Progress is decoration: a full queue drops it.
                    let _ = self.wakes.try_send(Wake::Event(fetched));
                };
                obtain(spec, &self.places, progress)
                    .await
                    .map_err(failure)?
            }
        };
        let plan = self.planned(&program).await;
        let options = LaunchOptions {
            places: self.places.clone(),
            desktop: self.desktop.clone(),
            plan: Some(plan),
        };
        launch(&self.clearance, &program, &options)
            .await
            .map_err(failure)
    }

    /// The path that a `client.locate` hook gave.
    async fn located(&self) -> Option<PathBuf> {
        let client = self.clearance.spec().name.clone();
        let call = self
            .chains
            .call(Hook::ClientLocate, ClientLocate { client });
        let chain = Arc::clone(&self.chain);
        let written = self.plugin_data.clone();
        let accept = move |giver: &Giver, said| program(&written, giver, said);
        let provided = tokio::task::spawn_blocking(move || chain.provide_by(call, accept));
        let provided = provided.await.ok()?;
        self.chains.remember_given(Hook::ClientLocate, &provided);
        let (package, path) = provided.given?;
        tracing::info!(package, path = %path.display(), "a hook says where the client is");
        Some(path)
    }

    /// The description's arguments and environment after the `client.launch` hooks.
    async fn planned(&self, program: &std::path::Path) -> LaunchPlan {
        let spec = self.clearance.spec();
        let (client, allowed) = (spec.name.clone(), spec.launch.clone());
        let path = program.display().to_string();
        let (context, chain) = (self.chains.context(), Arc::clone(&self.chain));
        let plan = LaunchPlan::of(spec);
        let unpatched = plan.clone();
        let run = tokio::task::spawn_blocking(move || {
            let call = |plan: &LaunchPlan| {
                let (arguments, environment) = (plan.arguments(), plan.environment());
                let body = ClientLaunch {
                    client: client.clone(),
                    path: path.clone(),
                    arguments,
                    environment,
                };
                deskhook_hooks::Call::new(Hook::ClientLaunch, context.clone(), body)
            };
            chain.fold(plan, call, |plan, answer| match answer {
                Answer::Launch(patch) => plan
                    .patched(&allowed, patch.arguments.as_deref(), &patch.environment)
                    .map_err(|error| error.to_string()),
                _ => Err("the answer is no launch patch".to_owned()),
            })
        });
        let Ok(folded) = run.await else {
            return unpatched;
        };
        self.chains.remember(Hook::ClientLaunch, &folded.provenance);
        folded.state
    }

    /// The address: an `address.read` hook's where one has it, else what the description says.
    async fn address(&self, client: &RunningClient) -> Result<Address, ClientFailure> {
        let read = if self.chain.listeners(Hook::AddressRead).is_empty() {
            client.read_address().await
        } else {
            let given = |output| self.given(client.name(), output);
            client.read_address_after(given).await
        };
        read.map_err(|error| error.failure())
    }

    /// What an `address.read` hook makes of what the client has printed so far.
    async fn given(&self, client: &str, output: String) -> Given {
        let body = AddressRead {
            client: client.to_owned(),
            output,
        };
        let call = self.chains.call(Hook::AddressRead, body);
        let chain = Arc::clone(&self.chain);
        let address = |said: String| match Address::parse(&said) {
            Ok(_) => Ok(said),
            Err(error) => Err(error.to_string()),
        };
        let provided = tokio::task::spawn_blocking(move || chain.provide(call, address)).await;
        let provided = provided.ok()?;
        self.chains.remember_given(Hook::AddressRead, &provided);
        let (by, said) = provided.given?;
        let parsed = Address::parse(&said);
        Some(parsed.map_err(|source| LaunchError::BadAddress {
            client: self.clearance.spec().display_name.clone(),
            by,
            said,
            source,
        }))
    }

    async fn fail(&self, session: SessionId, failure: ClientFailure) {
        let detail = Wake::Detail {
            session: session.clone(),
            detail: failure.detail.clone(),
        };
        self.wake(detail).await;
        self.event(Event::ClientFailed { session, failure }).await;
    }

    async fn event(&self, event: Event) {
        self.wake(Wake::Event(event)).await;
    }

    async fn wake(&self, wake: Wake) {
        // The loop is gone when the agent stopped; the client then ends with this task.
        let _ = self.wakes.send(wake).await;
    }
}

/// The program that a `client.locate` hook names: one that is there. A plugin, which can write a program
/// of its own, names only what it may run itself; and nobody names what plugins write.
fn program(written: &Path, giver: &Giver, said: String) -> Result<PathBuf, String> {
    let path = PathBuf::from(&said);
    if !path.is_absolute() {
        return Err(format!("{said:?} is no absolute path"));
    }
    if !path.is_file() {
        return Err(format!("there is no file {said:?}"));
    }
    let real = path.canonicalize();
    let real = real.map_err(|error| format!("{said:?} cannot be looked at: {error}"))?;
    if written
        .canonicalize()
        .is_ok_and(|folder| real.starts_with(folder))
    {
        return Err(format!("{said:?} lies where plugins write"));
    }
    let capability = format!("exec:{said}");
    if giver.kind == ExtensionKind::Plugin && !giver.grants.allows(&capability) {
        return Err(format!(
            "the capability {capability:?} is not granted to it"
        ));
    }
    Ok(path)
}

async fn end(client: RunningClient) {
    let exit = client.stop().await;
    tracing::debug!(?exit, "the client was ended");
}

#[cfg(test)]
mod tests {
    use deskhook_hooks::Grants;

    use super::*;

    #[test]
    fn a_plugin_names_what_it_may_run_and_nobody_names_what_plugins_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let written = folder.path().join("plugin-data");
        let own = written.join("org.example.own");
        std::fs::create_dir_all(&own).unwrap();
        let (there, mine) = (folder.path().join("client"), own.join("client"));
        for file in [&there, &mine] {
            std::fs::write(file, "").unwrap();
        }
        let giver = |kind, path: &Path| {
            let capability = [format!("exec:{}", path.display())];
            let grants = Grants::new(&capability, &capability);
            Giver { kind, grants }
        };
        let named = |giver: &Giver, path: &Path| {
            program(&written, giver, path.display().to_string()).is_ok()
        };
        let package = giver(ExtensionKind::Script, Path::new("/"));
        assert!(named(&package, &there) && !named(&package, &mine));
        let other = giver(ExtensionKind::Plugin, Path::new("/bin/other"));
        assert!(!named(&other, &there));
        assert!(named(&giver(ExtensionKind::Plugin, &there), &there));
        assert!(!named(&giver(ExtensionKind::Plugin, &mine), &mine));
        #[cfg(unix)]
        {
            let link = folder.path().join("link");
            std::os::unix::fs::symlink(&mine, &link).unwrap();
            assert!(!named(&package, &link), "wherever it is said to lie");
        }
    }
}
