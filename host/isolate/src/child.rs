use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use deskhook_wire::{Confinement, EXTENSION_PROTOCOL, HostGreeting, HostStart};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::channel::Channel;
use crate::process::{Program, StartError};
use crate::{output, spawn};

/// How long a new child has until it is confined and says so.
const GREETING: Duration = Duration::from_secs(10);

/// How long a child that is needed no more has to end by itself, and how often that is looked at.
const LAST: Duration = Duration::from_millis(400);
const PACE: Duration = Duration::from_millis(2);

/// A child that runs and is confined. Ends when it is dropped.
pub(crate) struct Running {
    child: Child,
    control: Channel,
    pub(crate) held_by: Vec<String>,
}

impl Running {
    /// Starts one and waits until it is confined.
    pub(crate) fn start(
        (name, program): (&str, &Program),
        confinement: &Confinement,
    ) -> Result<Self, StartError> {
        let spawn = |source| StartError::Spawn {
            path: program.path.clone(),
            source,
        };
        let (control, theirs) = Channel::pair().map_err(spawn)?;
        let child = self::spawn((name, program), (theirs, confinement)).map_err(spawn)?;
        let mut running = Self {
            child,
            control,
            held_by: vec![],
        };
        running.held_by = running.greet(confinement)?;
        Ok(running)
    }

    fn greet(&mut self, confinement: &Confinement) -> Result<Vec<String>, StartError> {
        let until = Some(Instant::now() + GREETING);
        let start = HostStart {
            protocol: EXTENSION_PROTOCOL,
            confinement: confinement.clone(),
        };
        let silent = |error: crate::channel::ChannelError| StartError::Greeting {
            message: error.to_string(),
        };
        self.control.send(&start, until).map_err(silent)?;
        let greeting = self.control.receive(until).map_err(silent)?;
        let greeting: HostGreeting =
            serde_json::from_slice(&greeting).map_err(|error| StartError::Greeting {
                message: error.to_string(),
            })?;
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

    /// Gives it one end of a new channel; the other end comes back.
    pub(crate) fn channel(&self) -> io::Result<Channel> {
        let (own, theirs) = Channel::pair()?;
        let handles = [theirs.as_fd()];
        let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        ancillary.push(SendAncillaryMessage::ScmRights(&handles));
        sendmsg(
            self.control.socket(),
            &[io::IoSlice::new(b"+")],
            &mut ancillary,
            SendFlags::NOSIGNAL,
        )?;
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
        if let Some(group) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = self.child.kill();
        let status = self.child.wait();
        status.map_or_else(|error| error.to_string(), |status| status.to_string())
    }
}

impl Running {
    /// Hangs up, and gives it a moment to end in order.
    fn let_go(&mut self) {
        let _ = self.control.socket().shutdown(std::net::Shutdown::Both);
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
    }
}

fn spawn(
    (name, program): (&str, &Program),
    (control, confinement): (UnixStream, &Confinement),
) -> io::Result<Child> {
    let native = confinement.native.iter();
    let (words, out) = io::pipe()?;
    let mut command = Command::new(&program.path);
    command
        .arg0("deskhook")
        .args(&program.arguments)
        .env_clear()
        .envs(native.flat_map(|reach| &reach.environment))
        .current_dir("/")
        .stdin(std::os::fd::OwnedFd::from(control))
        .stdout(out.try_clone()?)
        .stderr(out)
        .process_group(0);
    let child = spawn::spawn(command)?;
    output::follow(words, name);
    Ok(child)
}
