use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, TryLockError};
use std::time::{Duration, Instant};

use deskhook_hooks::{
    About, Answer, AnswerError, Call, Extension, Fault, Grants, Hook, HostPort, Limit,
    VerdictAnswer,
};
use mlua::{Function, Lua, Value};

use crate::misfit::of_answer;
use crate::package::{INIT, Trouble};
use crate::stage::{Turn, lock};
use crate::value::{to_json, to_lua};
use crate::vm::{Vm, chunk};
use crate::{LoadError, Package};

/// What `init.lua` may take: it only names functions and requires modules.
const LOAD: Limit = Limit {
    cpu: Duration::from_millis(500),
    wall: Duration::from_secs(5),
};
/// Keys of answers under which a list stands; an empty Lua table does not say so itself.
const LISTS: [&str; 5] = ["add", "remove", "items", "arguments", "capabilities"];

/// A Lua package at work. Calls of it run one after the other, each in the same Lua state; after
/// a fault that leaves the state in doubt, the next call gets a fresh one.
pub struct Script {
    package: Arc<Package>,
    grants: Grants,
    about: About,
    vm: Mutex<Option<Vm>>,
}

impl Script {
    /// Compiles the package, runs its `init.lua`, and sees that every hook of the manifest is
    /// heard. `granted` is what the policy grants; what counts is its overlap with the manifest.
    pub fn new(package: impl Into<Arc<Package>>, granted: &[String]) -> Result<Self, LoadError> {
        let package = package.into();
        let grants = Grants::new(&package.manifest().capabilities, granted);
        let vm = open(&package, &grants)?;
        Ok(Self {
            about: package.about(),
            vm: Mutex::new(Some(vm)),
            package,
            grants,
        })
    }

    /// The package that it runs.
    pub fn package(&self) -> &Arc<Package> {
        &self.package
    }

    /// Where the function of a hook was named, while the package is loaded.
    pub(crate) fn heard_at(&self, hook: Hook) -> Option<String> {
        lock(&self.vm).as_ref()?.stage().heard_at(hook)
    }

    fn run(&self, vm: &Vm, call: &Call, with: (Limit, Turn)) -> Result<Answer, Fault> {
        let hook = call.hook;
        let make = |_: &Lua| {
            let function = vm.handler(hook).cloned();
            let unheard = || mlua::Error::runtime("nothing was named for the hook");
            let input = vm.given(|lua| to_lua(lua, call))?;
            Ok((function.ok_or_else(unheard)?, input))
        };
        let read = |lua: &Lua, value: Value| {
            let place = vm.stage().heard_at(hook);
            read_answer(lua, hook, &value).map_err(|message| bad_answer(place, &message))
        };
        let answer = vm.enter((with.0, Some(with.1)), make, read);
        answer.map_err(|fault| placed(fault, vm.stage().heard_at(hook)))
    }
}

impl Extension for Script {
    fn about(&self) -> &About {
        &self.about
    }

    fn call(&self, call: &Call, limit: Limit, host: &HostPort) -> Result<Answer, Fault> {
        if !self.about.hooks.contains(&call.hook) {
            return Ok(Answer::Nothing);
        }
        // The state is out of its place while it runs, so after a panic the next call gets another.
        let run = AssertUnwindSafe(|| self.answer(call, limit, host));
        catch_unwind(run).unwrap_or_else(|panic| Err(Fault::of_panic(&*panic)))
    }
}

impl Script {
    /// Waits for the generation before, which may be at work in the same state and has a limit of its
    /// own; what is left of `limit` then.
    fn in_turn(&self, limit: Limit) -> Result<(MutexGuard<'_, Option<Vm>>, Limit), Fault> {
        match self.vm.try_lock() {
            Ok(kept) => return Ok((kept, limit)),
            Err(TryLockError::Poisoned(kept)) => return Ok((kept.into_inner(), limit)),
            Err(TryLockError::WouldBlock) => {}
        }
        let asked = Instant::now();
        let kept = lock(&self.vm);
        let wall = limit.wall.saturating_sub(asked.elapsed());
        if wall.is_zero() {
            let message = "a call of the generation before had not come back".to_owned();
            return Err(Fault::Away { message });
        }
        Ok((kept, Limit { wall, ..limit }))
    }

    fn answer(&self, call: &Call, limit: Limit, host: &HostPort) -> Result<Answer, Fault> {
        let (mut kept, limit) = self.in_turn(limit)?;
        let (vm, limit) = match kept.take() {
            Some(vm) => (vm, limit),
            None => {
                let begun = Instant::now();
                let vm = open(&self.package, &self.grants).map_err(again)?;
                let wall = limit.wall.saturating_sub(begun.elapsed());
                if wall.is_zero() {
                    // Too late for this call, and in time for the next one.
                    *kept = Some(vm);
                    return Err(late(limit));
                }
                (vm, Limit { wall, ..limit })
            }
        };
        let turn = Turn {
            host: host.clone(),
            now: call.context.now.clone(),
            language: call.context.person.language.clone(),
        };
        let answer = self.run(&vm, call, (limit, turn));
        if !answer.as_ref().is_err_and(retires) {
            *kept = Some(vm);
        }
        answer
    }
}

