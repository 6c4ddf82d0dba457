//! Whatever an extension does to its process, a call of it ends in time, the agent goes on, and
//! the next call has a child.

mod check;
#[cfg(unix)]
mod native;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

#[cfg(unix)]
use unix::{holds, is_alive, system_program};
#[cfg(windows)]
use windows::{holds, is_alive, system_program};

use deskhook_hooks::{
    About, AddressRead, Answer, Call, Context, Extension, ExtensionKind, Fault, Hook, HostPort,
    HostQuestion, Limit,
};
use deskhook_isolate::{Isolated, OpenError, Process, Program};
use deskhook_wire::{Confinement, NativeReach, Opening};
use serde_json::json;

const LIMIT: Limit = Limit {
    cpu: Duration::from_millis(500),
    wall: Duration::from_millis(500),
};
/// How a process that aborts, and one that exits with 7, are told.
pub(crate) const ABORTED: &str = if cfg!(windows) {
    "0xc0000409"
} else {
    "signal: 6"
};
const EXITED: &str = if cfg!(windows) {
    "exit code: 7"
} else {
    "exit status: 7"
};
/// Ten times looser than what is promised.
const BOUND: Duration = Duration::from_millis((500 + 250) * 10);

pub(crate) fn program(arguments: &[&str]) -> Program {
    let tests = std::env::current_exe().expect("a test is a file");
    let built = tests.parent().and_then(|deps| deps.parent());
    let built = built.expect("it lies in the target folder");
    Program {
        path: built
            .join("examples/probe")
            .with_extension(std::env::consts::EXE_EXTENSION),
        arguments: arguments.iter().map(|text| (*text).to_owned()).collect(),
    }
}

pub(crate) fn process() -> Process {
    let confinement = Confinement {
        memory_mib: 256,
        native: None,
    };
    Process::new("probe", program(&[]), confinement)
}

pub(crate) fn opening(name: &str, parcel: &str) -> Opening {
    Opening {
        name: name.to_owned(),
        kind: ExtensionKind::Script,
        granted: vec![],
        parcel: serde_json::to_string(parcel).expect("a text is JSON"),
    }
}

pub(crate) fn about(name: &str) -> About {
    About {
        name: name.to_owned(),
        version: "1".to_owned(),
        kind: ExtensionKind::Script,
        hooks: Hook::ALL.to_vec(),
        capabilities: vec![],
        timer_seconds: None,
        sha256: String::new(),
    }
}

pub(crate) fn open(process: &Process, name: &str) -> Isolated {
    let opened = process.open(about(name), opening(name, "good"));
    opened.expect("the probe opens")
}

fn nobody() -> HostPort {
    HostPort::new("nobody", mpsc::channel::<HostQuestion>().0)
}

pub(crate) fn call(extension: &Isolated, what: &str) -> Result<String, Fault> {
    call_with(extension, what, &nobody())
}

fn call_with(extension: &Isolated, what: &str, host: &HostPort) -> Result<String, Fault> {
    let input = AddressRead {
        client: "x".to_owned(),
        output: what.to_owned(),
    };
    let call = Call::new(Hook::AddressRead, Context::default(), input);
    let begun = Instant::now();
    let answer = extension.call(&call, LIMIT, host);
    assert!(begun.elapsed() < BOUND, "{what}: {:?}", begun.elapsed());
    answer.map(|answer| match answer {
        Answer::Value(text) => text,
        other => panic!("{what}: {other:?}"),
    })
}

#[test]
fn a_call_that_does_not_come_back_is_ended_with_its_child_and_the_next_one_works() {
    let process = process();
    let extension = open(&process, "probe");
    let first = process.pid().unwrap();
    let fault = call(&extension, "hang").unwrap_err();
    assert!(matches!(fault, Fault::Late { millis: 500, .. }), "{fault}");
    assert_eq!(process.pid(), None, "the child is gone");
    assert_eq!(call(&extension, "echo 1").unwrap(), "echo 1");
    assert_ne!(process.pid().unwrap(), first);
}

#[test]
fn a_child_that_dies_takes_its_call_with_it_and_nothing_else() {
    let process = process();
    let extension = open(&process, "probe");
    for (what, said) in [
        ("abort", ABORTED),
        ("exit 7", EXITED),
        ("panic oh no", "oh no"),
        ("memory", ABORTED),
    ] {
        if what == "memory" && !holds() {
            continue;
        }
        let fault = call(&extension, what).unwrap_err();
        assert!(matches!(fault, Fault::Crashed { .. }), "{what}: {fault}");
        assert!(fault.to_string().contains(said), "{what}: {fault}");
        again(&extension);
    }
}

