use std::sync::Arc;

use mlua::{Lua, Table, Value};
use serde_json::Value as Json;

use crate::stage::Stage;
use crate::value::{no_lists, to_json, to_lua};
use crate::vm::native;

const LARGEST: usize = 1024 * 1024;

/// `deskhook.json.{encode, decode}`. `null` is nil; an empty table is `{}`, an empty list that
/// was decoded stays `[]`.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let encode = native(
        lua,
        stage,
        "deskhook.json.encode",
        |lua, _, value: Value| {
            let json = to_json(lua, &value, no_lists).map_err(|error| error.to_string())?;
            Ok(json.to_string())
        },
    )?;
    room.raw_set("encode", encode)?;
    let decode = native(
        lua,
        stage,
        "deskhook.json.decode",
        |lua, _, text: String| {
            if text.len() > LARGEST {
                return Err("the text is larger than 1 MiB".into());
            }
            let json: Json =
                serde_json::from_str(&text).map_err(|error| format!("this is no JSON: {error}"))?;
            Ok(to_lua(lua, &json)?)
        },
    )?;
    room.raw_set("decode", decode)
}
