use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use deskhook_hooks::{Fault, Grants, Hook, Limit};
use mlua::state::{GcIncParams, GcMode};
use mlua::{Function, IntoLuaMulti, Lua, Value, VmState};

use crate::stage::{Stage, Turn};
use crate::{Package, api};

mod fault;
mod global;
mod native;
mod place;
mod require;

pub(crate) use fault::{MEMORY_MIB, root};
pub(crate) use native::{Complaint, in_words, native};
pub(crate) use place::caller;
pub(crate) use require::chunk;

const MEMORY: usize = (MEMORY_MIB as usize) << 20;
/// Where more than half of the memory is used after a call, rubbish is collected before the next.
const TIDY_ABOVE: usize = (MEMORY_MIB as usize) << 19;

/// KiB that are looked through when it is time to collect. One step is made for each text that is
/// made, however long: with Luau's own 1 KiB, a few long ones fill the memory with rubbish.
const GC_STEP: i32 = 256;

/// One Luau state for one package, closed to everything but `deskhook` and the language.
pub(crate) struct Vm {
    lua: Lua,
    stage: Arc<Stage>,
    run: Function,
    /// The functions that the package named, by hook.
    handlers: BTreeMap<Hook, Function>,
}

impl Vm {
    /// A state in which nothing of the package has run.
    pub(crate) fn open(package: &Arc<Package>, grants: &Grants) -> Result<Self, Fault> {
        Self::open_with(package, grants, |_, _| Ok(()))
    }

    /// The same with more globals.
    pub(crate) fn open_with(
        package: &Arc<Package>,
        grants: &Grants,
        add: impl FnOnce(&Lua, &Arc<Stage>) -> mlua::Result<()>,
    ) -> Result<Self, Fault> {
        let stage = Arc::new(Stage::new(package, grants.clone()));
        let built = catch_unwind(AssertUnwindSafe(|| Self::build(&stage, add)));
        built
            .unwrap_or_else(|_| Err(mlua::Error::runtime("the Lua state cannot be made")))
            .map_err(|error| Fault::Crashed {
                message: error.to_string(),
            })
    }

    fn build(
        stage: &Arc<Stage>,
        add: impl FnOnce(&Lua, &Arc<Stage>) -> mlua::Result<()>,
    ) -> mlua::Result<Self> {
        let lua = Lua::new();
        lua.set_app_data(Arc::clone(stage));
        let run = global::close(&lua, stage)?;
        api::install(&lua, stage)?;
        require::install(&lua, stage)?;
        add(&lua, stage)?;
        lua.sandbox(true)?;
        lua.set_memory_limit(MEMORY)?;
        lua.gc_set_mode(GcMode::Incremental(
            GcIncParams::default().step_size(GC_STEP),
        ));
        let watched = Arc::clone(stage);
        lua.set_interrupt(move |lua| interrupt(lua, &watched));
        Ok(Self {
            lua,
            stage: Arc::clone(stage),
            run,
            handlers: BTreeMap::new(),
        })
    }

    pub(crate) fn lua(&self) -> &Lua {
        &self.lua
    }

    pub(crate) fn stage(&self) -> &Arc<Stage> {
        &self.stage
    }

    /// Takes the functions that the package named while it was loaded.
    pub(crate) fn take_handlers(&mut self) -> mlua::Result<()> {
        for hook in self.stage.package.manifest().hooks.clone() {
            let function = self.lua.named_registry_value(&api::handler_key(hook))?;
            self.handlers.insert(hook, function);
        }
        Ok(())
    }

    /// The function of a hook.
    pub(crate) fn handler(&self, hook: Hook) -> Option<&Function> {
        self.handlers.get(&hook)
    }

    /// What the host gives is bounded by the host. Without a limit of memory, which the next
    /// allocation of the script meets again, it need not be made under protection value by value,
    /// which costs twice what it takes to make them.
    pub(crate) fn given<T>(&self, make: impl FnOnce(&Lua) -> mlua::Result<T>) -> mlua::Result<T> {
        self.lua.set_memory_limit(0)?;
        let made = make(&self.lua);
        self.lua.set_memory_limit(MEMORY)?;
        made
    }

    /// Runs `make`'s function with `make`'s arguments, then `read` on what it gave back, all
    /// under `limit`. Whatever the script does, this returns.
    pub(crate) fn enter<A: IntoLuaMulti, R>(
        &self,
        (limit, turn): (Limit, Option<Turn>),
        make: impl FnOnce(&Lua) -> mlua::Result<(Function, A)>,
        read: impl FnOnce(&Lua, Value) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        self.stage.take_end();
        self.stage.take_failure();
        self.stage.set_turn(turn);
        self.stage.meter.start(limit);
        let run = || {
            let (function, arguments) = make(&self.lua)?;
            let mut arguments = arguments.into_lua_multi(&self.lua)?;
            arguments.push_front(Value::Function(function));
            self.run.call::<(bool, Value)>(arguments)
        };
        let ended = catch_unwind(AssertUnwindSafe(run));
        let result = fault::judge(self, ended);
        let result = result.and_then(|value| read(&self.lua, value));
        self.stage.set_turn(None);
        self.tidy();
        result
    }

    /// Whether more than half of the memory is used.
    fn is_filled(&self) -> bool {
        self.lua.used_memory() > TIDY_ABOVE
    }

    fn tidy(&self) {
        if self.is_filled() {
            // Too little memory to collect shows itself at the next allocation.
            let _ = self.lua.gc_collect();
        }
    }
}

/// Called by the VM at every loop edge, call and step of pattern matching.
fn interrupt(lua: &Lua, stage: &Stage) -> mlua::Result<VmState> {
    if stage.ended() {
        return Err(mlua::Error::runtime("the call is over"));
    }
    let Some(millis) = stage.meter.exceeded() else {
        return Ok(VmState::Continue);
    };
    let place = caller(lua);
    stage.end(Fault::Late { millis, place });
    Err(mlua::Error::runtime("the time is over"))
}
