use std::io::{self, PipeWriter};
use std::process::{Child, Command};
use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use deskhook_wire::{Confinement, EXTENSION_PROTOCOL, HostGreeting, HostStart};

use crate::channel::Channel;
use crate::group::Group;
use crate::output::{self, Output};
use crate::process::{Program, StartError, with_cause};
use crate::spawn;
use crate::stream::Stream;

/// How long a new child has until it is confined and says so.
const GREETING: Duration = Duration::from_secs(10);

/// How long a child that is needed no more has to end by itself, and how often that is looked at.
const LAST: Duration = Duration::from_millis(400);
const PACE: Duration = Duration::from_millis(2);
/// How long what a child that is gone has printed last is waited for.
const LAST_WORDS: Duration = Duration::from_millis(50);

/// A child that runs and is confined. Ends when it is dropped.
pub(crate) struct Running {
    child: Child,
    /// With whatever it starts.
    group: Group,
    /// None once the agent hung up.
    control: Option<Channel>,
    /// Hung up once its last word is told.
    told: Mutex<Receiver<()>>,
    pub(crate) held_by: Vec<String>,
}

impl Running {
    /// Starts one and waits until it is confined. `ended` is called when it is most likely gone, on a thread of
    /// its own.
    pub(crate) fn start(
        (name, program, output): (&str, &Program, &Output),
        confinement: &Confinement,
        ended: impl FnOnce() + Send + 'static,
    ) -> Result<Self, StartError> {
        let spawn = |source| StartError::Spawn {
            path: program.path.clone(),
            source,
        };
        let (mut control, theirs) = Channel::pair().map_err(spawn)?;
        let (words, out) = io::pipe().map_err(spawn)?;
        let mut child = self::spawn(program, (theirs, out), confinement).map_err(spawn)?;
        let told = output::follow(words, (name, output), ended);
        // It waits for what is sent below, so nothing of anybody else's runs in it yet.
        let group = match Group::of(&child, confinement) {
            Ok(group) => group,
            Err(error) => {
                let _ = child.kill();
                let _ = child.wait();
                return Err(spawn(error));
            }
        };
        let held_by = greet(&mut control, confinement);
        let mut running = Self {
            child,
            group,
            control: Some(control),
            told: Mutex::new(told),
            held_by: vec![],
        };
        running.held_by = held_by?;
        running.held_by.extend(Group::HOLDS.map(str::to_owned));
        Ok(running)
    }

    /// Gives it one end of a new channel; the other end comes back.
    pub(crate) fn channel(&self) -> io::Result<Channel> {
        let control = self.control.as_ref();
        let control = control.ok_or(io::ErrorKind::BrokenPipe)?;
        let (own, theirs) = Channel::pair()?;
        control.stream().give(&theirs, &self.child)?;
        Ok(own)
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, if it has.
    pub(crate) fn ending(&mut self) -> Option<String> {
        let status = self.child.try_wait().ok().flatten()?;
        Some(status.to_string())
    }

    /// Ends it, with whatever it started, and waits until it is gone.
    pub(crate) fn end(&mut self) -> String {
        if let Some(status) = self.ending() {
            return status;
        }
        // It is not reaped yet, so its number is still its own, and its group's.
        self.group.end();
        let _ = self.child.kill();
        let status = self.child.wait();
        status.map_or_else(|error| error.to_string(), |status| status.to_string())
    }
}

impl Running {
    /// Hangs up, and gives it a moment to end in order.
    fn let_go(&mut self) {
        drop(self.control.take());
        let until = Instant::now() + LAST;
        while self.ending().is_none() && Instant::now() < until {
            std::thread::sleep(PACE);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.let_go();
        self.end();
        let told = self.told.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Something that it started may still have its output.
        let _ = told.recv_timeout(LAST_WORDS);
    }
}

/// Tells it what it may touch; what holds it comes back.
fn greet(control: &mut Channel, confinement: &Confinement) -> Result<Vec<String>, StartError> {
    let until = Some(Instant::now() + GREETING);
    let start = HostStart {
        protocol: EXTENSION_PROTOCOL,
        confinement: confinement.clone(),
    };
    let silent = |error: crate::channel::ChannelError| StartError::Greeting {
        message: with_cause(&error),
    };
    control.greet(&start, until).map_err(silent)?;
    let greeting: HostGreeting = control.greeted(until).map_err(silent)?;
    if greeting.protocol != EXTENSION_PROTOCOL {
        return Err(StartError::Protocol {
            theirs: greeting.protocol,
            ours: EXTENSION_PROTOCOL,
            version: greeting.version,
        });
    }
    match greeting.failure {
        Some(message) => Err(StartError::Confinement { message }),
        None => Ok(greeting.held_by),
    }
}

fn spawn(
    program: &Program,
    (control, out): (Stream, PipeWriter),
    confinement: &Confinement,
) -> io::Result<Child> {
    let native = confinement.native.iter();
    let mut command = Command::new(&program.path);
    command
        .args(&program.arguments)
        .env_clear()
        .envs(native.flat_map(|reach| &reach.environment))
        .current_dir("/")
        .stdin(control.into_input())
        .stdout(out.try_clone()?)
        .stderr(out);
    Group::prepare(&mut command);
    spawn::spawn(command)
}
