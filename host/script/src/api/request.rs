use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::{ExtensionRequest, HostCall};
use mlua::{Lua, Table};

use super::options::Options;
use crate::stage::Stage;
use crate::vm::{Complaint, native};

const PATIENCE: Duration = Duration::from_secs(1);

/// `deskhook.request.{start_session, stop_session, notify, refresh_tray}`: asks the agent, which
/// decides; nothing comes back.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    let start = native(
        lua,
        stage,
        "deskhook.request.start_session",
        |lua, stage, table: Option<Table>| {
            let options = Options::new(table, &["reason", "ticket"])?;
            let (reason, ticket) = (
                options.optional(lua, "reason")?,
                options.optional(lua, "ticket")?,
            );
            send(stage, ExtensionRequest::StartSession { reason, ticket })
        },
    )?;
    room.raw_set("start_session", start)?;
    let stop = native(
        lua,
        stage,
        "deskhook.request.stop_session",
        |_, stage, _: Option<Table>| send(stage, ExtensionRequest::StopSession {}),
    )?;
    room.raw_set("stop_session", stop)?;
    let notify = native(
        lua,
        stage,
        "deskhook.request.notify",
        |lua, stage, table: Table| {
            let options = Options::new(Some(table), &["title", "message"])?;
            let title = options.optional(lua, "title")?.unwrap_or_default();
            let message = options.required(lua, "message")?;
            send(stage, ExtensionRequest::Notify { title, message })
        },
    )?;
    room.raw_set("notify", notify)?;
    let refresh = native(
        lua,
        stage,
        "deskhook.request.refresh_tray",
        |_, stage, _: Option<Table>| send(stage, ExtensionRequest::RefreshTray {}),
    )?;
    room.raw_set("refresh_tray", refresh)
}

fn send(stage: &Stage, request: ExtensionRequest) -> Result<(), Complaint> {
    stage.ask(HostCall::Request(request), PATIENCE)?;
    Ok(())
}
