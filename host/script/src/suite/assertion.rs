use std::sync::{Arc, Mutex};

use deskhook_hooks::Hook;
use mlua::{Lua, Table, Value as LuaValue};
use serde_json::{Value, json};

use super::difference::difference;
use super::rig::Rig;
use crate::dry::is_list_in_input;
use crate::nearest::{did_you_mean, nearest};
use crate::notation::notation;
use crate::stage::{Stage, lock};
use crate::value::{no_lists, to_json, to_lua};
use crate::vm::{Complaint, native};

const KEY: &str = "deskhook.t";
const FAKES: [(&str, &str); 9] = [
    ("policy", "t.policy"),
    ("facts", "t.facts"),
    ("files", "t.files"),
    ("env", "t.env"),
    ("store", "t.store"),
    ("device", "t.device"),
    ("person", "t.person"),
    ("grants", "t.grants"),
    ("clock", "t.clock"),
];

/// The `t` that every test is given.
pub(super) fn table(lua: &Lua) -> mlua::Result<Table> {
    lua.named_registry_value(KEY)
}

/// Makes it.
pub(super) fn install(lua: &Lua, stage: &Arc<Stage>, rig: &Arc<Mutex<Rig>>) -> mlua::Result<()> {
    let t = lua.create_table()?;
    for (field, name) in FAKES {
        let rig = Arc::clone(rig);
        let set = native(lua, stage, name, move |lua, stage, value: LuaValue| {
            let value = plain(lua, &value)?;
            let rig = lock(&rig);
            let set = lock(&rig.host.shared).0.set(field, &value);
            set.map_err(|error| error.to_string())?;
            stage.set_turn(Some(rig.turn()));
            Ok(())
        })?;
        t.raw_set(field, set)?;
    }
    fill_advance(lua, stage, rig, &t)?;
    fill_servers(lua, stage, rig, &t)?;
    fill_records(lua, stage, rig, &t)?;
    fill_run(lua, stage, rig, &t)?;
    fill_verdicts(lua, stage, rig, &t)?;
    fill_values(lua, stage, rig, &t)?;
    crate::api::close(lua, stage, ("t", &t))?;
    lua.set_named_registry_value(KEY, t)
}

/// `t.advance(seconds)`: the clock stands still but for this.
fn fill_advance(
    lua: &Lua,
    stage: &Arc<Stage>,
    rig: &Arc<Mutex<Rig>>,
    t: &Table,
) -> mlua::Result<()> {
    let rig = Arc::clone(rig);
    let advance = native(lua, stage, "t.advance", move |_, stage, seconds: f64| {
        let rig = lock(&rig);
        let later = crate::api::later(&lock(&rig.host.shared).0.clock, seconds)?;
        lock(&rig.host.shared).0.clock = later;
        stage.set_turn(Some(rig.turn()));
        Ok(())
    })?;
    t.raw_set("advance", advance)
}

fn fill_servers(
    lua: &Lua,
    stage: &Arc<Stage>,
    rig: &Arc<Mutex<Rig>>,
    t: &Table,
) -> mlua::Result<()> {
    for (field, name) in [("http", "t.http"), ("exec", "t.exec")] {
        let rig = Arc::clone(rig);
        let set = native(
            lua,
            stage,
            name,
            move |lua, _, (key, answer): (String, LuaValue)| {
                let answer = plain(lua, &answer)?;
                let rig = lock(&rig);
                let set = lock(&rig.host.shared).0.set(field, &json!({ key: answer }));
                set.map_err(|error| Complaint::Said(error.to_string()))
            },
        )?;
        t.raw_set(field, set)?;
    }
    Ok(())
}