/// Kills its child. A machine that starts children slowly may have no time left for the call.
fn dies(extension: &Isolated) -> Fault {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let fault = call(extension, "abort").expect_err("the probe aborts");
        let is_late = matches!(&fault, Fault::Away { message } if message.contains("its turn"));
        if !is_late || Instant::now() > patience {
            return fault;
        }
    }
}

/// Calls until the child has had its rest after dying.
pub(crate) fn again(extension: &Isolated) {
    let patience = Instant::now() + Duration::from_secs(60);
    while let Err(fault) = call(extension, "echo again") {
        assert!(matches!(fault, Fault::Away { .. }), "{fault}");
        assert!(Instant::now() < patience, "{fault}");
        std::thread::yield_now();
    }
}

#[test]
fn a_child_that_keeps_dying_is_started_ever_more_seldom() {
    let process = process();
    let extension = open(&process, "probe");
    // Short rests are waited out; the fifth is longer than a call may take.
    for _ in 0..5 {
        let fault = dies(&extension);
        assert!(matches!(fault, Fault::Crashed { .. }), "{fault}");
    }
    let fault = call(&extension, "echo").unwrap_err();
    assert!(matches!(fault, Fault::Away { .. }), "{fault}");
    assert!(fault.to_string().contains("died 5 times"), "{fault}");
    again(&extension);
}

#[test]
fn a_flood_of_output_or_of_questions_is_bounded() {
    let extension = open(&process(), "probe");
    assert_eq!(call(&extension, "print").unwrap(), "printed");
    let fault = call(&extension, "flood Some.Key").unwrap_err();
    assert!(matches!(fault, Fault::Late { .. }), "{fault}");
    again(&extension);
}

#[test]
fn a_question_goes_up_and_its_answer_down() {
    let (questions, inbox) = mpsc::channel::<HostQuestion>();
    let host = HostPort::new("probe", questions);
    let desk = std::thread::spawn(move || {
        for question in inbox.iter().take(2) {
            let reply = Ok(json!({"asked": question.extension}));
            question.reply.send(reply).unwrap();
        }
        // Whoever asks a third time is not answered, until this ends.
        inbox
    });
    let extension = open(&process(), "probe");
    for _ in 0..2 {
        let answer = call_with(&extension, "ask Some.Key", &host).unwrap();
        assert_eq!(answer, r#"{"asked":"probe"}"#);
    }
    let _unanswered = desk.join().unwrap();
    let answer = call_with(&extension, "ask Some.Key", &host).unwrap();
    assert_eq!(answer, "the host did not answer in time");
    assert_eq!(
        call(&extension, "echo 1").unwrap(),
        "echo 1",
        "late answers are no trouble"
    );
}

#[test]
fn a_child_that_dies_between_two_calls_is_found_out_and_costs_neither() {
    let process = process();
    let extension = open(&process, "probe");
    for _ in 0..2 {
        dies_later(&process, &extension);
        assert_eq!(call(&extension, "echo 1").unwrap(), "echo 1");
    }
}

#[test]
fn a_plugin_whose_child_dies_between_two_calls_again_has_failed() {
    let confinement = Confinement {
        memory_mib: 256,
        native: Some(NativeReach::default()),
    };
    let process = Process::new("probe", program(&[]), confinement);
    let opening = Opening {
        kind: ExtensionKind::Plugin,
        ..opening("probe", "good")
    };
    let extension = process.open(about("probe"), opening).unwrap();
    dies_later(&process, &extension);
    assert_eq!(call(&extension, "echo 1").unwrap(), "echo 1");
    dies_later(&process, &extension);
    let fault = call(&extension, "echo 2").unwrap_err();
    assert!(matches!(fault, Fault::Crashed { .. }), "{fault}");
    assert_eq!(call(&extension, "echo 3").unwrap(), "echo 3");
}

/// Has the child end after the call is over, and waits until that is seen.
fn dies_later(process: &Process, extension: &Isolated) {
    assert_eq!(
        call(extension, "abort-later").expect("it answers first"),
        "soon"
    );
    let until = Instant::now() + BOUND;
    while process.pid().is_some() {
        assert!(Instant::now() < until, "its death should be seen");
        std::thread::yield_now();
    }
}

#[test]
fn a_thread_that_asks_at_any_time_takes_no_call_away() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&asked);
    let host = HostPort::through(move |_, _| {
        counting.fetch_add(1, Ordering::Relaxed);
        Ok(json!(null))
    });
    let process = process();
    let extension = open(&process, "probe");
    let first = process.pid();
    for _ in 0..16 {
        let asker = call_with(&extension, "asker Some.Key", &host);
        assert_eq!(asker.unwrap(), "asks");
    }
    for number in 0..2_000 {
        let echo = format!("echo {number}");
        assert_eq!(call_with(&extension, &echo, &host).unwrap(), echo);
    }
    assert_eq!(process.pid(), first, "it is the same child");
    assert!(asked.load(Ordering::Relaxed) > 0, "it did ask");
}

