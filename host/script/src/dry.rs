use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

use deskhook_hooks::{Answer, Call, CallError, Extension, Fault, Hook, Kind, Limit, VerdictAnswer};
use serde_json::{Map, Value, json};

use crate::fake::{FakeHost, Fakes, Record};
use crate::misfit::{Misfit, misfits};
use crate::script::bad_answer;
use crate::shape::Shapes;
use crate::stage::lock;
use crate::{LoadError, Package, Script};

mod menu;

/// What one hook of a package answered, on a pretended host.
#[derive(Clone, Debug)]
pub struct RunResult {
    /// Which hook.
    pub hook: Hook,
    /// What it answered, or why it did not.
    pub answer: Result<Answer, Fault>,
    /// What it asked of its host.
    pub record: Record,
    /// How long it took, in microseconds.
    pub micros: u64,
    /// Names in the input that nobody reads, and words that nobody knows, one sentence each.
    pub unread: Vec<String>,
    /// What of the fakes was not asked for, and what was asked for and not faked.
    pub notes: Vec<String>,
}

/// Why a hook could not be run at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The package does not load.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The input is not the hook's.
    #[error(transparent)]
    Input(#[from] CallError),
    /// A test's input has a field that the hook is not given, or a word that no agent says.
    #[error("{0}")]
    Unread(String),
    /// A value of the input has another type than the hook's field.
    #[error("the input does not fit the hook {hook}: {misfit}")]
    Misfit {
        /// The hook.
        hook: Hook,
        /// Which field, what is wanted there, and what is there.
        misfit: String,
    },
    /// The input is no object.
    #[error("the input of {hook} is an object of its fields, not {given}")]
    NoObject {
        /// The hook.
        hook: Hook,
        /// What it is.
        given: &'static str,
    },
    /// The input says that it is another hook's.
    #[error("the input is of the hook {named:?}, and {hook} is to run")]
    OtherHook {
        /// The hook.
        hook: Hook,
        /// What the input says.
        named: String,
    },
    /// The package does not hear the hook.
    #[error("the package {package:?} does not hear the hook {hook}")]
    NotHeard {
        /// The package.
        package: String,
        /// The hook.
        hook: Hook,
    },
}

impl RunResult {
    /// What the chain makes of it: for a hook of kind `decide`, a failure is a denial.
    pub fn verdict(&self) -> Option<VerdictAnswer> {
        match &self.answer {
            Ok(Answer::Verdict(verdict)) => Some(verdict.into()),
            Err(fault) if self.hook.kind() == Kind::Decide => Some(VerdictAnswer::Deny {
                code: "check-failed".to_owned(),
                message: fault.to_string(),
            }),
            _ => None,
        }
    }

    /// Whether the answer of a hook of kind `decide` is no, whatever the reason.
    pub fn denies(&self) -> bool {
        matches!(self.verdict(), Some(VerdictAnswer::Deny { .. }))
    }

    /// The answer as a test sees it: `hook`, `verdict`, `code`, `message`, `title`, `timeout`,
    /// `patch`, `value`, `requests`, `fault`.
    pub fn to_value(&self) -> Value {
        let mut value = match &self.answer {
            Ok(Answer::Verdict(_)) => self
                .answer
                .as_ref()
                .map(Answer::to_value)
                .unwrap_or_default(),
            Ok(Answer::Nothing) => json!({}),
            Ok(Answer::Value(value)) => json!({ "value": value }),
            Ok(Answer::Requests(_)) => json!({ "requests": self.plain() }),
            Ok(_) => json!({ "patch": self.plain() }),
            Err(fault) => json!({ "fault": fault.to_string() }),
        };
        if let (Err(fault), true) = (&self.answer, self.denies()) {
            value = json!({"verdict": "deny", "code": "check-failed", "message": fault.to_string(),
                "fault": fault.to_string()});
        }
        value["hook"] = json!(self.hook.name());
        value
    }

    /// Everything that is known of the run: the answer as a test sees it, and `micros`, `logs`
    /// (`level`, `message`), `asked` (`requests`, `http`, `exec`), `warnings`. A hook of kind `decide`
    /// without an opinion has the verdict `abstain`.
    pub fn to_document(&self) -> Value {
        let mut document = self.to_value();
        let logs = self.record.logs.iter();
        let logs = logs.map(|(level, message)| json!({"level": level, "message": message}));
        if self.hook.kind() == Kind::Decide && document.get("verdict").is_none() {
            document["verdict"] = json!("abstain");
        }
        document["micros"] = json!(self.micros);
        document["logs"] = logs.collect();
        document["asked"] = json!({
            "requests": self.record.requests, "http": self.record.http, "exec": self.record.exec,
        });
        let warnings = self.unread.iter().chain(&self.notes);
        document["warnings"] = warnings.map(String::as_str).collect();
        document
    }

    /// A patch without the fields that it does not set.
    fn plain(&self) -> Value {
        let mut value = self
            .answer
            .as_ref()
            .map(Answer::to_value)
            .unwrap_or_default();
        strip(&mut value);
        value
    }
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(strip);
            fields.retain(|_, value| !value.is_null());
        }
        Value::Array(entries) => entries.iter_mut().for_each(strip),
        _ => {}
    }
}

/// Runs one hook of the package in `dir` with `input`, the flat object of the contract (fields
/// that are missing are empty), on a pretended host. Everything that the manifest asks for is
/// granted, unless the fakes say otherwise.
pub fn run(dir: &Path, hook: Hook, input: Value, fakes: Fakes) -> Result<RunResult, RunError> {
    let package = Arc::new(Package::load(dir)?);
    let host = host(&package, fakes);
    let script = script(&package, &host)?;
    call(&script, &host, hook, input)
}

