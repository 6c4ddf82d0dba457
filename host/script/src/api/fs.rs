use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::HostCall;
use mlua::{Lua, Table};

use crate::stage::Stage;
use crate::value::to_lua;
use crate::vm::native;

const PATIENCE: Duration = Duration::from_secs(2);

/// `deskhook.fs.read(path)`: the text of a file.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let read = native(
        lua,
        stage,
        "deskhook.fs.read",
        |lua, stage, path: String| {
            let reply = stage.ask(HostCall::ReadFile { path }, PATIENCE)?;
            Ok(to_lua(lua, &reply)?)
        },
    )?;
    room.raw_set("read", read)
}
