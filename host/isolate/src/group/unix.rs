use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command};

use deskhook_wire::Confinement;
use rustix::process::{Pid, Signal, kill_process_group};

/// The process group of a child.
pub(crate) struct Group {
    leader: Option<Pid>,
}

impl Group {
    /// What this holds a child by, beside what the child does itself.
    pub(crate) const HOLDS: [&str; 0] = [];

    /// Makes what `command` starts the leader of a group.
    pub(crate) fn prepare(command: &mut Command) {
        command.arg0("deskhook").process_group(0);
    }

    #[expect(clippy::unnecessary_wraps, reason = "a job object may be refused")]
    pub(crate) fn of(child: &Child, _: &Confinement) -> io::Result<Self> {
        let leader = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        Ok(Self { leader })
    }

    /// Ends all of it. The child must not have been waited for.
    pub(crate) fn end(&self) {
        if let Some(leader) = self.leader {
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}
