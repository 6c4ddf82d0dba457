use std::sync::Arc;

use hmac::{Hmac, KeyInit, Mac};
use mlua::{Lua, LuaString, Table};
use sha2::{Digest, Sha256};

use crate::stage::Stage;
use crate::vm::{Complaint, native};

/// `deskhook.hash.sha256(bytes)` and `hmac_sha256(key, bytes)` (RFC 2104): in hex.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let sha256 = native(
        lua,
        stage,
        "deskhook.hash.sha256",
        |_, _, bytes: LuaString| Ok(hex::encode(Sha256::digest(&*bytes.as_bytes()))),
    )?;
    room.raw_set("sha256", sha256)?;
    let hmac_sha256 = native(
        lua,
        stage,
        "deskhook.hash.hmac_sha256",
        |_, _, (key, bytes): (LuaString, LuaString)| keyed(&key.as_bytes(), &bytes.as_bytes()),
    )?;
    room.raw_set("hmac_sha256", hmac_sha256)
}

fn keyed(key: &[u8], bytes: &[u8]) -> Result<String, Complaint> {
    if key.is_empty() {
        // Whoever knows that there is none could sign as well.
        return Err("the key is empty".into());
    }
    let mac = Hmac::<Sha256>::new_from_slice(key).map_err(|error| error.to_string())?;
    let mac = mac.chain_update(bytes);
    Ok(hex::encode(mac.finalize().into_bytes()))
}
