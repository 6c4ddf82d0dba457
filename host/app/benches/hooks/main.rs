//! What a hook of a Lua package costs, in the agent and through the child process, beside the bare
//! thing each time: Luau called by mlua and nothing else, the same bytes to and fro between two
//! processes, and what people use instead (a shell, a script, a long-lived co-process).
//!
//! `cargo bench -p deskhook-app --bench hooks`

#[path = "../shared/coprocess.rs"]
mod coprocess;
mod lines;
#[path = "../../../script/benches/hook/sample.rs"]
mod sample;
#[path = "../../../script/benches/hook/size.rs"]
mod size;

use std::process::{Command, Stdio};
use std::sync::Arc;

use deskhook_hooks::{Call, Extension, Hook, HostPort, Limit};
use deskhook_isolate::{Isolated, Process, Program};
use deskhook_script::{Package, Script};
use deskhook_wire::{Confinement, Opening};
use divan::{Bencher, black_box};

use coprocess::CoProcess;
use size::{SIZES, Size};

fn main() {
    match std::env::args().nth(1).as_deref() {
        Some("pong") => coprocess::pong(),
        Some("bare") => bare(),
        _ => {
            coprocess::pin();
            divan::main();
        }
    }
}

/// Answers every frame with what a bare Lua state makes of it.
fn bare() {
    let lua = mlua::Lua::new();
    let handler = sample::handler(&lua);
    coprocess::answer_each(|bytes| {
        let input = serde_json::from_slice(bytes).expect("it is JSON");
        let call = Call::read(None, input).expect("it is a call");
        let verdict = sample::ask(&lua, &handler, &call);
        serde_json::to_vec(&verdict).expect("a verdict is JSON")
    });
}

fn host() -> HostPort {
    HostPort::through(|_, _| Ok(serde_json::Value::Null))
}

fn limit() -> Limit {
    Limit::of(Hook::SessionRequest, 0)
}

fn process() -> Process {
    let program = Program {
        path: env!("CARGO_BIN_EXE_deskhook").into(),
        arguments: vec!["extension-host".to_owned()],
    };
    Process::new("bench", program, Confinement::default())
}

fn open(process: &Process, package: &Package) -> Isolated {
    let parcel = serde_json::to_string(&package.parcel());
    let opening = Opening {
        name: package.name().to_owned(),
        kind: deskhook_hooks::ExtensionKind::Script,
        granted: vec![],
        parcel: parcel.expect("texts are JSON"),
    };
    let opened = process.open(package.about(), opening);
    opened.expect("the package loads in a child")
}

/// One call of `session.request`, to its verdict.
mod call {
    use super::{
        Bencher, CoProcess, Command, Extension as _, SIZES, Script, Size, Stdio, black_box, host,
        limit, lines, open, process, sample,
    };

    #[divan::bench(args = SIZES)]
    fn a_bare_mlua(bencher: Bencher<'_, '_>, size: Size) {
        let lua = mlua::Lua::new();
        let (handler, call) = (sample::handler(&lua), size.call());
        bencher.bench_local(|| sample::ask(&lua, &handler, black_box(&call)));
    }

    #[divan::bench(args = SIZES)]
    fn b_in_process(bencher: Bencher<'_, '_>, size: Size) {
        let script = Script::new(sample::package(), &[]).expect("the package loads");
        let (call, host) = (size.call(), host());
        bencher.bench_local(|| script.call(black_box(&call), limit(), &host));
    }

    #[divan::bench(args = SIZES)]
    fn c_bare_ping_pong(bencher: Bencher<'_, '_>, size: Size) {
        let mut child = CoProcess::start("pong");
        let bytes = serde_json::to_vec(&size.call()).expect("a call is JSON");
        bencher.bench_local(|| child.exchange(black_box(&bytes)));
    }

