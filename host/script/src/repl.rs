use std::path::{Path, PathBuf};
use std::sync::Arc;

use deskhook_hooks::{Fault, Grants, Hook, Kind, Limit, LogLevel};
use mlua::{Function, Lua, Table, Value};
use serde_json::{Map, json};

use crate::dry::{self, RunError, RunResult};
use crate::fake::{FakeHost, Fakes};
use crate::lexer::is_open;
use crate::nearest::{did_you_mean, nearest};
use crate::stage::{Turn, lock};
use crate::value::{to_json, to_lua};
use crate::vm::Vm;
use crate::{LoadError, Package, Script};

mod command;
mod completion;
mod display;

use display::display;

/// Under which name what is typed runs; the name makes `require("./other")` find the package's files.
const FILE: &str = "repl.lua";
/// Bytes of one input: nobody types more.
const LONGEST: usize = 64 * 1024;
/// Runs a function and keeps all that it gives back, however many.
const ALL: &str = "local f = ... return table.pack(f())";

/// Lua, line by line, as in a hook of a package: the same API, the same budget, and a pretended
/// host that commands set up. Globals stay from one line to the next; `ctx` is the input of the
/// last hook that ran, `result` its answer.
pub struct Repl {
    dir: PathBuf,
    package: Arc<Package>,
    host: FakeHost,
    vm: Vm,
    script: Option<Script>,
    logs_told: usize,
}

/// What came of one input.
#[derive(Debug)]
pub enum Reply {
    /// Nothing to show.
    Nothing,
    /// Values, or what a command says.
    Shown(String),
    /// An error, with its place.
    Failed(String),
    /// A hook that ran.
    Ran(Box<RunResult>),
    /// The end was asked for.
    Left,
}

impl Repl {
    /// Opens the package in `dir`. One whose `init.lua` fails is open all the same; its hooks say
    /// why they do not run.
    pub fn open(dir: &Path) -> Result<Self, LoadError> {
        Self::open_with(dir, Fakes::default())
    }

    fn open_with(dir: &Path, fakes: Fakes) -> Result<Self, LoadError> {
        let package = Arc::new(Package::load(dir)?);
        let host = dry::host(&package, fakes);
        let vm = open(&package, &host)?;
        let repl = Self {
            dir: dir.to_owned(),
            package,
            host,
            vm,
            script: None,
            logs_told: 0,
        };
        if let Some(hook) = repl.package.manifest().hooks.first().copied() {
            let input = dry::input(hook, json!({}), &repl.host);
            repl.set_global("ctx", &input.unwrap_or_default());
        }
        Ok(repl)
    }

    /// The package that is open.
    pub fn package(&self) -> &Package {
        &self.package
    }

    /// Takes one input: Lua, or a command that begins with a colon.
    pub fn take(&mut self, input: &str) -> Reply {
        let text = input.trim();
        if text.is_empty() {
            return Reply::Nothing;
        }
        if text.len() > LONGEST {
            return Reply::Failed("the input is larger than 64 KiB".to_owned());
        }
        match text.strip_prefix(':') {
            Some(command) => self.command(command),
            None => self.evaluate(text, display_all).unwrap_or_else(|fault| {
                let note = self.renewed(&fault);
                Reply::Failed(format!("{fault}{note}"))
            }),
        }
    }

    /// Whether `input` is whole, or wants more lines.
    pub fn is_complete(&self, input: &str) -> bool {
        let text = input.trim();
        if text.starts_with(':') && text.len() <= LONGEST {
            return !is_open(text);
        }
        let whole = text.is_empty() || text.len() > LONGEST;
        whole
            || match chunk(self.vm.lua(), &self.package, text) {
                Ok(_) => true,
                Err(error) => {
                    let error = error.to_string();
                    // The compiler names the end of a text that is open by its quote alone.
                    let open_text = error.contains("Malformed string") && text.contains("[[");
                    !error.contains("got <eof>") && !open_text
                }
            }
    }

    /// What was logged since the last time, in order.
    pub fn logs(&mut self) -> Vec<(LogLevel, String)> {
        let shared = lock(&self.host.shared);
        let logs = shared.1.logs.get(self.logs_told..).unwrap_or_default();
        self.logs_told = shared.1.logs.len();
        logs.to_vec()
    }

    fn evaluate<R>(
        &self,
        text: &str,
        read: impl FnOnce(&Lua, Value) -> Result<R, Fault>,
    ) -> Result<R, Fault> {
        let kind = Kind::Decide;
        let limit = Limit {
            cpu: kind.cpu(),
            wall: kind.wall(),
        };
        let turn = {
            let fakes = &lock(&self.host.shared).0;
            let language = fakes.person.get("language").and_then(|text| text.as_str());
            Turn {
                host: self.host.port.clone(),
                now: fakes.clock.clone(),
                language: language.unwrap_or("en").to_owned(),
            }
        };
        let make = |lua: &Lua| {
            let typed = chunk(lua, &self.package, text)?;
            let all: Function = lua.load(ALL).set_name("=deskhook").into_function()?;
            Ok((all, typed))
        };
        self.vm.enter((limit, Some(turn)), make, read)
    }

