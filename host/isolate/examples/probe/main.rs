//! A child for the tests of isolation: an extension that tries what its call's `reason` says.

#[cfg(target_os = "linux")]
mod kernel;
#[cfg(unix)]
mod unix;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

use deskhook_hooks::{
    About, Answer, Body, Call, Extension, ExtensionKind, Fault, Findings, Hook, HostCall, HostPort,
    Limit, Step, Tell,
};
use deskhook_isolate::{Desk, TestOutcome, serve};
use deskhook_wire::Opening;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("silent") => loop {
            std::thread::park();
        },
        #[cfg(target_os = "linux")]
        Some("without") => kernel::take_away(std::env::args().skip(2)),
        _ => {}
    }
    serve(Desk { open, test, check })
}

fn open(opening: &Opening) -> Result<Box<dyn Extension>, String> {
    match &*opening.parcel {
        "\"refuse\"" => Err("it does not like this".to_owned()),
        "\"panic\"" => panic!("it panics while it is loaded"),
        "\"die\"" => std::process::abort(),
        _ => Ok(Box::new(Probe(About {
            name: opening.name.clone(),
            version: "1".to_owned(),
            kind: ExtensionKind::Script,
            hooks: Hook::ALL.to_vec(),
            capabilities: vec![],
            timer_seconds: None,
            sha256: String::new(),
        }))),
    }
}

fn test(_opening: &Opening) -> Result<TestOutcome, String> {
    Ok(TestOutcome {
        cases: 2,
        failures: 1,
        first: Some("the second".to_owned()),
    })
}

/// A check that does what its name says, in the second of two steps.
fn check(opening: &Opening, name: &str, tell: &Tell<'_>) -> Result<Findings, String> {
    let begun = |number: u64, what: &str| Step::Begun {
        number,
        what: what.to_owned(),
        limit_micros: 500_000,
    };
    tell(begun(1, "getting ready"));
    tell(begun(2, name));
    tell(Step::Finished { number: 1 });
    let (what, rest) = name.split_once(' ').unwrap_or((name, ""));
    let mut findings = Findings::default();
    match what {
        "hang" => loop {
            std::thread::park();
        },
        "abort" => {
            let _ = writeln!(std::io::stdout(), "last words");
            std::process::abort();
        }
        "panic" => panic!("{rest}"),
        "no" => return Err(format!("there is no check {name:?}")),
        "write" => findings.problem(match std::fs::write(rest, "x") {
            Ok(()) => "written".to_owned(),
            Err(error) => error.to_string(),
        }),
        _ => findings.note(format!("{name} of {}", opening.name)),
    }
    tell(Step::Finished { number: 2 });
    Ok(findings)
}

/// Where the probe writes that it ended.
static TESTAMENT: Mutex<Option<String>> = Mutex::new(None);

struct Probe(About);

impl Drop for Probe {
    fn drop(&mut self) {
        let testament = TESTAMENT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = testament.as_ref() {
            let _ = std::fs::write(path, "in order");
        }
    }
}

impl Extension for Probe {
    fn about(&self) -> &About {
        &self.0
    }

    fn call(&self, call: &Call, limit: Limit, host: &HostPort) -> Result<Answer, Fault> {
        let Body::AddressRead(input) = &call.body else {
            return Ok(Answer::Nothing);
        };
        let (what, rest) = input.output.split_once(' ').unwrap_or((&input.output, ""));
        attempt(what, rest, (limit, host)).map(Answer::Value)
    }
}

fn attempt(what: &str, rest: &str, (limit, host): (Limit, &HostPort)) -> Result<String, Fault> {
    let tried = |result: std::io::Result<String>| Ok(result.unwrap_or_else(|e| e.to_string()));
    match what {
        "read" => tried(std::fs::read_to_string(rest)),
        "write" => tried(std::fs::write(rest, "x").map(|()| "written".to_owned())),
        "connect" => tried(std::net::TcpStream::connect(rest).map(|_| "connected".to_owned())),
        "run" => tried(
            std::process::Command::new(rest)
                .status()
                .map(|s| s.to_string()),
        ),
        "environment" => Ok(format!("{:?}", std::env::vars_os().collect::<Vec<_>>())),
        "thread" => tried(
            std::thread::spawn(|| "ran".to_owned())
                .join()
                .map_err(|_| std::io::Error::other("it panicked")),
        ),
        "hang" => loop {
            std::hint::spin_loop();
        },
        "abort" => std::process::abort(),
        "exit" => std::process::exit(rest.parse().unwrap_or_default()),
        "panic" => panic!("{rest}"),
        "memory" => Ok(vec![1_u8; 8 << 30].len().to_string()),
        "print" => flood(),
        "ask" => {
            let answer = host.ask(
                HostCall::Policy {
                    key: rest.to_owned(),
                },
                limit.wall,
            );
            Ok(answer.map_or_else(|error| error.to_string(), |value| value.to_string()))
        }
        "asker" => ask_for_ever(rest, (limit, host)),
        "abort-later" => tried(
            std::thread::Builder::new()
                .spawn(|| {
                    std::thread::sleep(std::time::Duration::from_millis(20));
                    std::process::abort();
                })
                .map(|_| "soon".to_owned()),
        ),
        "flood" => loop {
            let _ = host.ask(
                HostCall::Policy {
                    key: rest.to_owned(),
                },
                std::time::Duration::ZERO,
            );
        },
        _ => reach(what, rest).unwrap_or_else(|| Ok(format!("{what} {rest}"))),
    }
}

/// From now on a thread asks as often as it can, also between two calls.
fn ask_for_ever(key: &str, (limit, host): (Limit, &HostPort)) -> Result<String, Fault> {
    let (host, key) = (host.clone(), key.to_owned());
    let ask = move || {
        let call = HostCall::Policy { key: key.clone() };
        let _ = host.ask(call, limit.wall);
    };
    let thread = std::thread::Builder::new().spawn(move || {
        loop {
            ask();
        }
    });
    Ok(thread.map_or_else(|error| error.to_string(), |_| "asks".to_owned()))
}

/// What native code may be allowed; none for another attempt.
fn reach(what: &str, rest: &str) -> Option<Result<String, Fault>> {
    let tried =
        |result: std::io::Result<String>| Ok(result.unwrap_or_else(|error| error.to_string()));
    Some(match what {
        "udp" => tried(std::net::UdpSocket::bind(rest).map(|_| "bound".to_owned())),
        "testament" => {
            *TESTAMENT.lock().unwrap_or_else(PoisonError::into_inner) = Some(rest.to_owned());
            Ok(String::new())
        }
        "remove" => tried(std::fs::remove_file(rest).map(|()| "removed".to_owned())),
        "list" => tried(std::fs::read_dir(rest).map(|entries| entries.count().to_string())),
        #[cfg(unix)]
        _ => return unix::attempt(what, rest),
        #[cfg(not(unix))]
        _ => return None,
    })
}

fn flood() -> Result<String, Fault> {
    let line = "x".repeat(100);
    for _ in 0..2_000 {
        let _ = writeln!(std::io::stdout(), "{line}");
    }
    Ok("printed".to_owned())
}