/// Whether the Lua state is in doubt after such a fault.
fn retires(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Late { .. } | Fault::Memory { .. } | Fault::Crashed { .. }
    )
}

/// A fault that does not say where is one of the hook's function.
fn placed(mut fault: Fault, heard_at: Option<String>) -> Fault {
    if let Fault::Failed { place, .. } | Fault::Late { place, .. } | Fault::Memory { place, .. } =
        &mut fault
        && place.is_none()
    {
        *place = heard_at;
    }
    fault
}

fn late(limit: Limit) -> Fault {
    Fault::Late {
        millis: u64::try_from(limit.wall.as_millis()).unwrap_or(u64::MAX),
        place: None,
    }
}

fn again(error: LoadError) -> Fault {
    Fault::Failed {
        message: error.to_string(),
        place: None,
    }
}

fn open(package: &Arc<Package>, grants: &Grants) -> Result<Vm, LoadError> {
    let trouble = |trouble: Trouble| LoadError::new(package.name(), trouble);
    let ran = |fault: Fault| {
        let fault = placed(fault, Some(format!("{}/{INIT}", package.name())));
        trouble(Trouble::Ran { fault })
    };
    let mut vm = Vm::open(package, grants).map_err(ran)?;
    let mut init = None;
    for path in package.modules() {
        let compiled = compile(&vm, path).map_err(trouble)?;
        init = (path == INIT).then_some(compiled).or(init);
    }
    let init = init.ok_or_else(|| trouble(Trouble::NoInit))?;
    let ended = vm.enter((LOAD, None), |_| Ok((init, ())), |_, _| Ok(()));
    ended.map_err(ran)?;
    let mut hooks = package.manifest().hooks.iter();
    if let Some(hook) = hooks.find(|hook| vm.stage().heard_at(**hook).is_none()) {
        return Err(trouble(Trouble::NotHeard { hook: *hook }));
    }
    vm.take_handlers().map_err(|error| {
        ran(Fault::Crashed {
            message: error.to_string(),
        })
    })?;
    Ok(vm)
}

/// Modules too, so that a mistake in one shows when the package loads, not when it is required.
pub(crate) fn compile(vm: &Vm, path: &str) -> Result<Function, Trouble> {
    let compiled = chunk(vm.lua(), vm.stage(), path);
    compiled.map_err(|error| {
        let text = match crate::vm::root(&error) {
            mlua::Error::SyntaxError { message, .. } => message.clone(),
            other => other.to_string(),
        };
        let inside = format!("{}/", vm.stage().package.name());
        let (place, message) = text.split_once(": ").unwrap_or((path, &text));
        Trouble::Syntax {
            place: place.strip_prefix(&inside).unwrap_or(place).to_owned(),
            message: message.to_owned(),
        }
    })
}

fn read_answer(lua: &Lua, hook: Hook, value: &Value) -> Result<Answer, String> {
    let is_list = match hook {
        Hook::ConsentPrompt => |key: &str| key == "fields" || LISTS.contains(&key),
        _ => |key: &str| LISTS.contains(&key),
    };
    let json = to_json(lua, value, is_list);
    let json = json.map_err(|error| format!("the answer holds {error}"))?;
    // The agent would cut the time of a question to what is allowed; its author is told.
    let waits = |seconds: u64| {
        u32::try_from(seconds).is_ok_and(|seconds| VerdictAnswer::TIMEOUT.contains(&seconds))
    };
    if json["verdict"] == "ask"
        && !json["timeout"].is_null()
        && !json["timeout"].as_u64().is_some_and(waits)
        && let Some(misfit) = of_answer(hook, &json)
    {
        return Err(misfit);
    }
    Answer::read(hook, json).map_err(|error| {
        let again = || to_json(lua, value, is_list).ok();
        let cause = match &error {
            AnswerError::Shape { source, .. } => {
                let misfit = again().and_then(|json| of_answer(hook, &json));
                format!(": {}", misfit.unwrap_or_else(|| source.to_string()))
            }
            _ => String::new(),
        };
        format!("{error}{cause}")
    })
}

/// An answer that does not fit, with where its hook is heard.
pub(crate) fn bad_answer(place: Option<String>, message: &str) -> Fault {
    let place = place.map(|place| format!(" (deskhook.on at {place})"));
    Fault::BadAnswer {
        message: format!("{message}{}", place.unwrap_or_default()),
    }
}
