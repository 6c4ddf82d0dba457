mod start;

use std::collections::HashMap;
use std::sync::{Arc, mpsc as blocking};
use std::time::{Duration, Instant};

use deskhook_elevation::Ways;
use deskhook_facts::Facts;
use deskhook_hooks::{Chain, Hook, HostQuestion, Menu, PolicyChanged};
use deskhook_policy::Policy;
use deskhook_session::{Event, Moment, Notice, Session, SessionId};
use deskhook_source::Loaded;
use deskhook_uplink::Signal;
use deskhook_wire::CheckShape;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::chains::{self, Chains};
use crate::courier::Courier;
use crate::extensions::{Generation, absent};
use crate::host::Host;
use crate::launch::Stopper;
use crate::menu::MenuMaker;
use crate::policies::{Policies, changed_keys, sentence};
use crate::records::Records;
use crate::unfinished::Unfinished;
use crate::{AgentConfig, AgentHandle, Errand, ExtensionSet, Snapshot, Wake};

pub use start::StartError;

/// A running agent. It stops when [`Agent::stop`] is called or somebody asks it to quit.
pub struct Agent {
    handle: AgentHandle,
    task: JoinHandle<()>,
}

impl Agent {
    /// A way to this agent.
    pub fn handle(&self) -> AgentHandle {
        self.handle.clone()
    }

    /// Stops: the session ends, the client with it, the record is closed.
    pub async fn stop(self) {
        self.handle.stop().await;
        self.ended().await;
    }

    /// Waits until the agent has stopped, whoever stopped it.
    pub async fn ended(self) {
        if let Err(error) = self.task.await {
            tracing::error!(%error, "the agent's loop broke off");
        }
    }
}

/// How long a stopping agent waits for its clients.
const LAST_WAIT: Duration = Duration::from_secs(8);
/// How long an idle agent sleeps at most: a suspended machine wakes with it.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// What is there for the surfaces to show, beside the session itself.
#[derive(Default)]
pub(crate) struct Shown {
    pub(crate) revision: u64,
    pub(crate) menu: Menu,
    pub(crate) menu_is_stale: bool,
    pub(crate) menu_is_made: bool,
    pub(crate) checks: Vec<CheckShape>,
    pub(crate) detail: Option<String>,
    pub(crate) client_started: bool,
    pub(crate) clients_running: usize,
    pub(crate) password: Option<String>,
    pub(crate) notices: Vec<(u64, Notice)>,
    pub(crate) errands: Vec<(u64, Errand)>,
    pub(crate) told: u64,
}

/// The state behind the loop. Everything in it is touched by the loop alone.
pub(crate) struct Loop {
    pub(crate) config: AgentConfig,
    pub(crate) session: Session,
    pub(crate) policy: Arc<Policy>,
    pub(crate) policies: Policies,
    pub(crate) problems: Vec<String>,
    pub(crate) chains: Chains,
    /// The generation of the session under way.
    pub(crate) session_chain: Option<Arc<Chain>>,
    pub(crate) rejected: Vec<(String, String)>,
    pub(crate) host: Host,
    pub(crate) facts: Arc<Facts>,
    pub(crate) questions: blocking::Sender<HostQuestion>,
    pub(crate) clients: HashMap<SessionId, (Stopper, JoinHandle<()>)>,
    pub(crate) ending: Vec<JoinHandle<()>>,
    pub(crate) records: Records,
    pub(crate) unfinished: Unfinished,
    pub(crate) courier: Option<Courier>,
    pub(crate) ways: Ways,
    pub(crate) wakes: mpsc::Sender<Wake>,
    pub(crate) snapshots: watch::Sender<Arc<Snapshot>>,
    pub(crate) begun: Instant,
    /// When the session under way began, RFC 3339.
    pub(crate) started_at: String,
    pub(crate) portal: Option<String>,
    pub(crate) portal_organization: String,
    pub(crate) online: bool,
    pub(crate) unacknowledged: usize,
    /// The row of the address under way, and whether the portal has it.
    pub(crate) address_row: Option<(SessionId, u64)>,
    pub(crate) acknowledged: u64,
    pub(crate) menus: MenuMaker,
    pub(crate) shown: Shown,
    pub(crate) stopping: bool,
}

impl Loop {
    pub(crate) async fn run(mut self, mut inbox: mpsc::Receiver<Wake>) {
        self.observe_life(Hook::AgentStarted);
        self.collect_state();
        loop {
            let wake = tokio::select! {
                wake = inbox.recv() => wake,
                () = tokio::time::sleep(self.until_deadline()) => Some(Wake::Tick),
            };
            let Some(wake) = wake else { return };
            let stop = self.wake(wake);
            self.publish();
            if stop.is_some() || self.stopping {
                return self.end(stop).await;
            }
        }
    }

