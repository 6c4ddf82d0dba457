use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mlua::{Lua, LuaString, Table};

use crate::stage::Stage;
use crate::vm::native;

/// `deskhook.base64.{encode, decode}`: RFC 4648 with padding; any bytes.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let encode = native(
        lua,
        stage,
        "deskhook.base64.encode",
        |_, _, bytes: LuaString| Ok(STANDARD.encode(&*bytes.as_bytes())),
    )?;
    room.raw_set("encode", encode)?;
    let decode = native(
        lua,
        stage,
        "deskhook.base64.decode",
        |lua, _, text: LuaString| {
            let bytes = STANDARD.decode(&*text.as_bytes());
            let bytes = bytes.map_err(|error| format!("this is no base64: {error}"))?;
            Ok(lua.create_string(bytes)?)
        },
    )?;
    room.raw_set("decode", decode)
}
