use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use deskhook_elevation::Ways;
use deskhook_facts::Facts;
use deskhook_hooks::Chain;
use deskhook_policy::Policy;
use deskhook_record::RecordError;
use deskhook_session::{Entry, Event, Outcome, Session, SessionId};
use deskhook_source::Watched;
use deskhook_uplink::{Connection, Identity, IdentityError, Outbox, OutboxError, SendError};
use deskhook_wire::Report;
use tokio::sync::{mpsc, watch};

use super::{Agent, Loop, Shown};
use crate::chains::Chains;
use crate::clock::Stopwatch;
use crate::control;
use crate::courier::{Courier, News};
use crate::host::Host;
use crate::menu::MenuMaker;
use crate::policies::{Policies, Reading, tell_changes};
use crate::probation::Probation;
use crate::records::Records;
use crate::rows::Rows;
use crate::timers::Timers;
use crate::unfinished::Unfinished;
use crate::{AgentConfig, AgentHandle, ControlError, Snapshot, Wake};

/// Why an agent cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its state folder cannot be made.
    #[error("cannot use the state folder {path}")]
    State {
        /// Which folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The device's identity is damaged.
    #[error("cannot use the device's identity")]
    Identity(#[source] IdentityError),
    /// The outbox cannot be opened.
    #[error("cannot use the outbox")]
    Outbox(#[source] OutboxError),
    /// The portal's address is none.
    #[error("cannot speak to the portal")]
    Portal(#[source] SendError),
    /// Another agent has this state folder.
    #[error("another agent runs already with the state folder {0}")]
    Running(PathBuf),
    /// The audit record is damaged.
    #[error("cannot use the audit record")]
    Record(#[source] RecordError),
    /// The control socket cannot be opened.
    #[error("cannot open the control socket")]
    Control(#[source] ControlError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[source] getrandom::Error),
    /// Loading broke off.
    #[error("loading policy and extensions broke off")]
    Load(#[source] tokio::task::JoinError),
}

/// How many wakes may wait. The loop never blocks, so that a full queue is a burst.
const QUEUE: usize = 1024;

impl Agent {
    /// Starts an agent on the current tokio runtime. It is ready when this returns: the policy
    /// is read, the extensions are loaded, the control socket listens.
    pub async fn start(config: AgentConfig) -> Result<Self, StartError> {
        crate::private::folder(&config.state).map_err(|source| StartError::State {
            path: config.state.clone(),
            source,
        })?;
        let identity = identity(&config.state)?;
        let config = with_identity(config, identity.as_ref());
        let boot = boot()?;
        if let Some(socket) = &config.socket {
            control::refuse_taken(socket)
                .await
                .map_err(StartError::Control)?;
        }
        // Locked before there is a socket: of two agents that start at once, the one that may not
        // run takes nothing from the other.
        let records = open_records(&config).await?;
        let listener = match &config.socket {
            Some(socket) => Some(control::listen(socket).await.map_err(StartError::Control)?),
            None => None,
        };
        let (wakes, inbox) = mpsc::channel(QUEUE);
        let (snapshots, published) = watch::channel(Arc::new(Snapshot::default()));
        let own = (&boot[..], records);
        let channels = (wakes.clone(), snapshots);
        let mut state = assemble(config, own, channels, identity.as_ref());
        state.record_life("agent.started");
        state.record_unfinished();
        state.begin().await?;
        if !state.config.attended {
            state.take(Event::PersonSeen { present: false });
        }
        match identity {
            Some(identity) => state.connect(identity, &boot)?,
            // The record has it, and there is nobody else to tell.
            None => state.unfinished.forget(),
        }
        let handle = AgentHandle {
            wakes,
            snapshots: published,
            menus: state.menus.clone(),
        };
        state.publish();
        if let Some(listener) = listener {
            tokio::spawn(control::serve(listener, handle.clone()));
        }
        let task = tokio::spawn(state.run(inbox));
        Ok(Self { handle, task })
    }
}

impl Loop {
    /// Reads policy and extensions once, before anything can be asked.
    async fn begin(&mut self) -> Result<(), StartError> {
        self.watch_files();
        let policies = self.policies.clone();
        let loaded = tokio::task::spawn_blocking(move || policies.load())
            .await
            .map_err(StartError::Load)?;
        self.now_wrong(crate::policies::sentences(&loaded.problems));
        self.entries = crate::policies::entries(&loaded.resolved);
        self.policy_due = loaded.due;
        self.policy = Arc::new(loaded.resolved.policy);
        self.chains.policy_is(&self.policy.version);
        let (loader, places, policy) = (
            self.config.load,
            self.config.extensions.clone(),
            Arc::clone(&self.policy),
        );
        let set = tokio::task::spawn_blocking(move || loader(&places, &policy, &[]))
            .await
            .map_err(StartError::Load)?;
        self.use_extensions(set);
        Ok(())
    }

    /// Writes down that this agent begins, or ends.
    pub(super) fn record_life(&mut self, action: &'static str) {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        self.records.append(Entry {
            action,
            session: None,
            fields: vec![("version", version)],
        });
    }

    /// Writes down the end of a session that a former agent had no time to end.
    fn record_unfinished(&mut self) {
        let Some(session) = self.unfinished.left() else {
            return;
        };
        if self.unfinished.is_recorded() {
            return;
        }
        self.records.append(Entry {
            action: "session.ended",
            session: Some(SessionId(session.clone())),
            fields: vec![
                ("outcome", Outcome::AgentStopped.word().to_owned()),
                ("found", "when the agent started again".to_owned()),
            ],
        });
        tracing::warn!(session, "the agent before died in a session");
        self.unfinished.recorded(&session);
    }

    /// Looks out for changes of policy, packages and plugins. What changes while they are read for
    /// the first time waits in the queue, so that it is no less news.
    fn watch_files(&self) {
        let (layers, trust) = (&self.config.policy, &self.config.trust);
        let layers: Vec<PathBuf> = layers.iter().chain(trust).cloned().collect();
        tell_changes(&layers, Watched::Layers, &self.wakes);
        let places = &self.config.extensions;
        let trees: Vec<PathBuf> = places
            .packages
            .iter()
            .chain(&places.plugins)
            .cloned()
            .collect();
        if !trees.is_empty() {
            tell_changes(&trees, Watched::Tree, &self.wakes);
        }
    }

    fn connect(&mut self, identity: Identity, boot: &str) -> Result<(), StartError> {
        let outbox =
            Outbox::open(&self.config.state, identity.device()).map_err(StartError::Outbox)?;
        let (signals, mut inbox) = mpsc::channel(64);
        let connection =
            Connection::open(identity, outbox, boot, signals).map_err(StartError::Portal)?;
        self.courier = Some(Courier::start(connection, self.wakes.clone()));
        if let (Some(courier), Some(session)) = (&self.courier, self.unfinished.left()) {
            let outcome = Outcome::AgentStopped.word().to_owned();
            let report = Report::Ended {
                session: session.clone(),
                outcome,
                reasons: vec![],
                seconds: 0,
            };
            courier.send(report, News::EndOf(SessionId(session)));
        }
        let wakes = self.wakes.clone();
        tokio::spawn(async move {
            loop {
                // The connection ends when nobody takes its signals any more, and it need not have
                // any when the agent stops.
                let signal = tokio::select! {
                    signal = inbox.recv() => signal,
                    () = wakes.closed() => return,
                };
                let Some(signal) = signal else { return };
                // A closed channel ends the task the next time round.
                let _ = wakes.send(Wake::Uplink(signal)).await;
            }
        });
        Ok(())
    }
}

/// Opens the record, for this agent alone. An agent that was killed while it started a program
/// leaves its lock to that program for a moment.
async fn open_records(config: &AgentConfig) -> Result<Records, StartError> {
    let deadline = tokio::time::Instant::now() + control::LEFT_BEHIND;
    loop {
        match Records::open(&config.state, &config.device.id) {
            Err(RecordError::Locked(_)) if tokio::time::Instant::now() < deadline => {
                tokio::time::sleep(control::PAUSE).await;
            }
            Err(RecordError::Locked(_)) => return Err(StartError::Running(config.state.clone())),
            other => return other.map_err(StartError::Record),
        }
    }
}

type Channels = (mpsc::Sender<Wake>, watch::Sender<Arc<Snapshot>>);

fn assemble(
    config: AgentConfig,
    (boot, records): (&str, Records),
    (wakes, snapshots): Channels,
    identity: Option<&Identity>,
) -> Loop {
    let facts = Arc::new(Facts::of_device());
    let (host, questions) = Host::start(
        &config.state,
        Arc::clone(&facts),
        snapshots.subscribe(),
        wakes.clone(),
    );
    let device = Arc::new(config.device.clone());
    let person = Arc::new(config.person.clone());
    let chains = Chains::new(Chain::new(vec![], &questions), device, person);
    let enrolled = identity.map(Identity::enrolled);
    Loop {
        session: Session::new(&boot[..8]),
        policy: Arc::new(Policy::default()),
        policies: Policies::of(&config),
        problems: vec![],
        entries: vec![],
        menus: MenuMaker::new(config.menu, chains.clone()),
        chains,
        session_chain: None,
        loaded: vec![],
        rejected: vec![],
        probation: Probation::default(),
        timers: Timers::default(),
        reading: Reading::default(),
        policy_due: None,
        loading: None,
        loading_is_stale: false,
        host,
        facts,
        questions,
        clients: HashMap::new(),
        ending: vec![],
        records,
        unfinished: Unfinished::in_folder(&config.state, &config.device.id),
        courier: None,
        ways: Ways::installed(),
        wakes,
        snapshots,
        begun: Stopwatch::start(),
        started_at: String::new(),
        portal: enrolled.map(|enrolled| enrolled.portal.clone()),
        portal_organization: enrolled
            .map(|enrolled| enrolled.answer.organization.clone())
            .unwrap_or_default(),
        online: false,
        rows: Rows::default(),
        elevation: None,
        portal_problem: None,
        shown: Shown::nothing_yet(),
        stopping: false,
        config,
    }
}

fn identity(state: &Path) -> Result<Option<Identity>, StartError> {
    match Identity::load(state) {
        Ok(identity) => Ok(Some(identity)),
        Err(IdentityError::NotEnrolled(_)) => Ok(None),
        Err(error) => Err(StartError::Identity(error)),
    }
}

/// The configuration with what the enrolment says of the device and its person.
pub(crate) fn with_identity(mut config: AgentConfig, identity: Option<&Identity>) -> AgentConfig {
    if let Some(identity) = identity {
        let answer = &identity.enrolled().answer;
        identity.device().clone_into(&mut config.device.id);
        config.person.verified = answer.person_verified;
        if let Some(group) = answer
            .group
            .clone()
            .filter(|group| !config.device.groups.contains(group))
        {
            config.device.groups.push(group);
        }
    }
    config
}

fn boot() -> Result<String, StartError> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(StartError::Random)?;
    Ok(bytes
        .iter()
        .fold(String::new(), |text, byte| format!("{text}{byte:02x}")))
}
