use std::fs::{self, File};
use std::io;

use rustix::fs::{Mode, OFlags};
use rustix::process::{Resource, Rlimit, setrlimit, setsid, umask};

use super::places::Places;
use crate::Refusal;

/// Cuts this process off from whoever started it: no terminal, no open file but the three
/// standard ones, no core file, files that are for root to change. Refuses where its own file is
/// not the installed one, or not root's alone.
pub(crate) fn seclude(places: &Places) -> Result<(), Refusal> {
    let own = std::env::current_exe();
    let own = own.map_err(|error| Refusal::System("name this program's file", error))?;
    let own = places.ground.file(&own).map_err(Refusal::OwnFile)?;
    let installed = places.ground.file(&places.deskhook);
    if own != installed.map_err(Refusal::OwnFile)? {
        return Err(Refusal::Elsewhere(own));
    }
    refuse_handles()?;
    leave_terminal()?;
    umask(Mode::WGRP | Mode::WOTH);
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)
        .map_err(|error| Refusal::System("limit core files", error.into()))
}

/// A file that whoever started us left open would be open in the program too. Both pkexec and sudo
/// close them, so one that is open is not theirs.
fn refuse_handles() -> Result<(), Refusal> {
    let unlisted = |error| Refusal::System("list open files", error);
    for entry in fs::read_dir("/proc/self/fdinfo").map_err(unlisted)? {
        let name = entry.map_err(unlisted)?.file_name();
        let number: u32 = name
            .to_str()
            .and_then(|name| name.parse().ok())
            .ok_or_else(|| unlisted(io::ErrorKind::InvalidData.into()))?;
        let info = fs::read_to_string(format!("/proc/self/fdinfo/{number}"));
        if number > 2 && info.is_ok_and(|info| !closes_on_exec(&info)) {
            return Err(Refusal::Handle(number));
        }
    }
    Ok(())
}

/// `flags:` are octal in proc_pid_fdinfo(5). What cannot be read does not close.
fn closes_on_exec(info: &str) -> bool {
    let flags = info.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & OFlags::CLOEXEC.bits() != 0)
}

/// A session of our own has no terminal. Whoever leads one already keeps it; that is fine as long
/// as it has none either.
fn leave_terminal() -> Result<(), Refusal> {
    match setsid() {
        Ok(_) => Ok(()),
        Err(_) if File::open("/dev/tty").is_err() => Ok(()),
        Err(_) => Err(Refusal::Terminal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_file_that_closes_by_itself_may_be_open() {
        assert!(closes_on_exec("pos:\t0\nflags:\t02100000\nmnt_id:\t25\n"));
        for info in ["pos:\t0\nflags:\t0100002\n", "", "flags:\tnine\n"] {
            assert!(!closes_on_exec(info), "{info:?}");
        }
    }
}
