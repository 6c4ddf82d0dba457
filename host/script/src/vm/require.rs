use std::sync::Arc;

use mlua::chunk::ChunkMode;
use mlua::{Function, Lua, Table, Value};

use super::{Complaint, caller, native};
use crate::stage::Stage;

/// `require("./other")`: a module of the package, from memory, each once. There is nothing else
/// to find, so there is nothing to escape to.
pub(super) fn install(lua: &Lua, stage: &Arc<Stage>) -> mlua::Result<()> {
    let loaded = lua.create_table()?;
    let require = native(lua, stage, "require", move |lua, stage, name: String| {
        let path = resolve(lua, stage, &name)?;
        match loaded.raw_get::<Value>(path.as_str())? {
            Value::Nil => load(lua, stage, &loaded, &path),
            Value::Boolean(false) => Err(format!("{path} requires itself").into()),
            Value::Table(kept) => Ok(kept.raw_get::<Value>(1)?),
            other => Ok(other),
        }
    })?;
    lua.globals().raw_set("require", require)
}

fn load(lua: &Lua, stage: &Stage, loaded: &Table, path: &str) -> Result<Value, Complaint> {
    loaded.raw_set(path, false)?;
    let result = chunk(lua, stage, path).and_then(|chunk| chunk.call::<Value>(()));
    match result {
        Ok(value) => {
            let kept = lua.create_table()?;
            kept.raw_set(1, value.clone())?;
            loaded.raw_set(path, kept)?;
            Ok(value)
        }
        Err(error) => {
            loaded.raw_set(path, Value::Nil)?;
            Err(Complaint::Lua(error))
        }
    }
}

/// A file of the package, compiled; text only.
pub(crate) fn chunk(lua: &Lua, stage: &Stage, path: &str) -> mlua::Result<Function> {
    let source = stage.package.source(path).unwrap_or_default();
    let name = format!("@{}/{path}", stage.package.name());
    lua.load(source)
        .set_name(name)
        .set_mode(ChunkMode::Text)
        .into_function()
}

fn resolve(lua: &Lua, stage: &Stage, name: &str) -> Result<String, Complaint> {
    let place = caller(lua).unwrap_or_default();
    let inside = place.strip_prefix(stage.package.name());
    let file = inside.unwrap_or_default().trim_start_matches('/');
    stage.package.module(file, name).map_err(Complaint::Said)
}
