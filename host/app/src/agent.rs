//! `agent run` and `agent enrol`.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use deskhook_agent::{
    AboutDevice, AboutPerson, AgentConfig, AgentHandle, ExtensionPlaces, StartError,
};
use deskhook_policy::Language;

use crate::output::{Exit, Failure, Outcome, log_to_stderr, remark, say};
use crate::settings::AgentSettings;
use crate::{extensions, places};

/// The agent.
#[derive(Subcommand)]
pub(crate) enum Agent {
    /// Run the agent until it is stopped
    Run(RunArgs),
    /// Enrol this device at a portal, once
    Enrol(EnrolArgs),
}

/// `agent run`.
#[derive(Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    settings: AgentSettings,
}

/// `agent enrol`.
#[derive(Args)]
pub(crate) struct EnrolArgs {
    /// The portal's address, https (http for this machine's own loopback alone)
    #[arg(long, env = "DESKHOOK_PORTAL")]
    portal: String,
    /// The one-time token that `portal token new` printed
    #[arg(long, env = "DESKHOOK_TOKEN")]
    token: String,
    #[command(flatten)]
    settings: AgentSettings,
}

/// How long threads that wait for the system keep the process of an agent that has stopped.
const LAST_THREADS: Duration = Duration::from_secs(1);

/// Does what the command says.
pub(crate) fn run(command: Agent) -> Outcome {
    match command {
        Agent::Run(args) => {
            let runtime = runtime(2)?;
            let outcome = runtime.block_on(run_agent(args.settings));
            // Who still looks a name up, or loads a package, is not waited for.
            runtime.shutdown_timeout(LAST_THREADS);
            outcome
        }
        Agent::Enrol(args) => runtime(1)?.block_on(enrol(args)),
    }
}

/// A tokio runtime with as many threads as asked for.
pub(crate) fn runtime(threads: usize) -> Result<tokio::runtime::Runtime, Failure> {
    let built = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build();
    Ok(built.context("cannot start the runtime")?)
}

/// The configuration that settings give.
pub(crate) fn config(settings: &AgentSettings) -> AgentConfig {
    let state = settings.state.clone().unwrap_or_else(places::state);
    // Children have another working folder.
    let state = std::path::absolute(&state).unwrap_or(state);
    let policy = settings.policy.clone().unwrap_or_else(places::policy);
    let mut config = AgentConfig::new(&state, policy);
    config.trust.clone_from(&settings.trust);
    config.socket = Some(settings.socket.clone().unwrap_or_else(places::socket));
    config.device = AboutDevice {
        groups: settings.groups.clone().unwrap_or_default(),
        ..AboutDevice::here()
    };
    config.person = AboutPerson::here();
    if let Some(language) = &settings.language {
        config.person.language = Language::parse(language);
    }
    config.extensions = ExtensionPlaces {
        packages: settings.packages.clone().unwrap_or_else(places::packages),
        plugins: settings.plugins.clone().unwrap_or_else(places::plugins),
        private: state.join("plugins"),
        own_plugins: false,
    };
    config.attended = settings.attended.unwrap_or(true);
    config.load = extensions::load;
    config.menu = deskhook_tray::menu;
    config.words = deskhook_tray::words;
    config
}

async fn run_agent(settings: AgentSettings) -> Outcome {
    log_to_stderr();
    let settings = settings.over_file()?;
    for (key, path) in settings.gone() {
        remark(format!(
            "the setting {key} names {}, which is not there",
            path.display()
        ));
    }
    let config = config(&settings);
    let places = config.extensions.clone();
    let (socket, state) = (
        config.socket.clone().unwrap_or_default(),
        config.state.clone(),
    );
    let started = deskhook_agent::Agent::start(config).await;
    // These come after plugins were loaded, and where another agent runs none is.
    if let Err(StartError::Outbox(_) | StartError::Portal(_)) = &started {
        extensions::stops_in_order(&places);
    }
    let agent = started?;
    let handle = agent.handle();
    let snapshot = handle.snapshot();
    for problem in &snapshot.problems {
        remark(format!("policy: {problem}"));
    }
    let portal = snapshot
        .portal
        .clone()
        .unwrap_or_else(|| "none: enrol this device to be seen by support staff".to_owned());
    say(format!("agent running (portal: {portal})"));
    remark(format!(
        "  state {}\n  socket {}",
        state.display(),
        socket.display()
    ));
    let desktop = tokio::spawn(desktop(handle.clone(), settings));
    let stopping = handle.clone();
    tokio::spawn(async move {
        asked_to_stop().await;
        stopping.stop().await;
    });
    agent.ended().await;
    extensions::stops_in_order(&places);
    desktop.abort();
    say("agent stopped");
    Ok(Exit::Done)
}