/// What the package asked of its host.
fn fill_records(
    lua: &Lua,
    stage: &Arc<Stage>,
    rig: &Arc<Mutex<Rig>>,
    t: &Table,
) -> mlua::Result<()> {
    for (field, name) in [
        ("requests", "t.requests"),
        ("logs", "t.logs"),
        ("http_calls", "t.http_calls"),
        ("exec_calls", "t.exec_calls"),
    ] {
        let rig = Arc::clone(rig);
        let get = native(lua, stage, name, move |lua, _, ()| {
            let rig = lock(&rig);
            let record = lock(&rig.host.shared).1.clone();
            let list = match field {
                "requests" => json!(record.requests),
                "logs" => json!(
                    record
                        .logs
                        .into_iter()
                        .map(|line| line.1)
                        .collect::<Vec<_>>()
                ),
                "http_calls" => json!(record.http),
                _ => json!(record.exec),
            };
            Ok(to_lua(lua, &list)?)
        })?;
        t.raw_set(field, get)?;
    }
    let rig = Arc::clone(rig);
    let stored = native(lua, stage, "t.stored", move |lua, _, key: String| {
        let rig = lock(&rig);
        let value = lock(&rig.host.shared).0.stored(&key);
        Ok(to_lua(lua, &value)?)
    })?;
    t.raw_set("stored", stored)
}

fn fill_run(lua: &Lua, stage: &Arc<Stage>, rig: &Arc<Mutex<Rig>>, t: &Table) -> mlua::Result<()> {
    let rig = Arc::clone(rig);
    type Arguments = (String, Option<LuaValue>);
    let run = native(
        lua,
        stage,
        "t.run",
        move |lua, _, (name, input): Arguments| {
            let Ok(hook) = Hook::parse(&name) else {
                let hint = did_you_mean(nearest(&name, Hook::ALL.map(Hook::name)));
                return Err(format!("there is no hook {name:?}{hint}").into());
            };
            let input = input.map(|input| to_json(lua, &input, is_list_in_input));
            let input = input.transpose();
            let input = input.map_err(|error| format!("the input holds {error}"))?;
            let result = lock(&rig).run(hook, input.unwrap_or(json!({})));
            let result = result.map_err(|error| explained(&error))?;
            Ok(to_lua(lua, &result.to_value())?)
        },
    )?;
    t.raw_set("run", run)
}

