use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::{HostCall, LogLevel};
use mlua::{Function, Lua, MultiValue, Table};

use crate::stage::Stage;
use crate::vm::native;

const PATIENCE: Duration = Duration::from_millis(500);
/// Bytes; longer lines are cut.
const LONGEST: usize = 4096;

/// `deskhook.log.{debug, info, warn, error}(...)`.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    for (name, full_name, level) in [
        ("debug", "deskhook.log.debug", LogLevel::Debug),
        ("info", "deskhook.log.info", LogLevel::Info),
        ("warn", "deskhook.log.warn", LogLevel::Warn),
        ("error", "deskhook.log.error", LogLevel::Error),
    ] {
        room.raw_set(name, function(lua, stage, (full_name, level))?)?;
    }
    Ok(())
}

/// `print(...)` is `deskhook.log.info(...)`: a script has no output of its own.
pub(super) fn print(lua: &Lua, stage: &Arc<Stage>) -> mlua::Result<Function> {
    function(lua, stage, ("print", LogLevel::Info))
}

fn function(
    lua: &Lua,
    stage: &Arc<Stage>,
    (name, level): (&'static str, LogLevel),
) -> mlua::Result<Function> {
    native(lua, stage, name, move |_, stage, values: MultiValue| {
        let mut message = String::new();
        for value in &values {
            let gap = if message.is_empty() { "" } else { " " };
            message = message + gap + &value.to_string()?;
            if message.len() > LONGEST {
                break;
            }
        }
        let cut = (0..=LONGEST).rev().find(|at| message.is_char_boundary(*at));
        message.truncate(cut.unwrap_or_default());
        // A line that the log does not take is no reason to fail a check.
        let _ = stage.ask(HostCall::Log { level, message }, PATIENCE);
        Ok(())
    })
}
