use std::sync::Arc;

use mlua::{Lua, Table};

use super::options::Options;
use crate::stage::Stage;
use crate::vm::{Complaint, native};

/// `deskhook.allow()`, `deskhook.deny{code, message}`, `deskhook.ask{title, message, timeout}`.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, deskhook: &Table) -> mlua::Result<()> {
    let allow = native(lua, stage, "deskhook.allow", |lua, _, ()| {
        let verdict = lua.create_table()?;
        verdict.raw_set("verdict", "allow")?;
        Ok(verdict)
    })?;
    deskhook.raw_set("allow", allow)?;
    let deny = native(lua, stage, "deskhook.deny", |lua, _, table: Table| {
        said(
            lua,
            ("deny", "code", "message"),
            &Options::new(Some(table), &["code", "message"])?,
        )
    })?;
    deskhook.raw_set("deny", deny)?;
    let ask = native(lua, stage, "deskhook.ask", |lua, _, table: Table| {
        let options = Options::new(Some(table), &["title", "message", "timeout"])?;
        let verdict = said(lua, ("ask", "title", "message"), &options)?;
        verdict.raw_set("timeout", options.optional::<u32>(lua, "timeout")?)?;
        Ok(verdict)
    })?;
    deskhook.raw_set("ask", ask)
}

fn said(
    lua: &Lua,
    (verdict, first, second): (&str, &str, &str),
    options: &Options,
) -> Result<Table, Complaint> {
    let table = lua.create_table()?;
    table.raw_set("verdict", verdict)?;
    table.raw_set(first, options.required(lua, first)?)?;
    table.raw_set(second, options.required(lua, second)?)?;
    Ok(table)
}
