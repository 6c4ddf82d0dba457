use std::sync::Arc;
use std::time::Duration;

use deskhook_hooks::HostCall;
use mlua::{Function, Lua, Table, Value};

use super::allowance::Allowance;
use super::options::Options;
use crate::stage::Stage;
use crate::value::{MOST_BYTES, no_lists, to_json, to_lua};
use crate::vm::{Complaint, native};

/// Seconds, where the script gives none; and what the host gets on top for saying so.
const TIMEOUT: u32 = 10;
const LONGEST: u32 = 30;
const GRACE: Duration = Duration::from_secs(1);

/// `deskhook.http.{get, post}(url, {headers, body, json, timeout})` -> `{status, headers, body}`.
/// A server that cannot be reached is an error; a status of 400 and more is not.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, room: &Table) -> mlua::Result<()> {
    room.raw_set("get", function(lua, stage, ("deskhook.http.get", "GET"))?)?;
    room.raw_set(
        "post",
        function(lua, stage, ("deskhook.http.post", "POST"))?,
    )
}

fn function(
    lua: &Lua,
    stage: &Arc<Stage>,
    (name, method): (&'static str, &'static str),
) -> mlua::Result<Function> {
    native(
        lua,
        stage,
        name,
        move |lua, stage, (url, options): (String, Option<Table>)| {
            let known: &[&str] = if method == "GET" {
                &["headers", "timeout"]
            } else {
                &["headers", "timeout", "body", "json"]
            };
            let options = Options::new(options, known)?;
            let timeout = options
                .optional(lua, "timeout")?
                .unwrap_or(TIMEOUT)
                .clamp(1, LONGEST);
            let call = request(lua, (method, url, timeout), &options)?;
            let reply = stage.ask(call, Duration::from_secs(timeout.into()) + GRACE)?;
            Ok(to_lua(lua, &reply)?)
        },
    )
}

fn request(
    lua: &Lua,
    (method, url, timeout): (&str, String, u32),
    options: &Options,
) -> Result<HostCall, Complaint> {
    let mut headers: std::collections::BTreeMap<_, _> =
        options.texts(lua, "headers")?.into_iter().collect();
    let mut body: Option<String> = options.optional(lua, "body")?;
    if let Some(value) = options.optional::<Value>(lua, "json")? {
        let json = to_json(lua, &value, no_lists).map_err(|error| error.to_string())?;
        body = Some(json.to_string());
        headers
            .entry("content-type".to_owned())
            .or_insert_with(|| "application/json".to_owned());
    }
    Allowance::of(MOST_BYTES).take(body.as_ref().map_or(0, String::len))?;
    Ok(HostCall::Http {
        method: method.to_owned(),
        url,
        headers,
        body,
        timeout: Some(timeout),
    })
}
