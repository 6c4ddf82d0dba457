use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::HostCall;
use mlua::{Lua, Table};

use crate::stage::Stage;
use crate::value::to_lua;
use crate::vm::native;

const PATIENCE: Duration = Duration::from_secs(2);

/// `deskhook.policy.get(key)`: the effective value of a policy key, nil where nothing sets it.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let get = native(
        lua,
        stage,
        "deskhook.policy.get",
        |lua, stage, key: String| {
            let reply = stage.ask(HostCall::Policy { key }, PATIENCE)?;
            Ok(to_lua(lua, &reply)?)
        },
    )?;
    room.raw_set("get", get)
}
