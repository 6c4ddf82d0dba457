use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use deskhook_hooks::Fault;
use mlua::{FromLuaMulti, Function, IntoLuaMulti, Lua, MultiValue};

use super::{caller, fault};
use crate::stage::Stage;

/// Why a function of the API does not do what it was asked.
pub(crate) enum Complaint {
    /// Something that the author can mend.
    Said(String),
    /// Lua itself, memory most likely.
    Lua(mlua::Error),
}

impl From<mlua::Error> for Complaint {
    fn from(error: mlua::Error) -> Self {
        Self::Lua(error)
    }
}

impl From<String> for Complaint {
    fn from(message: String) -> Self {
        Self::Said(message)
    }
}

impl From<&str> for Complaint {
    fn from(message: &str) -> Self {
        Self::Said(message.to_owned())
    }
}

/// A function of the API. Its complaints say which function (unless its name is empty) and which
/// line of the package. A panic in it ends the call, and so does a limit that was reached in it.
pub(crate) fn native<A, R>(
    lua: &Lua,
    stage: &Arc<Stage>,
    name: &'static str,
    body: impl Fn(&Lua, &Arc<Stage>, A) -> Result<R, Complaint> + Send + Sync + 'static,
) -> mlua::Result<Function>
where
    A: FromLuaMulti,
    R: IntoLuaMulti,
{
    let stage = Arc::clone(stage);
    lua.create_function(move |lua, arguments: MultiValue| {
        let run = || {
            let arguments = A::from_lua_args(arguments, 1, Some(name), lua).map_err(misfit)?;
            body(lua, &stage, arguments)?
                .into_lua_multi(lua)
                .map_err(Complaint::Lua)
        };
        let ended = catch_unwind(AssertUnwindSafe(run));
        if let Some(millis) = stage.meter.exceeded() {
            let place = caller(lua);
            stage.end(Fault::Late { millis, place });
        }
        match ended {
            Ok(Ok(values)) => Ok(values),
            Ok(Err(Complaint::Lua(error))) => Err(error),
            Ok(Err(Complaint::Said(message))) => Err(located(lua, name, &message)),
            Err(panic) => {
                stage.end(Fault::of_panic(&*panic));
                Err(located(lua, name, "the host crashed"))
            }
        }
    })
}

fn located(lua: &Lua, name: &str, message: &str) -> mlua::Error {
    let place = caller(lua).map(|place| place + ": ").unwrap_or_default();
    let name = if name.is_empty() {
        String::new()
    } else {
        format!("{name}: ")
    };
    mlua::Error::runtime(format!("{place}{name}{message}"))
}

fn misfit(error: mlua::Error) -> Complaint {
    let (position, cause) = match fault::root(&error) {
        mlua::Error::BadArgument { pos, cause, .. } => (*pos, fault::root(cause)),
        mlua::Error::FromLuaConversionError { .. } => (1, fault::root(&error)),
        _ => return Complaint::Lua(error),
    };
    let mlua::Error::FromLuaConversionError { from, to, message } = cause else {
        return Complaint::Said(format!("argument {position}: {cause}"));
    };
    let (wanted, given) = (in_words(to), in_words(from));
    let not_text = message.as_ref().is_some_and(|why| why.contains("utf-8"));
    let why = if not_text { " that is UTF-8" } else { "" };
    Complaint::Said(format!(
        "argument {position} has to be {wanted}{why}, and this is {given}"
    ))
}

/// A type of Lua's or of this program's, as authors know it.
pub(crate) fn in_words(kind: &str) -> &'static str {
    match kind {
        "String" | "string" => "a text",
        "Table" | "table" => "a table",
        "Function" | "function" => "a function",
        "boolean" => "true or false",
        "nil" => "nil",
        "u32" => "a whole number of 0 or more",
        "thread" => "a coroutine",
        "buffer" => "a buffer",
        _ => "a number",
    }
}
