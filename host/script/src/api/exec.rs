use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::HostCall;
use mlua::{Lua, Table};

use super::allowance::Allowance;
use super::options::Options;
use crate::stage::Stage;
use crate::value::{MOST_BYTES, to_lua};
use crate::vm::{Complaint, native};

/// Seconds, where the script gives none; and what the host gets on top for saying so.
const TIMEOUT: u32 = 10;
const LONGEST: u32 = 30;
const GRACE: Duration = Duration::from_secs(1);

/// `deskhook.exec(path, arguments, {stdin, timeout})`: runs a program, never a shell.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    type Arguments = (String, Option<Table>, Option<Table>);
    let exec = native(
        lua,
        stage,
        "deskhook.exec",
        |lua, stage, (path, arguments, options): Arguments| {
            let options = Options::new(options, &["stdin", "timeout"])?;
            let timeout = options
                .optional(lua, "timeout")?
                .unwrap_or(TIMEOUT)
                .clamp(1, LONGEST);
            let mut allowance = Allowance::of(MOST_BYTES);
            let stdin: Option<String> = options.optional(lua, "stdin")?;
            allowance.take(stdin.as_ref().map_or(0, String::len))?;
            let call = HostCall::Exec {
                path,
                arguments: texts(arguments, &mut allowance)?,
                stdin,
                timeout: Some(timeout),
            };
            let reply = stage.ask(call, Duration::from_secs(timeout.into()) + GRACE)?;
            Ok(to_lua(lua, &reply)?)
        },
    )?;
    room.raw_set("exec", exec)
}

fn texts(list: Option<Table>, allowance: &mut Allowance) -> Result<Vec<String>, Complaint> {
    let entries = list.iter().flat_map(Table::sequence_values::<String>);
    entries
        .map(|entry| {
            let text = entry.map_err(|_| "argument 2 is a list of texts")?;
            allowance.take(text.len())?;
            Ok(text)
        })
        .collect()
}
