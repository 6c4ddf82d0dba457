//! What a hook of a Lua package costs as Deskhook runs it, beside the same Luau called through
//! mlua and nothing else, with the same data in and the same answer out. `deskhook-app` has a bench
//! of the same through the child process, and of what people use instead.
//!
//! `cargo bench -p deskhook-script --bench hook`

mod sample;
mod size;

use std::sync::Arc;

use deskhook_hooks::{Hook, HostPort, Limit};
use deskhook_script::Script;
use divan::{Bencher, black_box};
use mlua::{Function, Lua};

use size::{SIZES, Size};

fn main() {
    divan::main();
}

/// One call of `session.request`.
mod call {
    use deskhook_hooks::Extension as _;

    use super::{Bencher, Hook, HostPort, Limit, Lua, SIZES, Script, Size, black_box, sample};

    #[divan::bench(args = SIZES)]
    fn deskhook(bencher: Bencher<'_, '_>, size: Size) {
        let script = Script::new(sample::package(), &[]).expect("the package loads");
        let (call, limit) = (size.call(), Limit::of(Hook::SessionRequest, 0));
        let host = HostPort::through(|_, _| Ok(serde_json::Value::Null));
        bencher.bench_local(|| {
            let answer = script.call(black_box(&call), limit, &host);
            answer.expect("the check denies")
        });
    }

    #[divan::bench(args = SIZES)]
    fn bare_mlua(bencher: Bencher<'_, '_>, size: Size) {
        let (lua, call) = (Lua::new(), size.call());
        let handler = sample::handler(&lua);
        bencher.bench_local(|| sample::ask(&lua, &handler, black_box(&call)));
    }
}

/// From a package's files in memory to a state that can be called.
mod load {
    use super::{Arc, Bencher, Function, Lua, Script, sample};

    #[divan::bench]
    fn deskhook(bencher: Bencher<'_, '_>) {
        let package = sample::package();
        bencher.bench_local(|| Script::new(Arc::clone(&package), &[]));
    }

    #[divan::bench]
    fn bare_mlua() -> (Lua, Function) {
        let lua = Lua::new();
        let handler = sample::handler(&lua);
        (lua, handler)
    }
}