    /// After a fault that leaves the state in doubt there is a new one, and that is told.
    fn renewed(&mut self, fault: &Fault) -> &'static str {
        let doubtful = matches!(
            fault,
            Fault::Late { .. } | Fault::Memory { .. } | Fault::Crashed { .. }
        );
        if !doubtful {
            return "";
        }
        match open(&self.package, &self.host) {
            Ok(vm) => {
                self.vm = vm;
                "\nthe state is a new one: globals are gone"
            }
            Err(_) => "\nthe state cannot be made anew: :reload",
        }
    }

    fn run(&mut self, hook: Hook, input: serde_json::Value) -> Result<RunResult, RunError> {
        let script = match self.script.take() {
            Some(script) => script,
            None => dry::script(&self.package, &self.host)?,
        };
        let given = dry::input(hook, input.clone(), &self.host);
        let result = dry::call(self.script.insert(script), &self.host, hook, input);
        self.logs_told = lock(&self.host.shared).1.logs.len();
        let result = result?;
        self.set_global("ctx", &given.unwrap_or_default());
        self.set_global("result", &result.to_value());
        Ok(result)
    }

    fn set_global(&self, name: &str, value: &serde_json::Value) {
        // Too little memory shows itself at the next input.
        let _ = to_lua(self.vm.lua(), value)
            .and_then(|value| self.vm.lua().globals().raw_set(name, value));
    }

    /// A plain value that is written in Lua.
    fn plain(&self, text: &str) -> Result<serde_json::Value, String> {
        let read = |lua: &Lua, value: Value| {
            let first = value.as_table().map(|all| all.raw_get::<Value>(1));
            let first = first.unwrap_or(Ok(Value::Nil));
            let first = first.map_err(|error| bad(error.to_string()))?;
            to_json(lua, &first, dry::is_list_in_input)
                .map_err(|error| bad(format!("there is {error}")))
        };
        self.evaluate(text, read).map_err(|fault| fault.to_string())
    }

    fn reload(&mut self) -> Result<(), LoadError> {
        let fakes = lock(&self.host.shared).0.clone();
        *self = Self::open_with(&self.dir, fakes)?;
        Ok(())
    }

    fn set(&mut self, field: &str, fields: Map<String, serde_json::Value>) -> Result<(), String> {
        let set = lock(&self.host.shared).0.set(field, &fields.into());
        set.map_err(|error| error.to_string())
    }
}

fn bad(message: String) -> Fault {
    Fault::BadAnswer { message }
}

fn display_all(_: &Lua, value: Value) -> Result<Reply, Fault> {
    let count = value.as_table().map(|all| all.raw_get::<usize>("n"));
    let count = count.and_then(Result::ok).unwrap_or_default();
    let all = value.as_table().into_iter();
    let all = all.flat_map(|all: &Table| {
        (1..=count).map(|index| all.raw_get::<Value>(index).unwrap_or(Value::Nil))
    });
    Ok(match count {
        0 => Reply::Nothing,
        _ => Reply::Shown(display(all)),
    })
}

/// What is typed, as an expression where it is one.
fn chunk(lua: &Lua, package: &Package, text: &str) -> mlua::Result<Function> {
    let load = |text: &str| {
        lua.load(text)
            .set_name(format!("@{}/{FILE}", package.name()))
            .set_mode(mlua::chunk::ChunkMode::Text)
            .into_function()
    };
    load(&format!("return {text}")).or_else(|broken| {
        // An expression that breaks off is one all the same.
        let breaks_off = broken.to_string().contains("got <eof>");
        load(text).map_err(|error| if breaks_off { broken } else { error })
    })
}

fn open(package: &Arc<Package>, host: &FakeHost) -> Result<Vm, LoadError> {
    let asked = &package.manifest().capabilities;
    let granted = lock(&host.shared).0.grants.clone();
    let grants = Grants::new(asked, &granted.unwrap_or_else(|| asked.clone()));
    Vm::open(package, &grants)
        .map_err(|fault| LoadError::new(package.name(), crate::package::Trouble::Ran { fault }))
}

/// A hook by its name, with the nearest where there is none.
fn hook_named(name: &str) -> Result<Hook, String> {
    Hook::parse(name).map_err(|error| {
        let hint = did_you_mean(nearest(name, Hook::ALL.map(Hook::name)));
        format!("{error}{hint}")
    })
}
