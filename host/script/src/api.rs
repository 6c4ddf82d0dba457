use std::sync::Arc;

use mlua::{Lua, Table};

use crate::nearest::{did_you_mean, nearest};
use crate::stage::Stage;
use crate::vm::{Complaint, native};

mod allowance;
mod base64;
mod env;
mod exec;
mod facts;
mod fs;
mod hash;
mod http;
mod json;
mod log;
mod on;
mod options;
mod policy;
mod reference;
mod request;
mod store;
mod text;
mod time;
mod verdict;

pub(crate) use on::key as handler_key;
pub use reference::{Entry, REFERENCE};
pub(crate) use time::later;

/// One room of the API: its name, the capability without which it is not there, how it is made.
type Room = (
    &'static str,
    Option<&'static str>,
    fn(&Lua, &Arc<Stage>, &Table) -> mlua::Result<()>,
);

const ROOMS: [Room; 13] = [
    ("time", None, time::fill),
    ("json", None, json::fill),
    ("base64", None, base64::fill),
    ("hash", None, hash::fill),
    ("log", None, log::fill),
    ("store", None, store::fill),
    ("request", None, request::fill),
    ("facts", Some("facts"), facts::fill),
    ("policy", Some("policy"), policy::fill),
    ("http", Some("net"), http::fill),
    ("fs", Some("fs.read"), fs::fill),
    ("env", Some("env"), env::fill),
    ("exec", Some("exec"), exec::fill),
];

/// Sets the global `deskhook`, read-only, with the rooms that are granted.
pub(crate) fn install(lua: &Lua, stage: &Arc<Stage>) -> mlua::Result<()> {
    let deskhook = lua.create_table()?;
    on::fill(lua, stage, &deskhook)?;
    verdict::fill(lua, stage, &deskhook)?;
    text::fill(lua, stage, &deskhook)?;
    for (name, capability, fill) in ROOMS {
        if capability.is_some_and(|kind| !stage.grants.has(kind)) {
            continue;
        }
        let room = lua.create_table()?;
        fill(lua, stage, &room)?;
        close(lua, stage, (&format!("deskhook.{name}"), &room))?;
        match room.raw_get::<Option<mlua::Function>>("exec")? {
            Some(function) => deskhook.raw_set(name, function)?,
            None => deskhook.raw_set(name, room)?,
        }
    }
    close(lua, stage, ("deskhook", &deskhook))?;
    lua.globals().raw_set("deskhook", deskhook)?;
    lua.globals().raw_set("print", log::print(lua, stage)?)
}

/// Makes a table read-only, and a name that is not in it an error that helps.
pub(crate) fn close(
    lua: &Lua,
    stage: &Arc<Stage>,
    (path, table): (&str, &Table),
) -> mlua::Result<()> {
    let path = path.to_owned();
    let metatable = lua.create_table()?;
    let names: Vec<String> = table
        .pairs::<String, mlua::Value>()
        .flatten()
        .map(|(name, _)| name)
        .collect();
    let index = native(
        lua,
        stage,
        "",
        move |_, stage, (_, name): (Table, String)| {
            Err::<(), _>(Complaint::Said(missing(stage, &names, (&path, &name))))
        },
    )?;
    metatable.raw_set("__index", index)?;
    metatable.raw_set("__metatable", false)?;
    metatable.set_readonly(true);
    table.set_metatable(Some(metatable))?;
    table.set_readonly(true);
    Ok(())
}

fn missing(stage: &Stage, names: &[String], (path, name): (&str, &str)) -> String {
    let ungranted = ROOMS
        .iter()
        .find(|room| path == "deskhook" && room.0 == name && room.1.is_some());
    let Some((_, Some(kind), _)) = ungranted else {
        let hint = did_you_mean(nearest(name, names.iter().map(String::as_str)));
        return format!("there is no {path}.{name}{hint}");
    };
    let what = match *kind {
        "net" => "net:HOST",
        "exec" => "exec:PATH",
        "fs.read" => "fs.read:PATH",
        "env" => "env:NAME",
        "facts" => "facts:NAME",
        _ => "policy:KEY",
    };
    let package = stage.package.name();
    if stage.grants.asks_any(kind) {
        format!(
            "deskhook.{name} needs the capability {what:?}, and the policy grants none: Extensions.Packages.{package}.Capabilities"
        )
    } else {
        format!(
            "deskhook.{name} needs the capability {what:?}: name it in \"capabilities\" in deskhook.json"
        )
    }
}
