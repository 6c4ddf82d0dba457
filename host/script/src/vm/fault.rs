use std::any::Any;

use deskhook_hooks::Fault;
use mlua::{Error, Lua, Value};

use super::{Vm, place};
use crate::stage::{Failure, Stage};

/// What one VM may use.
pub(crate) const MEMORY_MIB: u32 = 16;
/// What Luau says when there is no more.
const NO_MEMORY: &str = "not enough memory";
/// Longer messages are cut: they go into logs and before people.
const LONGEST_MESSAGE: usize = 2048;

fn memory_fault(place: Option<String>) -> Fault {
    Fault::Memory {
        limit_mib: MEMORY_MIB,
        place,
    }
}

/// What a protected call came to: a value, or the fault in it.
pub(super) fn judge(
    vm: &Vm,
    ended: Result<mlua::Result<(bool, Value)>, Box<dyn Any + Send>>,
) -> Result<Value, Fault> {
    let stage = vm.stage();
    let failure = stage.take_failure();
    if let Some(fault) = stage.take_end() {
        return Err(fault);
    }
    match ended {
        Err(panic) => Err(Fault::of_panic(&*panic)),
        Ok(Ok((true, value))) => Ok(value),
        // Whoever looks at an error needs memory too.
        Ok(Ok((false, _))) if failure.is_none() && vm.is_filled() => Err(memory_fault(None)),
        Ok(Ok((false, _))) => Err(failed(failure.unwrap_or_else(nameless))),
        Ok(Err(error)) if is_memory(&error) => Err(memory_fault(None)),
        Ok(Err(error)) => Err(failed(read_error(stage, &error))),
    }
}

fn nameless() -> Failure {
    Failure {
        message: "it failed, and failed again while saying why".to_owned(),
        place: None,
    }
}

fn failed(failure: Failure) -> Fault {
    Fault::Failed {
        message: failure.message,
        place: failure.place,
    }
}

/// Reads an error where it was raised: runs before the stack is unwound. No memory left is
/// noted for good; the rest is for whoever catches it.
pub(super) fn witness(lua: &Lua, stage: &Stage, error: &Value) -> Failure {
    let no_memory = match error {
        Value::String(text) => text.as_bytes() == NO_MEMORY.as_bytes(),
        Value::Error(error) => is_memory(error),
        _ => false,
    };
    if no_memory {
        stage.end(memory_fault(place::caller(lua)));
    }
    let failure = match error {
        Value::String(text) => {
            let moved = place::relocated(lua, text);
            read_text(stage, &moved.unwrap_or_else(|| text.to_string_lossy()))
        }
        Value::Error(error) => read_error(stage, error),
        other => Failure {
            message: format!("a {} was raised as an error", other.type_name()),
            place: None,
        },
    };
    Failure {
        place: failure.place.or_else(|| place::caller(lua)),
        ..failure
    }
}

pub(super) fn read_error(stage: &Stage, error: &Error) -> Failure {
    match root(error) {
        Error::RuntimeError(text) | Error::SyntaxError { message: text, .. } => {
            read_text(stage, text)
        }
        other => read_text(stage, &other.to_string()),
    }
}

pub(crate) fn root(error: &Error) -> &Error {
    match error {
        Error::CallbackError { cause, .. } | Error::WithContext { cause, .. } => root(cause),
        other => other,
    }
}

fn is_memory(error: &Error) -> bool {
    matches!(root(error), Error::MemoryError(_))
}

fn read_text(stage: &Stage, text: &str) -> Failure {
    let text = text.split("\nstack traceback:").next().unwrap_or_default();
    let cut = (0..=LONGEST_MESSAGE)
        .rev()
        .find(|at| text.is_char_boundary(*at));
    let text = text.get(..cut.unwrap_or_default()).unwrap_or(text);
    match place::split(stage.package.name(), text) {
        Some((place, message)) => Failure {
            message: message.to_owned(),
            place: Some(place.to_owned()),
        },
        None => Failure {
            message: text.to_owned(),
            place: None,
        },
    }
}
