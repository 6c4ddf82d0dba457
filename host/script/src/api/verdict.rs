use std::sync::Arc;

use deskhook_hooks::VerdictAnswer;
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
        let seconds: Option<f64> = options.optional(lua, "timeout")?;
        verdict.raw_set("timeout", seconds.map(timeout).transpose()?)?;
        Ok(verdict)
    })?;
    deskhook.raw_set("ask", ask)
}

/// Nobody's question stands longer, or goes before it is read.
fn timeout(seconds: f64) -> Result<f64, Complaint> {
    let (least, most) = VerdictAnswer::TIMEOUT.into_inner();
    if seconds.fract() == 0.0 && (f64::from(least)..=f64::from(most)).contains(&seconds) {
        return Ok(seconds);
    }
    let wanted = format!("the field \"timeout\" is {least} to {most} whole seconds");
    Err(format!("{wanted}, and this is {seconds}").into())
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
