//! What the benches of hooks run: one check, and what it is given.

use std::fmt;
use std::sync::Arc;

use deskhook_hooks::{Call, Context, Device, Hook, Person, SessionRequest, VerdictAnswer};
use deskhook_script::Package;
use mlua::serde::ser::Options;
use mlua::{Function, Lua, LuaSerdeExt as _};

/// What all of them run: a check that reads the call and denies.
const HANDLER: &str = r#"function(ctx)
  if ctx.ticket then return { verdict = "allow" } end
  return { verdict = "deny", code = "no-ticket", message = "Please open a ticket first." }
end"#;

const MANIFEST: &str =
    r#"{"name": "sample", "version": "1.0.0", "api": 1, "hooks": ["session.request"]}"#;

/// How much a hook is given.
#[derive(Clone, Copy)]
pub(crate) enum Size {
    /// What a small organisation's device says of itself.
    Small,
    /// 64 KiB in one text: the reason.
    Text,
    /// 64 KiB in many texts: 2,048 groups of 32 bytes.
    List,
}

pub(crate) const SIZES: [Size; 3] = [Size::Small, Size::Text, Size::List];

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Small => "small",
            Self::Text => "64 KiB, one text",
            Self::List => "64 KiB, 2,048 texts",
        })
    }
}

impl Size {
    /// What the hook is given.
    pub(crate) fn call(self) -> Call {
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
        let context = Context {
            now: "2026-03-02T09:30:00+01:00".into(),
            device: Device {
                id: "9f0c2d7e".into(),
                name: "pc-0417".into(),
                os: "linux".into(),
                os_version: "Debian GNU/Linux 13 (trixie)".into(),
                groups,
            },
            person: Person {
                name: "ada".into(),
                display_name: "Ada Lovelace".into(),
                language: "de-at".into(),
                verified: true,
            },
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

/// The package's folder.
pub(crate) fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let init = format!("deskhook.on('session.request', {HANDLER})");
    for (name, text) in [("deskhook.json", MANIFEST), ("init.lua", &init)] {
        std::fs::write(folder.path().join(name), text).expect("a file in it");
    }
    folder
}

pub(crate) fn package() -> Arc<Package> {
    Arc::new(Package::load(folder().path()).expect("it is a package"))
}

/// The same check for a bare Lua state.
pub(crate) fn handler(lua: &Lua) -> Function {
    let chunk = lua.load(format!("return {HANDLER}"));
    chunk.eval().expect("the handler compiles")
}

/// Calls it with nothing around.
pub(crate) fn ask(lua: &Lua, handler: &Function, call: &impl serde::Serialize) -> VerdictAnswer {
    let options = Options::new()
        .serialize_none_to_null(false)
        .serialize_unit_to_null(false);
    let input = lua.to_value_with(call, options).expect("plain values");
    let answer = handler.call(input).expect("the check denies");
    lua.from_value(answer).expect("a verdict")
}