pub(crate) fn host(package: &Package, fakes: Fakes) -> FakeHost {
    FakeHost::start(package.name(), &package.manifest().capabilities, fakes)
}

pub(crate) fn script(package: &Arc<Package>, host: &FakeHost) -> Result<Script, LoadError> {
    let grants = lock(&host.shared).0.grants.clone();
    let grants = grants.unwrap_or_else(|| package.manifest().capabilities.clone());
    Script::new(Arc::clone(package), &grants)
}

pub(crate) fn call(
    script: &Script,
    host: &FakeHost,
    hook: Hook,
    input: Value,
) -> Result<RunResult, RunError> {
    if !script.about().hooks.contains(&hook) {
        let package = script.about().name.clone();
        return Err(RunError::NotHeard { package, hook });
    }
    check_input(hook, &input)?;
    let mut input = with_context(hook, input, &host.shared);
    // What is null is not there, as in Lua.
    strip(&mut input);
    let unread = slips(hook, &input)?;
    let read = Call::read(Some(hook), input).map_err(|error| match unread.first() {
        Some(slip) => RunError::Unread(slip.clone()),
        None => error.into(),
    })?;
    let begun = Instant::now();
    let before = lock(&host.shared).1.clone();
    let limit = Limit {
        cpu: hook.kind().cpu(),
        // The machine of an author may be busy; what is tried here is the script.
        wall: hook.kind().longest().max(hook.kind().cpu() * 10),
    };
    let answer = script.call(&read, limit, &host.port);
    let answer = answer.and_then(|answer| {
        let refused = |why: String| bad_answer(script.heard_at(hook), &why);
        menu::judged(&read, answer).map_err(refused)
    });
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let record = since(&before, &lock(&host.shared).1);
    let notes = lock(&host.shared).0.notes();
    Ok(RunResult {
        hook,
        answer,
        record,
        micros,
        unread,
        notes,
    })
}

/// What the hook is given for `input`, whole.
pub(crate) fn input(hook: Hook, input: Value, host: &FakeHost) -> Option<Value> {
    let whole = with_context(hook, input, &host.shared);
    let call = Call::read(Some(hook), whole).ok()?;
    Some(call.input())
}

/// Keys of inputs under which a list stands; an empty Lua table does not say so itself.
pub(crate) fn is_list_in_input(key: &str) -> bool {
    ["arguments", "permissions", "groups", "items", "changed"].contains(&key)
}

fn check_input(hook: Hook, input: &Value) -> Result<(), RunError> {
    let given = match input {
        Value::Object(fields) => {
            let named = fields.get("hook").filter(|named| **named != hook.name());
            let spelt = |named: &Value| named.as_str().map_or(named.to_string(), str::to_owned);
            let named = named.filter(|named| !named.is_null()).map(spelt);
            return named.map_or(Ok(()), |named| Err(RunError::OtherHook { hook, named }));
        }
        Value::Array(_) => "a list",
        Value::String(_) => "a text",
        Value::Number(_) => "a number",
        Value::Bool(_) => "true or false",
        Value::Null => "null",
    };
    Err(RunError::NoObject { hook, given })
}

fn since(before: &Record, now: &Record) -> Record {
    Record {
        requests: now.requests[before.requests.len()..].to_vec(),
        logs: now.logs[before.logs.len()..].to_vec(),
        http: now.http[before.http.len()..].to_vec(),
        exec: now.exec[before.exec.len()..].to_vec(),
    }
}

fn with_context(hook: Hook, input: Value, shared: &Mutex<(Fakes, Record)>) -> Value {
    let fakes = &lock(shared).0;
    let mut fields = Map::new();
    fields.insert("now".to_owned(), json!(fakes.clock));
    fields.insert("device".to_owned(), merged(some_device(), &fakes.device));
    fields.insert("person".to_owned(), merged(some_person(), &fakes.person));
    fields.insert("policy_version".to_owned(), json!("test"));
    if hook == Hook::TrayMenu {
        let phase = input["session"]["phase"].as_str().unwrap_or_default();
        fields.insert("menu".to_owned(), menu::usual(phase));
    }
    let Value::Object(input) = input else {
        return input;
    };
    for (name, value) in input.into_iter().filter(|(_, value)| !value.is_null()) {
        let value = match (fields.get(&name), value) {
            (Some(before @ Value::Object(_)), Value::Object(value)) => {
                merged(before.clone(), &value)
            }
            (_, value) => value,
        };
        fields.insert(name, value);
    }
    Value::Object(fields)
}

fn merged(mut into: Value, fields: &Map<String, Value>) -> Value {
    for (name, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
        into[name.as_str()] = value.clone();
    }
    into
}

fn some_device() -> Value {
    json!({"id": "device-1", "name": "PC-0815", "os": "linux", "os_version": "12", "groups": []})
}

fn some_person() -> Value {
    json!({"name": "kim", "display_name": "Kim Example", "language": "en", "verified": true})
}

/// A name that nobody reads is most likely a slip of the author; a value of another type is an error.
fn slips(hook: Hook, input: &Value) -> Result<Vec<String>, RunError> {
    let found = misfits(input, &Shapes::known().input(hook), "input");
    let slip = |misfit: Misfit| match misfit {
        Misfit::Name(slip) => Ok(slip),
        Misfit::Type(misfit) => Err(RunError::Misfit { hook, misfit }),
    };
    found.into_iter().map(slip).collect()
}