fn explained(error: &dyn std::error::Error) -> String {
    let cause = error.source().map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

fn fill_verdicts(
    lua: &Lua,
    stage: &Arc<Stage>,
    rig: &Arc<Mutex<Rig>>,
    t: &Table,
) -> mlua::Result<()> {
    for (field, name, verdict) in [
        ("denied", "t.denied", "deny"),
        ("allowed", "t.allowed", "allow"),
        ("asked", "t.asked", "ask"),
        ("abstained", "t.abstained", "nothing"),
    ] {
        type Arguments = (LuaValue, Option<String>);
        let rig = Arc::clone(rig);
        let check = native(
            lua,
            stage,
            name,
            move |lua, _, (result, code): Arguments| {
                let result = result_of(lua, &rig, &result)?;
                let part = if verdict == "ask" { "title" } else { "code" };
                let fits = spoken(&result) == verdict
                    && code.as_deref().is_none_or(|code| result[part] == code);
                if fits {
                    return Ok(());
                }
                let code = code.map(|code| format!(" {code:?}")).unwrap_or_default();
                Err(format!("expected {verdict}{code}, got {}", in_words(&result)).into())
            },
        )?;
        t.raw_set(field, check)?;
    }
    let own = Arc::clone(rig);
    let failed = native(
        lua,
        stage,
        "t.failed",
        move |lua, _, (result, text): (LuaValue, Option<String>)| {
            let result = result_of(lua, &own, &result)?;
            let fault = result["fault"].as_str();
            let text = text.unwrap_or_default();
            if fault.is_some_and(|fault| fault.contains(&text)) {
                return Ok(());
            }
            Err(Complaint::Said(format!(
                "expected a fault with {text:?}, got {}",
                in_words(&result)
            )))
        },
    )?;
    t.raw_set("failed", failed)
}

fn fill_values(
    lua: &Lua,
    stage: &Arc<Stage>,
    rig: &Arc<Mutex<Rig>>,
    t: &Table,
) -> mlua::Result<()> {
    type Arguments = (LuaValue, LuaValue);
    let own = Arc::clone(rig);
    let equal = native(
        lua,
        stage,
        "t.equal",
        move |lua, _, (actual, expected): Arguments| {
            let actual = plain(lua, &actual)?;
            lock(&own).look_at(&actual);
            same(&actual, &plain(lua, &expected)?)
        },
    )?;
    t.raw_set("equal", equal)?;
    let own = Arc::clone(rig);
    let value = native(
        lua,
        stage,
        "t.value",
        move |lua, _, (result, expected): Arguments| {
            same(
                &answered(&result_of(lua, &own, &result)?, "value")?,
                &plain(lua, &expected)?,
            )
        },
    )?;
    t.raw_set("value", value)?;
    let own = Arc::clone(rig);
    let patch = native(
        lua,
        stage,
        "t.patch",
        move |lua, _, (result, expected): Arguments| {
            let patch = answered(&result_of(lua, &own, &result)?, "patch")?;
            let expected = plain(lua, &expected)?;
            same(&overlap(&patch, &expected), &expected)
        },
    )?;
    t.raw_set("patch", patch)
}

fn plain(lua: &Lua, value: &LuaValue) -> Result<Value, Complaint> {
    let value = to_json(lua, value, no_lists);
    value.map_err(|error| Complaint::Said(format!("there is {error}")))
}

fn result_of(lua: &Lua, rig: &Mutex<Rig>, value: &LuaValue) -> Result<Value, Complaint> {
    let result = plain(lua, value)?;
    if result["hook"].is_string() {
        lock(rig).look_at(&result);
        return Ok(result);
    }
    Err("argument 1 is what t.run gave back".into())
}

fn same(actual: &Value, expected: &Value) -> Result<(), Complaint> {
    let (actual, expected) = (alike(actual), alike(expected));
    if actual == expected {
        return Ok(());
    }
    let difference = difference(&expected, &actual);
    Err(format!("not equal (- expected, + actual):\n{difference}").into())
}

/// An empty Lua table is a list and an object alike.
fn alike(value: &Value) -> Value {
    match value {
        Value::Array(entries) if entries.is_empty() => json!({}),
        Value::Array(entries) => Value::Array(entries.iter().map(alike).collect()),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| (name.clone(), alike(value)));
            Value::Object(fields.collect())
        }
        other => other.clone(),
    }
}

fn answered(result: &Value, part: &str) -> Result<Value, Complaint> {
    let answer = result.get(part).cloned();
    answer.ok_or_else(|| Complaint::Said(format!("expected a {part}, got {}", in_words(result))))
}

/// Of `actual`, what `expected` speaks of.
fn overlap(actual: &Value, expected: &Value) -> Value {
    let (Value::Object(fields), Value::Object(wanted)) = (actual, expected) else {
        return actual.clone();
    };
    let named = wanted.iter().filter_map(|(name, value)| {
        let found = fields.get(name)?;
        Some((name.clone(), overlap(found, value)))
    });
    Value::Object(named.collect())
}

fn spoken(result: &Value) -> &str {
    let answered = ["fault", "patch", "value", "requests"]
        .iter()
        .find(|part| result.get(**part).is_some());
    match result["verdict"].as_str() {
        Some(verdict) => verdict,
        None => answered.copied().unwrap_or("nothing"),
    }
}

fn in_words(result: &Value) -> String {
    let text = |part: &str| result[part].as_str().unwrap_or_default().to_owned();
    match spoken(result) {
        "deny" => format!("deny {:?}: {}", text("code"), text("message")),
        "ask" => format!("ask {:?}: {}", text("title"), text("message")),
        "fault" => format!("a fault: {}", text("fault")),
        "patch" => format!("the patch {}", notation(&result["patch"])),
        "value" => format!("the value {}", notation(&result["value"])),
        other => other.to_owned(),
    }
}
