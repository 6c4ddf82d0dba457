use tokio::process::{Child, Command};

#[cfg(unix)]
use rustix::process::{Pid, Signal, kill_process_group};

/// The program's own process group: it ends with all that is in it, unless the program ended itself.
/// On Windows the program alone is ended.
pub(super) struct Group {
    #[cfg(unix)]
    leader: Option<Pid>,
}

impl Group {
    /// A group of its own, and an environment of `PATH` and `LANG` alone.
    #[cfg(unix)]
    pub(super) fn prepare(command: &mut Command) {
        let environment = [
            ("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
            ("LANG", "C.UTF-8"),
        ];
        command.env_clear().envs(environment).process_group(0);
    }

    /// An environment of what the system's own programs do not run without, and no window.
    #[cfg(not(unix))]
    pub(super) fn prepare(command: &mut Command) {
        command.env_clear();
        for name in ["SystemRoot", "SystemDrive", "Path", "TEMP", "TMP"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        #[cfg(windows)]
        command.creation_flags(CREATE_NO_WINDOW);
    }

    #[cfg_attr(not(unix), expect(unused_variables, reason = "nothing is kept of it"))]
    pub(super) fn of(child: &Child) -> Self {
        Self {
            #[cfg(unix)]
            leader: child
                .id()
                .and_then(|id| i32::try_from(id).ok())
                .and_then(Pid::from_raw),
        }
    }

    /// The program ended by itself.
    pub(super) fn ended(&mut self) {
        #[cfg(unix)]
        {
            self.leader = None;
        }
    }
}

/// Of the flags of `CreateProcess`.
#[cfg(windows)]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // A group that is gone already is as good.
            let _ = kill_process_group(leader, Signal::KILL);
        }
    }
}
