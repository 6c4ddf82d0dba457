use std::io;
use std::os::fd::AsFd;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, Signal, kill_process_group, pidfd_open};

use crate::Refusal;

/// All that the program finds in its environment.
const ENVIRONMENT: &[(&str, &str)] = &[
    ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
    ("HOME", "/root"),
    ("USER", "root"),
    ("LOGNAME", "root"),
    ("SHELL", "/bin/sh"),
    ("LANG", "C.UTF-8"),
];

/// One program to be run once.
pub(crate) struct Task<'a> {
    /// Its file, believed, with all links resolved.
    pub(crate) file: &'a Path,
    /// Its name as the order wrote it: what it sees as its own.
    pub(crate) name: &'a str,
    /// Its arguments.
    pub(crate) arguments: &'a [String],
    /// How long it may run.
    pub(crate) limit: Duration,
}

/// Runs the program to its end, to its limit, or until whoever holds the other end of `leash`
/// lets go. Then everything that is left of its process group is killed. Returns its exit code, or
/// 128 + N where signal N ended it.
pub(crate) fn run(task: &Task<'_>, leash: impl AsFd) -> Result<i32, Refusal> {
    let started = |source| Refusal::Start {
        program: task.name.to_owned(),
        source,
    };
    let mut child = command(task).spawn().map_err(started)?;
    let group = group(&child);
    let watched = watch(group, task.limit, leash);
    // It is not yet waited for, so that nobody else can have its number.
    let _ = kill_process_group(group, Signal::KILL);
    let status = child.wait();
    watched.map_err(|error| Refusal::System("watch a program", error))?;
    let status = status.map_err(|error| Refusal::System("wait for a program", error))?;
    let signal = status.signal().map(|signal| 128 + signal);
    Ok(status.code().or(signal).unwrap_or(-1))
}

fn command(task: &Task<'_>) -> Command {
    let mut command = Command::new(task.file);
    command
        .arg0(task.name)
        .args(task.arguments)
        .env_clear()
        .envs(ENVIRONMENT.iter().copied())
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .process_group(0);
    command
}

fn group(child: &Child) -> Pid {
    let id = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    id.expect("the kernel's process ids are positive i32")
}

/// Returns when the program has ended, its time is up, or the leash is let go.
fn watch(program: Pid, limit: Duration, leash: impl AsFd) -> io::Result<()> {
    let program = pidfd_open(program, PidfdFlags::empty())?;
    let deadline = Instant::now() + limit;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(());
        }
        // Asked for nothing, a pipe still tells when its other end is closed.
        let mut ends = [
            PollFd::new(&program, PollFlags::IN),
            PollFd::new(&leash, PollFlags::empty()),
        ];
        let left = Timespec::try_from(left).map_err(io::Error::other)?;
        match poll(&mut ends, Some(&left)) {
            Ok(_) if ends[0].revents().contains(PollFlags::IN) => return Ok(()),
            Ok(_) if ends[1].revents().contains(PollFlags::HUP) => return Ok(()),
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests;
