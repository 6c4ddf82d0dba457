mod adoption;
mod start;

use std::collections::HashMap;
use std::sync::{Arc, mpsc as blocking};
use std::time::Duration;

use deskhook_elevation::Ways;
use deskhook_facts::Facts;
use deskhook_hooks::{Bound, Chain, Hook, HostQuestion, Menu};
use deskhook_policy::Policy;
use deskhook_session::{Event, Moment, Notice, Session, SessionId};
use deskhook_uplink::Signal;
use deskhook_wire::{CheckShape, PolicyEntry};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;

use crate::chains::{self, Chains};
use crate::clock::Stopwatch;
use crate::courier::{Courier, News};
use crate::host::Host;
use crate::launch::Stopper;
use crate::menu::MenuMaker;
use crate::policies::{Policies, Reading, unix_seconds};
use crate::probation::Probation;
use crate::records::Records;
use crate::rows::{Rows, Settled};
use crate::timers::Timers;
use crate::unfinished::Unfinished;
use crate::{AgentConfig, AgentHandle, Errand, Rejected, Snapshot, Wake};

pub use start::StartError;
pub(crate) use start::with_identity;

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
/// How long a stopping agent waits for the portal to take its last news.
const LAST_NEWS: Duration = Duration::from_secs(3);
/// How long an idle agent sleeps at most: what was due while the machine was suspended is done so
/// long after it, as sleeping itself does not count that time.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

/// How often what is on trial is looked at, whatever else happens: a hook that only observes wakes
/// nobody when it fails.
const TRIAL_LOOK: Duration = Duration::from_secs(1);

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

impl Shown {
    /// The menu is still to be made.
    fn nothing_yet() -> Self {
        Self {
            menu_is_stale: true,
            ..Self::default()
        }
    }
}