/// What the agent has to do with the person's desktop.
async fn desktop(handle: AgentHandle, settings: AgentSettings) {
    let tray = async {
        if settings.tray.unwrap_or(true) {
            deskhook_tray::run(handle.clone()).await;
        }
    };
    let links = async {
        if settings.links.unwrap_or(true)
            && let Some(command) = link_command(&settings)
        {
            deskhook_tray::register_links(handle.clone(), command).await;
        }
    };
    let presence = deskhook_tray::watch_presence(handle.clone());
    tokio::join!(tray, links, presence);
}

/// What follows a link: `open`, by this program, at this agent's socket. A program whose file was
/// replaced while it runs cannot be named; the next start can.
fn link_command(settings: &AgentSettings) -> Option<Vec<String>> {
    let program = std::env::current_exe().ok().filter(|path| path.exists())?;
    let mut command = vec![program.to_str()?.to_owned(), "open".to_owned()];
    if let Some(socket) = &settings.socket {
        command.extend(["--socket".to_owned(), socket.to_str()?.to_owned()]);
    }
    Some(command)
}

/// Resolves when this process is asked to end (SIGTERM, SIGINT, SIGHUP).
#[cfg(unix)]
pub(crate) async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let mut asked: Vec<_> = [
        SignalKind::terminate(),
        SignalKind::interrupt(),
        SignalKind::hangup(),
    ]
    .into_iter()
    .filter_map(|kind| signal(kind).ok())
    .collect();
    let any = asked.iter_mut().map(|signal| Box::pin(signal.recv()));
    futures_util::future::select_all(any).await;
}

/// Resolves when this process is asked to end: by Ctrl-C or Ctrl-Break, by closing its console, or
/// because the person signs out or the machine shuts down.
#[cfg(windows)]
pub(crate) async fn asked_to_stop() {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_logoff, ctrl_shutdown};
    let (mut key, mut pause) = (ctrl_c().ok(), ctrl_break().ok());
    let (mut closed, mut leaves, mut ends) =
        (ctrl_close().ok(), ctrl_logoff().ok(), ctrl_shutdown().ok());
    tokio::select! {
        Some(_) = async { key.as_mut()?.recv().await } => {}
        Some(_) = async { pause.as_mut()?.recv().await } => {}
        Some(_) = async { closed.as_mut()?.recv().await } => {}
        Some(_) = async { leaves.as_mut()?.recv().await } => {}
        Some(_) = async { ends.as_mut()?.recv().await } => {}
        else => std::future::pending().await,
    }
}

async fn enrol(args: EnrolArgs) -> Outcome {
    let settings = args.settings.over_file()?;
    let state: PathBuf = settings.state.clone().unwrap_or_else(places::state);
    let about = (AboutDevice::here().shape(), AboutPerson::here().shape());
    if !deskhook_uplink::is_portal(&args.portal) {
        return Err(Failure::Usage(anyhow::anyhow!(
            "{:?} is no portal's address: https, or http on this machine's own loopback",
            args.portal
        )));
    }
    let identity = deskhook_uplink::enrol(&args.portal, &args.token, about, &state).await?;
    let enrolled = identity.enrolled();
    say(format!(
        "enrolled as {} at {} ({})",
        identity.device(),
        enrolled.portal,
        enrolled.answer.organization
    ));
    remark(format!(
        "  identity kept in {}\n  a running agent takes it up when it is started again",
        state.display()
    ));
    Ok(Exit::Done)
}
