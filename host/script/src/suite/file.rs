use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use deskhook_hooks::{Fault, Grants, Limit};
use mlua::{Function, Lua};

use super::rig::Rig;
use super::{TestCase, TestFailure};
use crate::Package;
use crate::fake::Usage;
use crate::script::compile;
use crate::stage::{Stage, lock};
use crate::vm::{Vm, chunk, native};

/// What a file of tests, and one test, may take.
const LIMIT: Limit = Limit {
    cpu: Duration::from_secs(10),
    wall: Duration::from_secs(60),
};

/// Tests of one file, and bytes of a test's name: what is kept of them lies outside of the script's
/// own limit.
const MOST_TESTS: usize = 1000;
const LONGEST_NAME: usize = 256;

/// Runs the tests of one file.
pub(super) fn run(
    package: &Arc<Package>,
    path: &str,
    wanted: &dyn Fn(&str, &str) -> bool,
) -> Vec<(TestCase, Usage)> {
    match Bench::load(package, path) {
        Ok(bench) => {
            let names = bench.names().into_iter().enumerate();
            let wanted = names.filter(|(_, name)| wanted(path, name));
            wanted
                .map(|(number, name)| bench.case(number, name))
                .collect()
        }
        Err(failure) => {
            let case = TestCase {
                name: "the file loads".to_owned(),
                file: path.to_owned(),
                failure: Some(failure),
                micros: 0,
                notes: vec![],
            };
            vec![(case, Usage::default())]
        }
    }
}

/// A Lua state with one file of tests in it.
struct Bench {
    path: String,
    vm: Vm,
    names: Arc<Mutex<Vec<String>>>,
    rig: Arc<Mutex<Rig>>,
}

impl Bench {
    fn load(package: &Arc<Package>, path: &str) -> Result<Self, TestFailure> {
        let asked = &package.manifest().capabilities;
        let names = Arc::new(Mutex::new(vec![]));
        let rig = Arc::new(Mutex::new(Rig::new(package)));
        let (list, kept) = (Arc::clone(&names), Arc::clone(&rig));
        let vm = Vm::open_with(package, &Grants::new(asked, asked), move |lua, stage| {
            super::assertion::install(lua, stage, &kept)?;
            lua.globals().raw_set("test", register(lua, stage, list)?)
        });
        let vm = vm.map_err(|fault| failure(&fault))?;
        compile(&vm, path).map_err(|trouble| TestFailure {
            place: None,
            line: None,
            message: trouble.to_string(),
            logs: vec![],
        })?;
        let turn = lock(&rig).turn();
        let load = |lua: &Lua| Ok((chunk(lua, vm.stage(), path)?, ()));
        let loaded = vm.enter((LIMIT, Some(turn)), load, |_, _| Ok(()));
        loaded.map_err(|fault| failure(&fault))?;
        let path = path.to_owned();
        Ok(Self {
            path,
            vm,
            names,
            rig,
        })
    }

    fn names(&self) -> Vec<String> {
        lock(&self.names).clone()
    }

    fn case(&self, number: usize, name: String) -> (TestCase, Usage) {
        let turn = {
            let mut rig = lock(&self.rig);
            rig.reset();
            rig.turn()
        };
        let make = |lua: &Lua| {
            let function: Function = lua.named_registry_value(&key(number))?;
            Ok((function, super::assertion::table(lua)?))
        };
        let begun = Instant::now();
        let result = self.vm.enter((LIMIT, Some(turn)), make, |_, _| Ok(()));
        let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        let (logs, usage, notes) = {
            let rig = lock(&self.rig);
            (rig.logs(), rig.usage(), rig.unseen())
        };
        let case = TestCase {
            name,
            file: self.path.clone(),
            failure: result.err().map(|fault| TestFailure {
                logs,
                ..failure(&fault)
            }),
            micros,
            notes,
        };
        (case, usage)
    }
}

/// `test(name, function(t) ... end)`.
fn register(
    lua: &Lua,
    stage: &Arc<Stage>,
    names: Arc<Mutex<Vec<String>>>,
) -> mlua::Result<Function> {
    native(
        lua,
        stage,
        "test",
        move |lua, _, (name, function): (String, Function)| {
            let mut names = lock(&names);
            if name.len() > LONGEST_NAME || name.chars().any(char::is_control) {
                let why = "a test's name is one line of at most 256 bytes";
                return Err(why.to_owned().into());
            }
            if names.len() >= MOST_TESTS {
                return Err(format!("a file has at most {MOST_TESTS} tests").into());
            }
            if names.contains(&name) {
                return Err(format!("there is a test {name:?} in this file already").into());
            }
            lua.set_named_registry_value(&key(names.len()), function)?;
            names.push(name);
            Ok(())
        },
    )
}

fn key(number: usize) -> String {
    format!("deskhook.test {number}")
}

fn failure(fault: &Fault) -> TestFailure {
    let (place, message) = match fault {
        Fault::Failed { place, message } => (place.clone(), message.clone()),
        other => (None, other.to_string()),
    };
    TestFailure {
        place,
        line: None,
        message,
        logs: vec![],
    }
}