#[test]
fn one_that_kills_the_child_costs_its_neighbours_nothing() {
    let process = process();
    let names = ["one", "two", "three", "bad"];
    let extensions = names.map(|name| open(&process, name));
    let calls = extensions.each_ref().map(|extension| {
        let what = if extension.about().name == "bad" {
            "abort"
        } else {
            "echo fine"
        };
        (extension, what)
    });
    let results = Mutex::new(vec![]);
    std::thread::scope(|scope| {
        for (extension, what) in calls {
            let results = &results;
            scope.spawn(move || {
                for _ in 0..20 {
                    let result = call(extension, what);
                    results
                        .lock()
                        .unwrap()
                        .push((extension.about().name.clone(), result));
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    let of_bad = |(name, _): &&(String, _)| name == "bad";
    assert!(
        results
            .iter()
            .filter(of_bad)
            .all(|(_, result)| result.is_err())
    );
    let neighbours = results.iter().filter(|one| !of_bad(one));
    for (name, result) in neighbours.clone() {
        // A neighbour may find the child resting; it is never blamed for a death.
        let fine = result.as_ref().is_ok_and(|text| text == "echo fine");
        let away = matches!(result, Err(Fault::Away { .. }));
        assert!(fine || away, "{name}: {result:?}");
    }
    // Once nobody kills it any more, each is answered.
    extensions[..3].iter().for_each(again);
}

#[test]
fn an_extension_that_is_needed_no_more_ends_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let native = deskhook_wire::NativeReach {
        own: Some(folder.path().to_owned()),
        ..Default::default()
    };
    let confinement = Confinement {
        memory_mib: 256,
        native: Some(native),
    };
    let process = Process::new("probe", program(&[]), confinement);
    let extension = open(&process, "probe");
    let note = folder.path().join("ended");
    call(&extension, &format!("testament {}", note.display())).unwrap();
    let pid = process.pid().unwrap();
    drop((extension, process));
    assert_eq!(std::fs::read_to_string(note).unwrap(), "in order");
    assert!(!is_alive(pid));
}

#[test]
fn an_extension_that_does_not_load_says_why() {
    let process = process();
    let refused = |parcel: &str| {
        let opened = process.open(about("probe"), opening("probe", parcel));
        opened.err().unwrap()
    };
    assert_eq!(refused("refuse").to_string(), "it does not like this");
    assert_eq!(refused("panic").to_string(), "it panics while it is loaded");
    assert!(matches!(refused("die"), OpenError::Died(ending) if ending.contains(ABORTED)));
    let outcome = process.test(&opening("probe", "good")).unwrap();
    assert_eq!((outcome.cases, outcome.failures), (2, 1));
}

#[test]
fn a_program_that_is_no_child_of_ours_is_told() {
    let missing = Program {
        path: "/nowhere/deskhook".into(),
        arguments: vec![],
    };
    let other = Program {
        path: system_program(),
        arguments: vec![],
    };
    for program in [missing, other] {
        let process = Process::new("probe", program, Confinement::default());
        let opened = process.open(about("probe"), opening("probe", "good"));
        assert!(matches!(opened.err(), Some(OpenError::Start(_))));
    }
}

#[test]
fn the_child_ends_when_its_last_extension_is_dropped() {
    let process = process();
    let extension = Arc::new(open(&process, "probe"));
    let pid = process.pid().unwrap();
    drop(process);
    assert_eq!(call(&extension, "echo 1").unwrap(), "echo 1");
    drop(extension);
    assert!(!is_alive(pid));
}
