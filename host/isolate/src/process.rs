use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use deskhook_hooks::About;
use deskhook_wire::{Confinement, FromExtension, Opening, ToExtension};

use crate::blame::Blame;
use crate::channel::{Channel, ChannelError};
use crate::child::Running;
use crate::extension::{Isolated, Loss, exchange, millis, misplaced};
use crate::life::Life;
use crate::output::{Output, Printed};

/// How long a package's own tests may take altogether.
const TESTS: Duration = Duration::from_secs(60);

/// The program that is a child: it calls [`serve`](crate::serve).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Absolute path.
    pub path: PathBuf,
    /// What makes it a child.
    pub arguments: Vec<String>,
}

/// A child process in which extensions live. It is started when the first of them is opened or by [`Process::start`],
/// ended when the last one and this are dropped, and started again when it died: at once the first
/// time, then after 100 ms, 200 ms and so on up to 10 s, until it has lived for a minute.
#[derive(Clone)]
pub struct Process {
    inner: Arc<Inner>,
}

struct Inner {
    name: String,
    program: Program,
    confinement: Confinement,
    output: Output,
    life: Mutex<Life>,
    /// Of the child in `life`; read by every call, also while a child is being started.
    number: AtomicU64,
    blame: Mutex<Blame>,
    /// Rung when a suspect's call came back.
    turn: Condvar,
}

/// Why there is no child.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The program cannot be started.
    #[error("cannot start {} as a child process", path.display())]
    Spawn {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// It did not say what it is.
    #[error("the child process did not get ready: {message}")]
    Greeting {
        /// What came instead.
        message: String,
    },
    /// It is another version.
    #[error(
        "the child process is of version {version} and speaks protocol {theirs}, this one {ours}: the program was replaced, so restart the agent"
    )]
    Protocol {
        /// Its protocol.
        theirs: u32,
        /// Ours.
        ours: u32,
        /// Its version.
        version: String,
    },
    /// It could not give up what it does not need.
    #[error("the child process cannot be confined: {message}")]
    Confinement {
        /// Why.
        message: String,
    },
    /// It died too often.
    #[error("the child process died {deaths} times and is started again in {millis} ms")]
    Resting {
        /// How long until then.
        millis: u64,
        /// How often.
        deaths: u32,
    },
}

/// Why an extension is not there.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no child for it.
    #[error("it has no process to run in")]
    Start(#[from] StartError),
    /// The child says why not.
    #[error("{0}")]
    Refused(String),
    /// It took too long; the child was ended.
    #[error("it did not load within {0} ms, and its process was ended")]
    Late(u64),
    /// The child died of it.
    #[error("its process died while it was loaded: {0}")]
    Died(String),
}

/// What became of a package's own tests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TestOutcome {
    /// How many there are.
    pub cases: u32,
    /// How many failed.
    pub failures: u32,
    /// The first that failed.
    pub first: Option<String>,
}

/// The longest sentence of a child's that is repeated, in bytes.
const LONGEST: usize = 2048;

/// How long after a child's last word it may still be on its way out, and how often that is looked at.
const WAY_OUT: Duration = Duration::from_millis(200);
const PACE: Duration = Duration::from_millis(10);

/// Tells that a child is gone that nobody called just then: whoever calls it would only find out later. One that
/// merely closed its output lives on.
fn tell_death(inner: &Weak<Inner>) {
    let until = Instant::now() + WAY_OUT;
    while let Some(inner) = inner.upgrade() {
        let process = Process { inner };
        if let Some(ending) = process.life().found_dead() {
            return tell(&process.inner.name, &ending);
        }
        if Instant::now() >= until {
            return;
        }
        drop(process);
        std::thread::sleep(PACE);
    }
}

fn tell(child: &str, ending: &str) {
    tracing::warn!(child, ending, "a child process died");
}

/// An error with its cause.
pub(crate) fn with_cause(error: &dyn std::error::Error) -> String {
    let cause = error.source();
    let cause = cause.map(|cause| format!(": {cause}")).unwrap_or_default();
    format!("{error}{cause}")
}

/// What a child says of itself may be as long as it likes, and is shown to people.
pub(crate) fn cut(mut said: String) -> String {
    if said.len() > LONGEST {
        said.truncate(said.floor_char_boundary(LONGEST));
        said.push_str(" ...");
    }
    said
}

impl Process {
    /// A process that is called `name` in the log, where all goes that it prints. Nothing is started
    /// yet.
    pub fn new(name: &str, program: Program, confinement: Confinement) -> Self {
        Self::of((name, Output::Logged), program, confinement)
    }

    /// The same, and what it prints goes into `printed`.
    pub fn heard(
        name: &str,
        program: Program,
        confinement: Confinement,
        printed: &Printed,
    ) -> Self {
        Self::of((name, Output::Kept(printed.clone())), program, confinement)
    }

    fn of((name, output): (&str, Output), program: Program, confinement: Confinement) -> Self {
        Self {
            inner: Arc::new(Inner {
                name: name.to_owned(),
                program,
                confinement,
                output,
                life: Mutex::default(),
                number: AtomicU64::new(0),
                blame: Mutex::default(),
                turn: Condvar::new(),
            }),
        }
    }

    /// Starts the child, where none runs, without anything in it.
    pub fn start(&self) -> Result<(), StartError> {
        self.channel(Instant::now()).map(drop)
    }

    /// Makes an extension in the child, within 5 s. `about` is what its manifest says.
    pub fn open(&self, about: About, opening: Opening) -> Result<Isolated, OpenError> {
        Isolated::open(self.clone(), about, opening)
    }

