use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use deskhook_agent::{
    AboutDevice, AboutPerson, Agent, AgentConfig, AgentHandle, ExtensionPlaces, Snapshot,
};
use deskhook_portal::{Portal, PortalConfig, Role, set_up};
use deskhook_uplink::{Identity, enrol};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::Demo;
use super::client::DemoClient;
use super::folder::DemoFolder;
use crate::extensions;

/// The organisation's name in the demonstration.
const ORGANISATION: &str = "Northwind Help Desk";
/// Who signs in.
const STAFF: &str = "sam";
/// The port of a demonstration when nobody says otherwise and it is free.
const PORT: u16 = 8460;

/// How long the agent may take to be seen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A portal and an agent enrolled in it, running in this process.
pub(crate) struct Stage {
    /// Where everything lies.
    pub(crate) folder: DemoFolder,
    /// The client.
    pub(crate) client: DemoClient,
    /// The portal's address.
    pub(crate) portal: String,
    /// The one-time sign-in link.
    pub(crate) sign_in: String,
    /// A key for the portal's API.
    pub(crate) api_key: String,
    /// The agent's control socket.
    pub(crate) socket: PathBuf,
    /// The device's name at the portal.
    pub(crate) device: String,
    agent: Agent,
    closing: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Stage {
    /// Builds everything and waits until the portal sees the agent.
    pub(crate) async fn build(args: Demo) -> anyhow::Result<Self> {
        crate::output::log_to_stderr_above("error");
        let client = DemoClient::choose(args.client.as_deref())?;
        let folder = DemoFolder::lay_out(args.dir, client)?;
        let listener = listen(args.port).await?;
        let address = listener.local_addr()?;
        let portal = format!("http://{address}");
        let data = folder.at("portal");
        let (closing, serving) = serve(&data, listener)?;
        let (sign_in, api_key) = people(&data)?;
        let identity = identity(&folder, &portal).await?;
        let device = identity.device().to_owned();
        let config = config(&folder);
        let socket = config.socket.clone().unwrap_or_default();
        let agent = Agent::start(config).await?;
        online(&agent.handle()).await?;
        let sign_in = format!("{portal}{sign_in}");
        Ok(Self {
            folder,
            client,
            portal,
            sign_in,
            api_key,
            socket,
            device,
            agent,
            closing,
            serving,
        })
    }

    /// A way to the agent.
    pub(crate) fn agent(&self) -> AgentHandle {
        self.agent.handle()
    }

    /// Stops the agent, then the portal.
    pub(crate) async fn stop(self) {
        self.agent.stop().await;
        // A portal that is gone already is stopped.
        let _ = self.closing.send(());
        let _ = self.serving.await;
    }
}

/// Waits until the portal answers the agent. One that no longer knows the device never does.
async fn online(agent: &AgentHandle) -> anyhow::Result<()> {
    let seen = |now: &Snapshot| now.online || now.portal_problem.is_some();
    let seen = tokio::time::timeout(PATIENCE, agent.until(seen)).await;
    let now = seen
        .context("the portal does not answer the agent")?
        .context("the agent stopped")?;
    match &now.portal_problem {
        Some(problem) => anyhow::bail!("the portal refuses this device: {problem}"),
        None => Ok(()),
    }
}

/// The identity that a former demonstration in this folder left, else a fresh one.
async fn identity(folder: &DemoFolder, portal: &str) -> anyhow::Result<Identity> {
    let state = folder.at("agent");
    if let Ok(known) = Identity::load(&state)
        && known.enrolled().portal.trim_end_matches('/') == portal
    {
        return Ok(known);
    }
    let token = set_up::new_token(&folder.at("portal"), None, None)?;
    let about = (AboutDevice::here().shape(), AboutPerson::here().shape());
    let enrolled = enrol(portal, &token, about, &state).await;
    enrolled.context("the device cannot be enrolled")
}

async fn listen(port: Option<u16>) -> anyhow::Result<TcpListener> {
    let at = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    match port {
        Some(port) => TcpListener::bind(at(port))
            .await
            .with_context(|| format!("the port {port} is not free")),
        None => match TcpListener::bind(at(PORT)).await {
            Ok(listener) => Ok(listener),
            Err(_) => TcpListener::bind(at(0)).await.context("no port is free"),
        },
    }
}

fn serve(
    data: &std::path::Path,
    listener: TcpListener,
) -> anyhow::Result<(oneshot::Sender<()>, JoinHandle<()>)> {
    let config = PortalConfig {
        listen: listener.local_addr()?,
        data_dir: data.to_owned(),
        organization: ORGANISATION.to_owned(),
        ..PortalConfig::default()
    };
    let portal = Portal::open(config)?;
    let (closing, closed) = oneshot::channel::<()>();
    let serving = tokio::spawn(async move {
        let until = async {
            // A dropped sender closes as well.
            let _ = closed.await;
        };
        if let Err(error) = portal.serve(listener, until).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the portal broke off"
            );
        }
    });
    Ok((closing, serving))
}

/// The person who signs in, with a fresh link, and a key for the API.
fn people(data: &std::path::Path) -> anyhow::Result<(String, String)> {
    let sign_in = match set_up::add_user(data, STAFF, Role::Owner) {
        Ok(link) => link,
        // A folder of a former demonstration knows them already.
        Err(_) => set_up::sign_in_link(data, STAFF)?,
    };
    let scopes = ["clients:view", "session.connect", "session.disconnect"];
    Ok((
        sign_in,
        set_up::new_key(data, "demonstration", STAFF, &scopes)?,
    ))
}

fn config(folder: &DemoFolder) -> AgentConfig {
    let mut config = AgentConfig::new(folder.at("agent"), [folder.at("policy.d")]);
    config.socket = Some(folder.socket.clone());
    config.extensions = ExtensionPlaces {
        packages: vec![folder.at("packages")],
        plugins: vec![folder.at("plugins")],
        private: folder.at("agent/plugins"),
        own_plugins: true,
    };
    config.load = extensions::load;
    config.menu = deskhook_tray::menu;
    config.words = deskhook_tray::words;
    config
}
