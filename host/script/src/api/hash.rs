use std::sync::Arc;

use mlua::{Lua, LuaString, Table};
use sha2::{Digest, Sha256};

use crate::stage::Stage;
use crate::vm::native;

/// `deskhook.hash.sha256(bytes)`: in hex.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let sha256 = native(
        lua,
        stage,
        "deskhook.hash.sha256",
        |_, _, bytes: LuaString| Ok(hex::encode(Sha256::digest(&*bytes.as_bytes()))),
    )?;
    room.raw_set("sha256", sha256)
}