/// The state behind the loop. Everything in it is touched by the loop alone.
pub(crate) struct Loop {
    pub(crate) config: AgentConfig,
    pub(crate) session: Session,
    pub(crate) policy: Arc<Policy>,
    pub(crate) policies: Policies,
    pub(crate) problems: Vec<String>,
    /// What of the policy holds, and who says so.
    pub(crate) entries: Vec<PolicyEntry>,
    pub(crate) chains: Chains,
    /// The generation of the session under way.
    pub(crate) session_chain: Option<Arc<Chain>>,
    /// What was loaded last, in case that something newer cannot be.
    pub(crate) loaded: Vec<Bound>,
    pub(crate) rejected: Vec<Rejected>,
    pub(crate) probation: Probation,
    pub(crate) timers: Timers,
    pub(crate) reading: Reading,
    /// When policy is to be read again although no file changed, in seconds since 1970.
    pub(crate) policy_due: Option<u64>,
    /// The policy of the loading that is under way.
    pub(crate) loading: Option<Arc<Policy>>,
    /// Whether something changed since it began.
    pub(crate) loading_is_stale: bool,
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
    pub(crate) begun: Stopwatch,
    /// When the session under way began, RFC 3339.
    pub(crate) started_at: String,
    pub(crate) portal: Option<String>,
    pub(crate) portal_organization: String,
    pub(crate) online: bool,
    pub(crate) rows: Rows,
    /// The program that runs with elevated rights; it ends when the task does.
    pub(crate) elevation: Option<(SessionId, JoinHandle<()>)>,
    pub(crate) portal_problem: Option<String>,
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
            self.read_due_policy();
            let stop = self.wake(wake);
            self.judge_trials();
            self.records
                .note_quarantined(self.chains.current().health());
            self.publish();
            if stop.is_some() || self.stopping {
                return self.end(stop, inbox).await;
            }
        }
    }

    fn wake(&mut self, wake: Wake) -> Option<oneshot::Sender<()>> {
        match wake {
            // What the settings say of the device outweighs what a desktop sees.
            Wake::Event(Event::PersonSeen { .. }) if !self.config.attended => {}
            Wake::Event(event) => self.take(event),
            Wake::Tick => {
                self.take(Event::Ticked);
                self.ring_timers();
            }
            Wake::PolicyChanged => self.read_policy(),
            Wake::Policy(loaded) => self.policy_read(loaded.map(|loaded| *loaded)),
            Wake::PackagesChanged => self.load_extensions(),
            // What is published next says how they are.
            Wake::Heard => {}
            Wake::Loaded(set) => self.extensions_loaded(set),
            Wake::Uplink(signal) => self.signal(signal),
            Wake::Filed { sequence, news } => self.filed(sequence, news),
            Wake::Collected(report) => {
                if let Some(courier) = &self.courier {
                    courier.send(*report, News::None);
                }
            }
            Wake::Voices { session, checks } if self.is_live(&session) => {
                self.shown.checks = checks;
                self.report_phase();
            }
            Wake::Menu { revision, menu } => self.use_menu(revision, menu),
            Wake::Started { session, password } if self.is_live(&session) => {
                self.shown.client_started = true;
                self.shown.password = password;
            }
            Wake::Detail { session, detail } if self.is_live(&session) => {
                self.shown.detail = detail;
            }
            Wake::Voices { .. } | Wake::Started { .. } | Wake::Detail { .. } => {}
            Wake::Gone(session) => {
                self.clients.remove(&session);
                self.ending.retain(|task| !task.is_finished());
                self.shown.clients_running = self.shown.clients_running.saturating_sub(1);
            }
            // Whoever waited may have lost patience.
            Wake::Seen(done) => drop(done.send(())),
            Wake::Stop(done) => return Some(done),
        }
        None
    }

    /// Gives an event to the session and does what it wants done.
    pub(crate) fn take(&mut self, event: Event) {
        let before = self.session.view();
        let now = self.now();
        let effects = self.session.handle(now, event, &Arc::clone(&self.policy));
        let after = self.session.view();
        self.session_moved(&before);
        for effect in effects {
            self.perform(effect);
        }
        self.session_over(&before, &after);
        if self.session.view().session.is_none() {
            self.session_chain = None;
        }
    }

    pub(crate) fn now(&self) -> Moment {
        self.begun.moment()
    }

    pub(crate) fn quit(&mut self) {
        self.stopping = true;
    }

    fn is_live(&self, session: &SessionId) -> bool {
        self.session.view().session.as_ref() == Some(session)
    }

    fn until_deadline(&self) -> Duration {
        let next = [self.session.deadline(), self.timers.next()];
        let next = next.into_iter().flatten().min();
        let left = next.map(|at| Duration::from_millis(at.since(self.now())));
        let due = self
            .policy_due
            .map(|due| Duration::from_secs(due.saturating_sub(unix_seconds()).max(1)));
        let trial = self.probation.sits().then_some(TRIAL_LOOK);
        let soonest = left.into_iter().chain(due).chain(trial).min();
        soonest.unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP)
    }

    fn signal(&mut self, signal: Signal) {
        match signal {
            Signal::Acknowledged(sequence) => self.row_left(sequence, Ok(())),
            Signal::Unwanted { sequence, message } => self.row_left(sequence, Err(message)),
            Signal::Ordered(order) => {
                let event = crate::reports::ordered(*order, (&self.session.view(), self.now()));
                self.take(event);
            }
            Signal::Online(online) => {
                self.online = online;
                if online {
                    // The portal may have given the session up meanwhile.
                    self.report_phase();
                }
            }
            Signal::Problem(problem) => {
                if let Some(problem) = &problem {
                    tracing::error!(problem, "the portal refuses what this device sends");
                }
                self.portal_problem = problem;
            }
        }
    }

    /// A report is on disk.
    fn filed(&mut self, sequence: u64, news: News) {
        let address_of = match news {
            News::AddressOf(session) => Some(session),
            News::EndOf(session) => {
                self.unfinished.end(&session);
                None
            }
            News::None => None,
        };
        let settled = self.rows.filed(sequence, address_of);
        self.address_settled(settled);
    }

    /// A row is no longer in the outbox.
    fn row_left(&mut self, sequence: u64, taken: Result<(), String>) {
        let settled = self.rows.left(sequence, taken);
        self.address_settled(settled);
    }

    /// An address is called reported when the portal has acknowledged its own row.
    fn address_settled(&mut self, settled: Settled) {
        let Some((session, taken)) = settled else {
            return;
        };
        if let Err(message) = &taken {
            self.shown.detail = Some(message.clone());
        }
        self.take(match taken {
            Ok(()) => Event::Reported { session },
            Err(message) => Event::ReportRefused { session, message },
        });
    }

    fn observe_life(&self, hook: Hook) {
        let call = self.chains.call(hook, deskhook_hooks::Empty {});
        tokio::spawn(chains::observe(self.chains.current(), call));
    }

    async fn end(mut self, done: Option<oneshot::Sender<()>>, mut inbox: mpsc::Receiver<Wake>) {
        let before = self.session.view();
        let effects = self.session.stop(self.now());
        let after = self.session.view();
        self.session_moved(&before);
        for effect in effects {
            self.perform(effect);
        }
        self.session_over(&before, &after);
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
        let (courier, unfinished) = (self.courier.clone(), &self.unfinished);
        let patience = if self.online {
            LAST_NEWS
        } else {
            Duration::ZERO
        };
        let told = async {
            if let Some(courier) = courier {
                if courier.kept().await {
                    unfinished.forget();
                }
                courier.told(patience).await;
            }
        };
        // Nobody acts any more on what tasks have to tell. Without somebody who takes it, they would
        // wait or give up, the one that brings the portal the last news among them.
        let untaken = async { while inbox.recv().await.is_some() {} };
        let last = async { tokio::join!(observed, clients, told) };
        tokio::select! {
            ended = tokio::time::timeout(LAST_WAIT, last) => if ended.is_err() {
                tracing::warn!("a client or a hook did not end in time");
            },
            () = untaken => {}
        }
        self.publish();
        self.end_extensions(|_, _| true);
        self.record_life("agent.stopped");
        // Whoever still has a handle keeps no extension alive with it.
        self.chains.replace(Chain::new(vec![], &self.questions));
        if let Some(socket) = &self.config.socket {
            // The next start replaces a socket that is left.
            let _ = crate::control::remove(socket);
        }
        if let Some(done) = done {
            let _ = done.send(());
        }
    }
}
