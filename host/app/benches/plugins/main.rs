//! What a hook of a native plugin costs through its child, beside a bare ping-pong of the same bytes
//! between two processes each time; what its child costs to start, and how much memory it has.
//!
//! `cargo bench -p deskhook-app --bench plugins`

#[path = "../../../native/benches/call/built.rs"]
mod built;
#[path = "../shared/coprocess.rs"]
mod coprocess;
#[path = "../../../script/benches/hook/size.rs"]
mod size;

use std::io::Write as _;

use deskhook_hooks::{Call, Extension as _, Hook, HostPort, Limit, VerdictAnswer};
use deskhook_isolate::{Isolated, Process, Program};
use deskhook_native::Verified;
use deskhook_wire::{Confinement, NativeReach, Opening};
use divan::{Bencher, black_box};
use serde_json::Value;

use built::Built;
use coprocess::CoProcess;
use size::{SIZES, Size};

/// One that asks the host for two keys of policy, and one that does nothing but abstain.
const PLUGINS: [Built; 2] = [Built::FreeSpace, Built::Abstainer];

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("pong") => coprocess::pong(),
        Some("values") => values(),
        _ => {
            coprocess::pin();
            divan::main();
            PLUGINS.into_iter().for_each(tell_memory);
        }
    }
}

/// Answers every frame with a verdict, having read the call.
fn values() {
    coprocess::answer_each(|bytes| {
        let input: Value = serde_json::from_slice(bytes).expect("it is JSON");
        black_box(Call::read(None, input).expect("it is a call"));
        serde_json::to_vec(&VerdictAnswer::Allow {}).expect("a verdict is JSON")
    });
}

fn host() -> HostPort {
    HostPort::through(|_, _| Ok(Value::Null))
}

fn limit() -> Limit {
    Limit::of(Hook::SessionRequest, 0)
}

/// A child as the agent makes one for a plugin with no grants and no folder.
fn process(verified: &Verified) -> Process {
    let program = Program {
        path: env!("CARGO_BIN_EXE_deskhook").into(),
        arguments: vec!["extension-host".to_owned()],
    };
    let confinement = Confinement {
        memory_mib: 1024,
        native: Some(NativeReach {
            read: vec![verified.library().to_owned()],
            ..NativeReach::default()
        }),
    };
    Process::new("bench", program, confinement)
}

fn open(process: &Process, verified: &Verified) -> Isolated {
    let parcel = serde_json::to_string(verified);
    let opening = Opening {
        name: verified.about().name,
        kind: deskhook_hooks::ExtensionKind::Plugin,
        granted: vec![],
        parcel: parcel.expect("texts are JSON"),
    };
    let opened = process.open(verified.about(), opening);
    opened.expect("the plugin loads in a child")
}

/// One call of `session.request`, to its verdict.
mod call {
    use super::{
        Bencher, Built, CoProcess, SIZES, Size, VerdictAnswer, black_box, host, limit, open,
        process,
    };
    use deskhook_hooks::Extension as _;

    #[divan::bench(args = SIZES)]
    fn a_in_process(bencher: Bencher<'_, '_>, size: Size) {
        let (plugin, call, host) = (Built::Abstainer.open(), size.call(), host());
        bencher.bench_local(|| plugin.call(black_box(&call), limit(), &host));
    }

    #[divan::bench(args = SIZES)]
    fn b_bare_ping_pong(bencher: Bencher<'_, '_>, size: Size) {
        let mut child = CoProcess::start("pong");
        let bytes = serde_json::to_vec(&size.call()).expect("a call is JSON");
        bencher.bench_local(|| child.exchange(black_box(&bytes)));
    }

    /// The same where both sides write and read what they say, as JSON.
    #[divan::bench(args = SIZES)]
    fn c_ping_pong_of_values(bencher: Bencher<'_, '_>, size: Size) {
        let mut child = CoProcess::start("values");
        let call = size.call();
        bencher.bench_local(|| {
            let bytes = serde_json::to_vec(black_box(&call)).expect("a call is JSON");
            let answer = child.exchange(&bytes);
            serde_json::from_slice::<VerdictAnswer>(&answer).expect("a verdict")
        });
    }

    #[divan::bench(args = SIZES)]
    fn d_through_the_child(bencher: Bencher<'_, '_>, size: Size) {
        let installed = Built::Abstainer.installed();
        let verified = installed.verified();
        let process = process(&verified);
        let extension = open(&process, &verified);
        let (call, host) = (size.call(), host());
        bencher.bench_local(|| {
            let answer = extension.call(black_box(&call), limit(), &host);
            answer.expect("it abstains")
        });
    }

    /// What no encoding saves: whoever receives values has to make them.
    #[divan::bench(args = SIZES)]
    fn e_making_the_values_alone(bencher: Bencher<'_, '_>, size: Size) {
        let call = size.call();
        bencher.bench_local(|| black_box(&call).clone());
    }
}

/// From a judged library to what can be called.
mod load {
    use super::{Bencher, Built, CoProcess, PLUGINS, open, process};

    #[divan::bench(args = PLUGINS, sample_count = 30)]
    fn a_into_a_new_child(bencher: Bencher<'_, '_>, plugin: Built) {
        let installed = plugin.installed();
        let verified = installed.verified();
        bencher.bench_local(|| {
            let process = process(&verified);
            let extension = open(&process, &verified);
            (process, extension)
        });
    }

    #[divan::bench(sample_count = 30)]
    fn b_bare_child() {
        let mut child = CoProcess::start("pong");
        child.exchange(b"ready?");
    }
}

/// The memory of a child, after a call. The pages of a program that was just built count as written
/// until the disk has them.
fn tell_memory(plugin: Built) {
    let installed = plugin.installed();
    let verified = installed.verified();
    let process = process(&verified);
    let extension = open(&process, &verified);
    let answered = extension.call(&Size::Small.call(), limit(), &host());
    answered.expect("it answers");
    let rollup = process.pid().map(|pid| format!("/proc/{pid}/smaps_rollup"));
    let Some(Ok(rollup)) = rollup.map(std::fs::read_to_string) else {
        return say(&format!(
            "memory of the child of {plugin}: not told by this system"
        ));
    };
    let kib = |name: &str| -> u64 {
        let lines = rollup.lines().filter(|line| line.starts_with(name));
        let numbers = lines.filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok());
        numbers.sum()
    };
    say(&format!(
        "memory of the child of {plugin}: {:.1} MiB written, {:.1} MiB of the program's own pages, which an agent at work has as well",
        kib("Private_Dirty:") as f64 / 1024.0,
        kib("Private_Clean:") as f64 / 1024.0
    ));
}

fn say(line: &str) {
    // Whoever reads the figures may have gone.
    let _ = writeln!(std::io::stdout(), "{line}");
}
