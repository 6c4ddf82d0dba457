use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::HostCall;
use mlua::{Lua, Table};

use crate::stage::Stage;
use crate::value::to_lua;
use crate::vm::native;

const PATIENCE: Duration = Duration::from_secs(2);

/// `deskhook.facts.get(name)`: a fact of the device, nil where it is not known.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let get = native(
        lua,
        stage,
        "deskhook.facts.get",
        |lua, stage, name: String| {
            let reply = stage.ask(HostCall::Fact { name }, PATIENCE)?;
            Ok(to_lua(lua, &reply)?)
        },
    )?;
    room.raw_set("get", get)
}