    fn wake(&mut self, wake: Wake) -> Option<oneshot::Sender<()>> {
        match wake {
            // What the settings say of the device outweighs what a desktop sees.
            Wake::Event(Event::PersonSeen { .. }) if !self.config.attended => {}
            Wake::Event(event) => self.take(event),
            Wake::Tick => self.take(Event::Ticked),
            Wake::PolicyChanged => self.policies.reload(self.wakes.clone()),
            Wake::Policy(loaded) => self.adopt(*loaded),
            Wake::PackagesChanged => self.load_extensions(),
            Wake::Loaded(set) => self.use_extensions(set),
            Wake::Uplink(signal) => self.signal(signal),
            Wake::Filed {
                address_of,
                sequence,
                unacknowledged,
            } => {
                self.unacknowledged = unacknowledged;
                if let Some(session) = address_of {
                    self.address_row = Some((session, sequence));
                }
                self.match_acknowledgement();
            }
            Wake::Collected(report) => {
                if let Some(courier) = &self.courier {
                    courier.send(*report, None);
                }
            }
            Wake::Voices(checks) => {
                self.shown.checks = checks;
                self.report_phase();
            }
            Wake::Menu { revision, menu } => self.use_menu(revision, menu),
            Wake::Started { password } => {
                self.shown.client_started = true;
                self.shown.password = password;
            }
            Wake::Gone(session) => {
                self.clients.remove(&session);
                self.ending.retain(|task| !task.is_finished());
                self.shown.clients_running = self.shown.clients_running.saturating_sub(1);
            }
            Wake::Detail(detail) => self.shown.detail = detail,
            Wake::Stop(done) => return Some(done),
        }
        None
    }

    /// Gives an event to the session and does what it wants done.
    pub(crate) fn take(&mut self, event: Event) {
        let before = self.session.view();
        let now = self.now();
        let effects = self.session.handle(now, event, &Arc::clone(&self.policy));
        self.session_moved(&before);
        for effect in effects {
            self.perform(effect);
        }
        if self.session.view().session.is_none() {
            self.session_chain = None;
        }
    }

    pub(crate) fn now(&self) -> Moment {
        Moment(u64::try_from(self.begun.elapsed().as_millis()).unwrap_or(u64::MAX))
    }

    pub(crate) fn quit(&mut self) {
        self.stopping = true;
    }

    fn until_deadline(&self) -> Duration {
        let left = self
            .session
            .deadline()
            .map(|at| Duration::from_millis(at.since(self.now())));
        left.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)
    }

    fn adopt(&mut self, loaded: Loaded) {
        self.problems = loaded.problems.iter().map(sentence).collect();
        let policy = Arc::new(loaded.resolved.policy);
        if *policy == *self.policy {
            return;
        }
        let changed = changed_keys(&self.policy.tree, &policy.tree);
        tracing::info!(version = policy.version, ?changed, "policy changed");
        self.chains.policy_is(&policy.version);
        self.policy = policy;
        self.shown.menu_is_stale = true;
        self.take(Event::PolicyChanged);
        let call = self
            .chains
            .call(Hook::PolicyChanged, PolicyChanged { changed });
        tokio::spawn(chains::observe(self.chains.current(), call));
        self.load_extensions();
    }

    fn load_extensions(&self) {
        let places = self.config.extensions.clone();
        crate::extensions::load(
            self.config.load,
            places,
            Arc::clone(&self.policy),
            self.wakes.clone(),
        );
    }

    pub(crate) fn use_extensions(&mut self, set: ExtensionSet) {
        let lost = absent(&self.policy, &set);
        let ExtensionSet { loaded, rejected } = set;
        let generation = Generation::new(loaded, &self.policy, &self.facts, &self.questions);
        self.host.grant(generation.grants);
        self.chains.replace(generation.chain);
        self.rejected = rejected.into_iter().chain(lost).collect();
        for (name, why) in &self.rejected {
            tracing::warn!(package = name, why, "an extension does not run");
        }
        self.shown.menu_is_stale = true;
        self.collect_state();
    }

    fn signal(&mut self, signal: Signal) {
        match signal {
            Signal::Acknowledged(sequence) => {
                self.acknowledged = self.acknowledged.max(sequence);
                self.unacknowledged = self.unacknowledged.saturating_sub(1);
                self.match_acknowledgement();
            }
            Signal::Ordered(order) => {
                let event = crate::reports::ordered(order, &self.session.view());
                self.take(event);
            }
            Signal::Online(online) => self.online = online,
            Signal::Rejected(message) => {
                self.online = false;
                tracing::error!(
                    message,
                    "the portal does not accept this device; enrol it again"
                );
            }
        }
    }

    /// An address is called reported when its own row is acknowledged, whichever of the two
    /// news came first.
    fn match_acknowledgement(&mut self) {
        let Some((session, _)) = self
            .address_row
            .take_if(|(_, row)| *row <= self.acknowledged)
        else {
            return;
        };
        self.take(Event::Reported { session });
    }

    fn observe_life(&self, hook: Hook) {
        let call = self.chains.call(hook, deskhook_hooks::Empty {});
        tokio::spawn(chains::observe(self.chains.current(), call));
    }

    async fn end(mut self, done: Option<oneshot::Sender<()>>) {
        let before = self.session.view();
        let effects = self.session.stop(self.now());
        self.session_moved(&before);
        for effect in effects {
            self.perform(effect);
        }
        let call = self
            .chains
            .call(Hook::AgentStopping, deskhook_hooks::Empty {});
        let observed = chains::observe(self.chains.current(), call);
        let clients = async {
            for task in self.ending.drain(..) {
                // A task that broke off has ended its client by dropping it.
                let _ = task.await;
            }
        };
        let last = async { tokio::join!(observed, clients) };
        if tokio::time::timeout(LAST_WAIT, last).await.is_err() {
            tracing::warn!("a client or a hook did not end in time");
        }
        self.publish();
        if let Some(socket) = &self.config.socket {
            // The next start replaces a socket that is left.
            let _ = std::fs::remove_file(socket);
        }
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}
