use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::HostCall;
use mlua::{Lua, Table, Value};

use crate::stage::Stage;
use crate::value::{no_lists, to_json, to_lua};
use crate::vm::native;

const PATIENCE: Duration = Duration::from_secs(2);

/// `deskhook.store.{get, set}`: what outlives a call, a reload and a restart.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let get = native(
        lua,
        stage,
        "deskhook.store.get",
        |lua, stage, key: String| {
            let reply = stage.ask(HostCall::StoreGet { key }, PATIENCE)?;
            Ok(to_lua(lua, &reply)?)
        },
    )?;
    room.raw_set("get", get)?;
    let set = native(
        lua,
        stage,
        "deskhook.store.set",
        |lua, stage, (key, value): (String, Value)| {
            let value = to_json(lua, &value, no_lists).map_err(|error| error.to_string())?;
            stage.ask(HostCall::StoreSet { key, value }, PATIENCE)?;
            Ok(())
        },
    )?;
    room.raw_set("set", set)
}
