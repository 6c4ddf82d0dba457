//! The local service, and the questions put to it.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Instant;

use crate::behaviour::{Behaviour, Fault};

/// Which client runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A downloaded file: it has a number and no alias.
    Portable,
    /// Installed, with a service of the machine.
    Installed,
}

/// Runs until it is told to stop.
pub(crate) fn run(behaviour: &Behaviour, kind: Kind) -> ExitCode {
    if ask(behaviour, "--get-status").is_some() {
        return ExitCode::SUCCESS; // the one that runs already shows its window
    }
    let socket = behaviour.folder.join("service.sock");
    let _ = fs::remove_file(&socket);
    let Ok(listener) = UnixListener::bind(&socket) else {
        return ExitCode::from(1);
    };
    let started = Instant::now();
    let (stop, stopped) = mpsc::channel();
    thread::scope(|scope| {
        let answers = Answers {
            behaviour,
            kind,
            started,
        };
        scope.spawn(move || serve(&listener, &answers, &stop));
        match stopped.recv_timeout(behaviour.ready_after) {
            Ok(()) => {}
            Err(_) if behaviour.fault == Some(Fault::CrashesAfterStart) => std::process::abort(),
            Err(_) => drop(stopped.recv()),
        }
        let _ = fs::remove_file(&socket);
        std::process::exit(0);
    })
}

/// Puts a question to the service; none when it is not running.
pub(crate) fn ask(behaviour: &Behaviour, question: &str) -> Option<String> {
    let mut service = UnixStream::connect(behaviour.folder.join("service.sock")).ok()?;
    writeln!(service, "{question}").ok()?;
    let mut answer = String::new();
    service.read_to_string(&mut answer).ok()?;
    Some(answer)
}

struct Answers<'a> {
    behaviour: &'a Behaviour,
    kind: Kind,
    started: Instant,
}

impl Answers<'_> {
    fn to(&self, question: &str) -> String {
        let fault = self.behaviour.fault;
        let ready = fault != Some(Fault::NeverReady)
            && self.started.elapsed() >= self.behaviour.ready_after;
        match question {
            "--get-id" if fault == Some(Fault::PrintsGarbage) => {
                "(anydesk:7): Gtk-WARNING **: cannot open display: \u{1b}[31m".to_owned()
            }
            "--get-id" if ready => self.behaviour.id.clone(),
            "--get-id" if fault == Some(Fault::ZeroUntilReady) => "0".to_owned(),
            "--get-alias" if ready && self.kind == Kind::Installed => {
                self.behaviour.alias.clone().unwrap_or_default()
            }
            "--get-status" if ready => "online".to_owned(),
            "--get-status" => "offline".to_owned(),
            _ => String::new(),
        }
    }
}

fn serve(listener: &UnixListener, answers: &Answers<'_>, stop: &mpsc::Sender<()>) {
    let mut kept_waiting = Vec::new();
    for mut client in listener.incoming().flatten() {
        let mut question = String::new();
        let _ = BufReader::new(&client).read_line(&mut question);
        let question = question.trim();
        if answers.behaviour.fault == Some(Fault::Hangs) && question != "--stop-service" {
            kept_waiting.push(client);
            continue;
        }
        let _ = client.write_all(answers.to(question).as_bytes());
        if question == "--stop-service" {
            let _ = stop.send(());
        }
    }
}
