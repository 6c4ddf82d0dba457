//! What a hook of a Lua package costs as Deskhook runs it, beside the same Luau called through
//! mlua and nothing else, with the same data in and the same answer out.
//!
//! `cargo bench -p deskhook-script --bench hook`

use std::fmt;
use std::path::Path;

use deskhook_hooks::{Call, Context, Device, Hook, Person, SessionRequest, VerdictAnswer};
use deskhook_script::{Package, Script};
use mlua::serde::ser::Options;
use mlua::{Function, Lua, LuaSerdeExt as _};

/// What both run: a check that reads the call and denies.
const HANDLER: &str = r#"function(ctx)
  if ctx.ticket then return { verdict = "allow" } end
  return { verdict = "deny", code = "no-ticket", message = "Please open a ticket first." }
end"#;

const MANIFEST: &str =
    r#"{"name": "sample", "version": "1.0.0", "api": 1, "hooks": ["session.request"]}"#;

fn main() {
    divan::main();
}

/// How much a hook is given.
#[derive(Clone, Copy)]
enum Size {
    /// What a small organisation's device says of itself.
    Small,
    /// 64 KiB in one text: the reason.
    Text,
    /// 64 KiB in many texts: 2,048 groups of 32 bytes.
    List,
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Small => "small",
            Self::Text => "64 KiB, one text",
            Self::List => "64 KiB, 2,048 texts",
        })
    }
}

const SIZES: [Size; 3] = [Size::Small, Size::Text, Size::List];

impl Size {
    fn call(self) -> Call {
        let groups = match self {
            Self::List => (0..2048)
                .map(|index| format!("{index:04} {}", "g".repeat(27)))
                .collect(),
            _ => vec!["Berlin".to_owned(), "Office".to_owned()],
        };
        let reason = match self {
            Self::Text => "r".repeat(64 << 10),
            _ => "The printer on the second floor does not print.".to_owned(),
        };
        let device = Device {
            id: "9f0c2d7e".into(),
            name: "pc-0417".into(),
            os: "linux".into(),
            os_version: "Debian GNU/Linux 13 (trixie)".into(),
            groups,
        };
        let person = Person {
            name: "ada".into(),
            display_name: "Ada Lovelace".into(),
            language: "de-at".into(),
            verified: true,
        };
        let context = Context {
            now: "2026-03-02T09:30:00+01:00".into(),
            device,
            person,
            policy_version: "3f9c1a20".into(),
        };
        let body = SessionRequest {
            reason: Some(reason),
            ticket: None,
            origin: "person".into(),
            client: "sample".into(),
        };
        Call::new(Hook::SessionRequest, context, body)
    }
}

/// One call of `session.request`.
mod call {
    use deskhook_hooks::{Extension as _, Hook, HostPort, Limit};
    use divan::{Bencher, black_box};
    use mlua::Lua;
    use std::sync::mpsc;

    use super::{SIZES, Size, ask, handler, script};

    #[divan::bench(args = SIZES)]
    fn deskhook(bencher: Bencher<'_, '_>, size: Size) {
        let (script, call) = (script(), size.call());
        let limit = Limit::of(Hook::SessionRequest, 0);
        let (questions, _inbox) = mpsc::channel();
        let host = HostPort::new("sample", questions);
        bencher.bench_local(|| {
            let answer = script.call(black_box(&call), limit, &host);
            answer.expect("the check denies")
        });
    }

    #[divan::bench(args = SIZES)]
    fn bare_mlua(bencher: Bencher<'_, '_>, size: Size) {
        let (lua, call) = (Lua::new(), size.call());
        let handler = handler(&lua);
        bencher.bench_local(|| ask(&lua, &handler, black_box(&call)));
    }
}

/// From a package's files in memory to a state that can be called.
mod load {
    use super::{Function, Lua, Script, handler, script};

    #[divan::bench]
    fn deskhook() -> Script {
        script()
    }

    #[divan::bench]
    fn bare_mlua() -> (Lua, Function) {
        let lua = Lua::new();
        let handler = handler(&lua);
        (lua, handler)
    }
}

fn script() -> Script {
    thread_local! {
        static PACKAGE: Package = package();
    }
    let package = PACKAGE.with(Clone::clone);
    Script::new(package, &[]).expect("the package loads")
}

fn package() -> Package {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        std::fs::write(Path::join(folder.path(), name), text).expect("a file in it");
    };
    write("deskhook.json", MANIFEST);
    write(
        "init.lua",
        &format!("deskhook.on('session.request', {HANDLER})"),
    );
    Package::load(folder.path()).expect("it is a package")
}

fn handler(lua: &Lua) -> Function {
    let chunk = lua.load(format!("return {HANDLER}"));
    chunk.eval().expect("the handler compiles")
}

fn ask(lua: &Lua, handler: &Function, call: &Call) -> VerdictAnswer {
    let options = Options::new()
        .serialize_none_to_null(false)
        .serialize_unit_to_null(false);
    let input = lua.to_value_with(call, options).expect("plain values");
    let answer = handler.call(input).expect("the check denies");
    lua.from_value(answer).expect("a verdict")
}