    /// Runs a package's own tests in the child, within a minute.
    pub fn test(&self, opening: &Opening) -> Result<TestOutcome, OpenError> {
        let name = &opening.name;
        let until = Instant::now() + TESTS;
        if !self.enter(name, until) {
            return Err(OpenError::Late(millis(TESTS)));
        }
        match self.tested(opening, until) {
            Ok(outcome) => {
                self.came_back(name);
                Ok(outcome)
            }
            Err(loss) => Err(self.lost(name, loss, TESTS)),
        }
    }

    fn tested(&self, opening: &Opening, until: Instant) -> Result<TestOutcome, Loss> {
        let (mut channel, number) = self.channel(until).map_err(Loss::Unstarted)?;
        let order = ToExtension::Test(std::borrow::Cow::Borrowed(opening));
        match exchange(&mut channel, &order, until) {
            Ok(FromExtension::Tested {
                cases,
                failures,
                first,
            }) => Ok(TestOutcome {
                cases,
                failures,
                first: first.map(cut),
            }),
            Ok(FromExtension::Refused { message }) => Err(Loss::Refused(cut(message))),
            Ok(other) => Err(Loss::Unfit(number, misplaced(&other))),
            Err(ChannelError::Closed) => Err(Loss::Died(number)),
            Err(error) => Err(Loss::Unfit(number, error)),
        }
    }

    /// The running child's process id, if one runs.
    pub fn pid(&self) -> Option<u32> {
        self.life().running().map(Running::pid)
    }

    /// What holds the running child, in words.
    pub fn held_by(&self) -> Vec<String> {
        let life = self.life();
        let held = life.running().map(|child| child.held_by.clone());
        held.unwrap_or_default()
    }

    /// A new channel into the child, and which child it is. Where the next child is not to be
    /// started yet, that is waited for, as far as `until` lets it.
    pub(crate) fn channel(&self, until: Instant) -> Result<(Channel, u64), StartError> {
        let Inner {
            name,
            program,
            confinement,
            output,
            ..
        } = self.inner.as_ref();
        let start = || {
            let inner = Arc::downgrade(&self.inner);
            let ended = move || tell_death(&inner);
            Running::start((name, program, output), confinement, ended)
        };
        loop {
            if let Some(ending) = self.life().found_dead() {
                tell(name, &ending);
            }
            let made = self.life().channel(start);
            if let Ok((_, number)) = &made {
                self.inner.number.store(*number, Ordering::Release);
            }
            let Err(StartError::Resting { millis, .. }) = &made else {
                return made;
            };
            let rest = Duration::from_millis(*millis + 1);
            if Instant::now() + rest > until {
                return made;
            }
            std::thread::sleep(rest);
        }
    }

    /// Which child was given a channel last, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.inner.number.load(Ordering::Acquire)
    }

    /// Waits for the turn of `name`, which comes at once unless it is a suspect beside another.
    pub(crate) fn enter(&self, name: &str, until: Instant) -> bool {
        let mut blame = self.blame();
        while !blame.enter(name) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            let waited = self.inner.turn.wait_timeout(blame, left);
            blame = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        true
    }

    pub(crate) fn came_back(&self, name: &str) {
        if self.blame().came_back(name) {
            self.inner.turn.notify_all();
        }
    }

    /// The child is gone, in the middle of a call of `name`: whether that is its fault, and how
    /// the child ended.
    pub(crate) fn died(&self, number: u64, name: &str) -> (bool, String) {
        let (news, ending) = {
            let mut life = self.life();
            let news = life.died(number);
            (news, life.ending_of(number))
        };
        let guilty = self.blame().died(number, name);
        self.inner.turn.notify_all();
        if let Some(ending) = &news {
            tell(&self.inner.name, ending);
        }
        (guilty, ending.unwrap_or_else(|| "it ended".to_owned()))
    }

    /// The child was gone before a call of `name` reached it, which is nobody's fault who calls.
    pub(crate) fn unheard(&self, number: u64, name: &str) {
        let ending = self.life().died(number);
        if let Some(ending) = &ending {
            tell(&self.inner.name, ending);
        }
        self.blame().left(name);
        self.inner.turn.notify_all();
    }

    /// Ends the child because of `name`.
    pub(crate) fn end(&self, number: u64, name: &str) {
        self.blame().convict(number, name);
        if self.life().died(number).is_some() {
            let child = &self.inner.name;
            tracing::warn!(child, because = name, "a child process was ended");
        }
        self.blame().died(number, name);
        self.inner.turn.notify_all();
    }

    /// What to say of a child that did not do what it was asked for `name`.
    pub(crate) fn lost(&self, name: &str, loss: Loss, limit: Duration) -> OpenError {
        match loss {
            Loss::Unstarted(error) => {
                self.came_back(name);
                OpenError::Start(error)
            }
            Loss::Refused(message) => {
                self.came_back(name);
                OpenError::Refused(message)
            }
            Loss::Died(number) | Loss::Unheard(number) => {
                OpenError::Died(self.died(number, name).1)
            }
            Loss::Unfit(number, ChannelError::Late) => {
                self.end(number, name);
                OpenError::Late(millis(limit))
            }
            Loss::Unfit(number, error) => {
                self.end(number, name);
                OpenError::Died(error.to_string())
            }
        }
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        let life = self.inner.life.lock();
        life.unwrap_or_else(PoisonError::into_inner)
    }

    fn blame(&self) -> MutexGuard<'_, Blame> {
        let blame = self.inner.blame.lock();
        blame.unwrap_or_else(PoisonError::into_inner)
    }
}
