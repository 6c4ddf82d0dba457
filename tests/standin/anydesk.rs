//! A strict stand-in for AnyDesk's Linux client: the part of the documented command line that
//! Deskhook uses, and the ways in which it is known to fail. Anything else is an error, so that a
//! test notices when Deskhook says something that the real client would not understand.
//!
//! Started without arguments it is the portable client: it runs its own local service until it is
//! ended. `--service` runs the installed one. The others ask that service, over a socket in
//! `~/.anydesk`, where the real client keeps its settings too; `standin.conf` in that folder says
//! how it behaves.

#[path = "anydesk/behaviour.rs"]
mod behaviour;
#[path = "anydesk/daemon.rs"]
mod daemon;

use std::io::Write as _;
use std::process::ExitCode;

use behaviour::{Behaviour, Fault};

/// What the real client prints when its service is not there.
const NOT_RUNNING: &str = "SERVICE_NOT_RUNNING";

const VERSION: &str = "7.1.3";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let behaviour = match Behaviour::read() {
        Ok(behaviour) => behaviour,
        Err(error) => return fail(&format!("standin.conf: {error}")),
    };
    match arguments.as_slice() {
        [] | ["--service"] if behaviour.fault == Some(Fault::ExitsAtOnce) => ExitCode::from(1),
        [] => daemon::run(&behaviour, daemon::Kind::Portable),
        ["--service"] => daemon::run(&behaviour, daemon::Kind::Installed),
        ["--version"] => say(VERSION),
        [question @ ("--get-id" | "--get-alias" | "--get-status")] => ask(&behaviour, question),
        ["--stop-service"] => ask(&behaviour, "--stop-service"),
        _ => fail(&format!("unknown command line: {}", arguments.join(" "))),
    }
}

fn ask(behaviour: &Behaviour, question: &str) -> ExitCode {
    match daemon::ask(behaviour, question) {
        Some(answer) => say(&answer),
        None => {
            say(NOT_RUNNING);
            ExitCode::from(1)
        }
    }
}

fn say(text: &str) -> ExitCode {
    let line = if text.is_empty() {
        String::new()
    } else {
        format!("{text}\n")
    };
    match std::io::stdout().write_all(line.as_bytes()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(1),
    }
}

fn fail(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "anydesk: {text}");
    ExitCode::from(2)
}
