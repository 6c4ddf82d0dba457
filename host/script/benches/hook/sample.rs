//! What the benches of hooks run: one check.

use std::sync::Arc;

use deskhook_hooks::VerdictAnswer;
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
