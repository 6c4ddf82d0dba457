use std::sync::Arc;

use deskhook_hooks::Hook;
use mlua::{Function, Lua, Table};

use crate::nearest::{did_you_mean, nearest};
use crate::stage::Stage;
use crate::vm::{Complaint, caller, native};

/// Under which name a hook's function is kept in the VM's registry.
pub(crate) fn key(hook: Hook) -> String {
    format!("deskhook.on {hook}")
}

/// `deskhook.on(hook, function(ctx) ... end)`.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, deskhook: &Table) -> mlua::Result<()> {
    let on = native(
        lua,
        stage,
        "deskhook.on",
        |lua, stage, (name, function): (String, Function)| {
            let hook = check(stage, &name)?;
            let place = caller(lua).unwrap_or_default();
            if let Err(before) = stage.hear(hook, place) {
                return Err(format!("the hook {hook} is heard already, at {before}").into());
            }
            Ok(lua.set_named_registry_value(&key(hook), function)?)
        },
    )?;
    deskhook.raw_set("on", on)
}

fn check(stage: &Stage, name: &str) -> Result<Hook, Complaint> {
    if !stage.loading() {
        return Err("belongs at the top level of init.lua, not inside a function of a hook".into());
    }
    let Ok(hook) = Hook::parse(name) else {
        let hint = did_you_mean(nearest(name, Hook::ALL.map(Hook::name)));
        return Err(format!("there is no hook {name:?}{hint}").into());
    };
    if !stage.package.manifest().hooks.contains(&hook) {
        let wanted = "add it to \"hooks\" in deskhook.json";
        return Err(format!("the manifest does not name the hook {name:?}: {wanted}").into());
    }
    Ok(hook)
}
