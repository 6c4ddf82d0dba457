use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::HostCall;
use mlua::{Lua, Table};

use crate::stage::Stage;
use crate::value::to_lua;
use crate::vm::native;

const PATIENCE: Duration = Duration::from_secs(2);

/// `deskhook.env.get(name)`: a variable of the agent's environment, nil where it is not set.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let get = native(
        lua,
        stage,
        "deskhook.env.get",
        |lua, stage, name: String| {
            let reply = stage.ask(HostCall::Environment { name }, PATIENCE)?;
            Ok(to_lua(lua, &reply)?)
        },
    )?;
    room.raw_set("get", get)
}
