use std::sync::Arc;

use mlua::chunk::ChunkMode;
use mlua::{Function, Lua, Table, Value};

use super::{fault, place};
use crate::stage::Stage;

/// Removed before anything else: they make code or reach into other functions' environments.
const REMOVED: [&str; 10] = [
    "loadstring",
    "load",
    "dofile",
    "loadfile",
    "getfenv",
    "setfenv",
    "newproxy",
    "collectgarbage",
    "gcinfo",
    "require",
];

/// `pcall` and its like, so that an error is looked at where it is raised: no memory left ends
/// the call whoever catches it, and errors of the host are texts like all others.
const PRELUDE: &str = include_str!("prelude.lua");

/// Takes the dangerous globals away. Gives back the function that runs others under the same watch.
pub(super) fn close(lua: &Lua, stage: &Arc<Stage>) -> mlua::Result<Function> {
    let globals = lua.globals();
    for name in REMOVED {
        globals.raw_set(name, Value::Nil)?;
    }
    let os = lua.create_table()?;
    os.raw_set(
        "clock",
        globals.get::<Table>("os")?.get::<Function>("clock")?,
    )?;
    globals.raw_set("os", os)?;
    let debug = lua.create_table()?;
    let traceback = globals
        .get::<Table>("debug")?
        .get::<Function>("traceback")?;
    debug.raw_set("traceback", traceback)?;
    globals.raw_set("debug", debug)?;
    let prelude = lua
        .load(PRELUDE)
        .set_name("=deskhook")
        .set_mode(ChunkMode::Text);
    prelude
        .into_function()?
        .call((witness(lua, stage)?, last_witness(lua, stage)?))
}

/// For errors that the script catches: gives back what it is to see.
fn witness(lua: &Lua, stage: &Arc<Stage>) -> mlua::Result<Function> {
    let stage = Arc::clone(stage);
    lua.create_function(move |lua, error: Value| {
        let failure = fault::witness(lua, &stage, &error);
        match &error {
            Value::Error(_) => {}
            Value::String(text) => {
                return match place::relocated(lua, text) {
                    Some(moved) => Ok(Value::String(lua.create_string(moved)?)),
                    None => Ok(error),
                };
            }
            _ => return Ok(error),
        }
        let place = failure.place.map(|place| place + ": ").unwrap_or_default();
        Ok(Value::String(
            lua.create_string(format!("{place}{}", failure.message))?,
        ))
    })
}

/// For errors that nobody caught: keeps what they say.
fn last_witness(lua: &Lua, stage: &Arc<Stage>) -> mlua::Result<Function> {
    let stage = Arc::clone(stage);
    lua.create_function(move |lua, error: Value| {
        stage.fail(fault::witness(lua, &stage, &error));
        Ok(())
    })
}
