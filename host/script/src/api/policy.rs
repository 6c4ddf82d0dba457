use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::HostCall;
use mlua::{Function, Lua, Table, Value};

use crate::stage::Stage;
use crate::value::to_lua;
use crate::vm::native;

mod section;

const PATIENCE: Duration = Duration::from_secs(2);

/// `deskhook.policy.{get, check, text}`: the effective value of a policy key, nil where nothing
/// sets it; a section with the types that its keys have to have; a text in the person's language.
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
    room.raw_set("get", get)?;
    type Arguments = (Value, String, Table, Option<Function>);
    let check = native(
        lua,
        stage,
        "deskhook.policy.check",
        |lua, stage, (section, key, kinds, complain): Arguments| {
            section::check(lua, stage, (&section, &key), (&kinds, complain.as_ref()))
        },
    )?;
    room.raw_set("check", check)?;
    let text = native(
        lua,
        stage,
        "deskhook.policy.text",
        |_, stage, value: Value| match value {
            Value::Table(texts) => {
                let language = stage.turn().map(|turn| turn.language);
                section::spoken(&texts, &language.unwrap_or_default())
            }
            other => Ok(other),
        },
    )?;
    room.raw_set("text", text)
}
