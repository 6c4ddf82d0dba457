use std::io;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::Exit;

/// A process of ours, leader of a process group of its own, until it has been reaped: its number
/// cannot become another program's while this holds it.
#[derive(Clone)]
pub(crate) struct Owned {
    group: Pid,
    child: Arc<Mutex<Option<Child>>>,
}

impl Owned {
    pub(crate) fn new(child: Child) -> Self {
        Self {
            group: Pid::from_child(&child),
            child: Arc::new(Mutex::new(Some(child))),
        }
    }

    /// Waits until the leader ends, ends what is left of its group, and reaps it. Called once.
    pub(crate) fn wait(&self) -> Exit {
        let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while let Err(rustix::io::Errno::INTR) = waitid(WaitId::Pid(self.group), ended) {}
        let mut child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        let _gone = kill_process_group(self.group, Signal::KILL);
        let status = child.take().and_then(|mut child| child.wait().ok());
        Exit {
            code: status.and_then(|status| status.code()),
            signal: status.and_then(|status| status.signal()),
        }
    }

    /// Asks the whole group to end.
    pub(crate) fn terminate(&self) {
        self.send(Signal::TERM);
    }

    /// Ends the whole group.
    pub(crate) fn kill(&self) {
        self.send(Signal::KILL);
    }

    fn send(&self, signal: Signal) {
        let child = self.child.lock().unwrap_or_else(PoisonError::into_inner);
        if child.is_some() {
            // A group that is gone has ended, which is what was wanted.
            let _gone = kill_process_group(self.group, signal);
        }
    }
}

/// Gives the command a process group of its own, so that it can be ended with all its children
/// and a terminal's Ctrl-C does not reach it.
pub(crate) fn own_group(command: &mut Command) {
    command.process_group(0);
}

/// Ends the process group of `leader`, which has not been reaped yet.
pub(crate) fn end_group(leader: u32) {
    let group = i32::try_from(leader).ok().and_then(Pid::from_raw);
    if let Some(group) = group {
        let _gone = kill_process_group(group, Signal::KILL);
    }
}

/// Lets the kernel end the command's process when the thread that starts it ends.
#[cfg(target_os = "linux")]
pub(crate) fn die_with_parent(command: &mut Command) {
    let parent = rustix::process::getpid();
    let bind = move || -> io::Result<()> {
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        // The parent may have ended before the line above.
        if rustix::process::getppid() == Some(parent) {
            Ok(())
        } else {
            Err(rustix::io::Errno::SRCH.into())
        }
    };
    // SAFETY: between fork and exec `bind` makes two system calls; it takes no lock and no memory.
    unsafe { command.pre_exec(bind) };
}