    #[divan::bench(args = SIZES)]
    fn d_bare_mlua_in_a_child(bencher: Bencher<'_, '_>, size: Size) {
        let mut child = CoProcess::start("bare");
        let call = size.call();
        bencher.bench_local(|| {
            let bytes = serde_json::to_vec(black_box(&call)).expect("a call is JSON");
            let answer = child.exchange(&bytes);
            let verdict = serde_json::from_slice::<deskhook_hooks::VerdictAnswer>(&answer);
            verdict.expect("the check denies")
        });
    }

    #[divan::bench(args = SIZES)]
    fn e_through_the_child(bencher: Bencher<'_, '_>, size: Size) {
        let process = process();
        let extension = open(&process, &sample::package());
        let (call, host) = (size.call(), host());
        bencher.bench_local(|| {
            let answer = extension.call(black_box(&call), limit(), &host);
            answer.expect("the check denies")
        });
    }

    #[divan::bench]
    fn f_python_co_process(bencher: Bencher<'_, '_>) {
        let mut python = lines::Lines::start(
            "python3",
            "import json, sys\nfor line in sys.stdin:\n    call = json.loads(line)\n    print(json.dumps({'verdict': 'allow'} if call.get('ticket') else {'verdict': 'deny', 'code': 'no-ticket', 'message': 'Please open a ticket first.'}), flush=True)",
        );
        let line = serde_json::to_string(&Size::Small.call()).expect("a call is JSON");
        bencher.bench_local(|| python.exchange(black_box(&line)));
    }

    #[divan::bench(sample_count = 30)]
    fn g_sh_c_true() {
        let status = Command::new("sh").args(["-c", "true"]).status();
        assert!(status.is_ok_and(|status| status.success()));
    }

    #[divan::bench(sample_count = 20)]
    fn h_python_script() {
        let script =
            "import json, sys; call = json.load(sys.stdin); print(json.dumps({'verdict': 'deny'}))";
        let mut python = Command::new("python3")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is installed");
        let input = python.stdin.take().expect("it has an input");
        serde_json::to_writer(input, &Size::Small.call()).expect("it reads its input");
        assert!(
            python
                .wait_with_output()
                .is_ok_and(|ended| ended.status.success())
        );
    }
}

/// From nothing, or from a package's files, to what can be called.
mod load {
    use super::{Arc, Bencher, CoProcess, Package, Script, open, process, sample};

    #[divan::bench]
    fn a_bare_state() -> (mlua::Lua, mlua::Function) {
        let lua = mlua::Lua::new();
        let handler = sample::handler(&lua);
        (lua, handler)
    }

    #[divan::bench]
    fn b_fresh_state_of_a_package(bencher: Bencher<'_, '_>) {
        let package = sample::package();
        bencher.bench_local(|| Script::new(Arc::clone(&package), &[]));
    }

    #[divan::bench]
    fn c_package_from_disk(bencher: Bencher<'_, '_>) {
        let folder = sample::folder();
        bencher.bench_local(|| {
            let package = Package::load(folder.path()).expect("it is a package");
            Script::new(package, &[]).expect("the package loads")
        });
    }

    /// What a change of its files costs in a child that runs.
    #[divan::bench]
    fn d_package_from_disk_into_a_running_child(bencher: Bencher<'_, '_>) {
        let folder = sample::folder();
        let process = process();
        process.start().expect("the child starts");
        bencher.bench_local(|| {
            let package = Package::load(folder.path()).expect("it is a package");
            open(&process, &package)
        });
    }

    /// What a reload costs: a new child, confined, with the package in it.
    #[divan::bench(sample_count = 30)]
    fn e_package_from_disk_into_a_new_child(bencher: Bencher<'_, '_>) {
        let folder = sample::folder();
        bencher.bench_local(|| {
            let package = Package::load(folder.path()).expect("it is a package");
            let process = process();
            let extension = open(&process, &package);
            (process, extension)
        });
    }

    #[divan::bench(sample_count = 30)]
    fn f_bare_child() {
        let mut child = CoProcess::start("pong");
        child.exchange(b"ready?");
    }
}
