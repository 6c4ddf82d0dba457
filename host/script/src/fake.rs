use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, mpsc};

use deskhook_hooks::{
    ExtensionRequest, Grants, HostCall, HostError, HostPort, HostReply, LogLevel,
};
use serde_json::{Map, Value, json};

use crate::nearest::{did_you_mean, nearest};
use crate::stage::lock;

mod fit;
mod tree;
mod usage;

use tree::Tree;
pub(crate) use usage::Usage;

/// When it is in a test that says nothing of the time: a Monday morning.
pub(crate) const MONDAY: &str = "2026-11-23T10:00:00+01:00";
const FIELDS: [&str; 11] = [
    "clock", "policy", "facts", "http", "exec", "files", "env", "store", "device", "person",
    "grants",
];

/// What a pretended host answers. Nothing of the machine is read or touched.
#[derive(Clone, Debug, Default)]
pub struct Fakes {
    pub(crate) clock: String,
    pub(crate) device: Map<String, Value>,
    pub(crate) person: Map<String, Value>,
    pub(crate) grants: Option<Vec<String>>,
    policy: Tree,
    facts: BTreeMap<String, Value>,
    http: BTreeMap<String, Vec<Value>>,
    exec: BTreeMap<String, Vec<Value>>,
    files: BTreeMap<String, Value>,
    environment: BTreeMap<String, Value>,
    store: BTreeMap<String, Value>,
    usage: Usage,
}

/// Why a document does not say what a pretended host answers.
#[derive(Debug, thiserror::Error)]
pub enum FakesError {
    /// There is no such field.
    #[error("there is no field {name:?} among the fakes{hint}")]
    Unknown {
        /// The field.
        name: String,
        /// What it may have been meant to be.
        hint: String,
    },
    /// What stands in a field is nothing that a host answers.
    #[error("{0}")]
    Misfit(String),
}

/// What a script asked of a pretended host.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The requests, in order.
    pub requests: Vec<ExtensionRequest>,
    /// The lines of the log, in order.
    pub logs: Vec<(LogLevel, String)>,
    /// The HTTP requests, in order: `method`, `url`, `headers`, `body`.
    pub http: Vec<Value>,
    /// The programs, in order: `path`, `arguments`, `stdin`.
    pub exec: Vec<Value>,
}

impl Fakes {
    /// Reads `{clock, policy, facts, http, exec, files, env, store, device, person, grants}`, all
    /// optional: what the functions of the same names in a test are given.
    pub fn read(document: &Value) -> Result<Self, FakesError> {
        let mut fakes = Self::default();
        fit::check("fakes", document)?;
        for (name, value) in document.as_object().into_iter().flatten() {
            fakes.set(name, value)?;
        }
        Ok(fakes)
    }

    pub(crate) fn set(&mut self, name: &str, value: &Value) -> Result<(), FakesError> {
        if !FIELDS.contains(&name) {
            let hint = did_you_mean(nearest(name, FIELDS));
            let name = name.to_owned();
            return Err(FakesError::Unknown { name, hint });
        }
        fit::check(name, value)?;
        match (name, value) {
            ("clock", Value::String(clock)) => self.clock.clone_from(clock),
            ("grants", Value::Array(grants)) => {
                let texts = grants.iter().filter_map(Value::as_str).map(str::to_owned);
                self.grants = Some(texts.collect());
            }
            // What is empty in Lua may be either.
            ("grants", _) => self.grants = Some(vec![]),
            (_, Value::Object(fields)) => self.set_fields(name, fields),
            _ => {}
        }
        Ok(())
    }

    fn set_fields(&mut self, name: &str, fields: &Map<String, Value>) {
        for (key, value) in fields {
            let (key, value) = (key.clone(), value.clone());
            if !["store", "device", "person"].contains(&name) {
                self.usage.set(name, &key);
            }
            match name {
                "policy" => self.policy.set(&key, value),
                "http" => drop(self.http.insert(key, series(value))),
                "exec" => drop(self.exec.insert(key, series(value))),
                "facts" => drop(self.facts.insert(key, value)),
                "files" => drop(self.files.insert(key, value)),
                "env" => drop(self.environment.insert(key, value)),
                "store" => drop(self.store.insert(key, value)),
                "device" => drop(self.device.insert(key, value)),
                _ => drop(self.person.insert(key, value)),
            }
        }
    }

    /// What was set and never asked for, and what was asked for without being set; one sentence
    /// each.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.usage.notes()
    }

    pub(crate) fn usage(&self) -> Usage {
        self.usage.clone()
    }

    pub(crate) fn stored(&self, key: &str) -> Value {
        self.store.get(key).cloned().unwrap_or_default()
    }
}

/// A list is one answer after the other, the last for good; anything else is the only one.
fn series(value: Value) -> Vec<Value> {
    match value {
        Value::Array(mut answers) => {
            answers.reverse();
            answers
        }
        one => vec![one],
    }
}

/// A host that pretends: a thread that answers as its [`Fakes`] say.
pub(crate) struct FakeHost {
    pub(crate) port: HostPort,
    pub(crate) shared: Arc<Mutex<(Fakes, Record)>>,
}

impl FakeHost {
    pub(crate) fn start(extension: &str, asked: &[String], fakes: Fakes) -> Self {
        let (questions, inbox) = mpsc::channel::<deskhook_hooks::HostQuestion>();
        let shared = Arc::new(Mutex::new((fakes, Record::default())));
        let (state, asked) = (Arc::clone(&shared), asked.to_vec());
        // It ends with the last port; without it every question stays without an answer.
        let _thread = std::thread::Builder::new().spawn(move || {
            for question in inbox {
                let reply = answer(&mut lock(&state), &asked, question.call);
                let _ = question.reply.send(reply);
            }
        });
        Self {
            port: HostPort::new(extension, questions),
            shared,
        }
    }
}

fn answer(state: &mut (Fakes, Record), asked: &[String], call: HostCall) -> HostReply {
    let fakes = &mut state.0;
    if let (Some(capability), Some(granted)) = (call.capability(), &fakes.grants)
        && !Grants::new(asked, granted).allows(&capability)
    {
        return Err(HostError::NotGranted { capability });
    }
    let size = size_of_val(&call) + serde_json::to_vec(&call).map_or(0, |text| text.len());
    if !fakes.usage.takes(size) {
        let message = "a pretended host is asked for at most 16 MiB in all";
        return Err(failed(message.to_owned()));
    }
    perform(state, call)
}

fn perform((fakes, record): &mut (Fakes, Record), call: HostCall) -> HostReply {
    match call {
        HostCall::Fact { name } => {
            fakes.usage.ask("facts", &name);
            Ok(fakes.facts.get(&name).cloned().unwrap_or_default())
        }
        HostCall::Policy { key } => {
            fakes.usage.ask("policy", &key);
            Ok(fakes.policy.get(&key))
        }
        HostCall::Environment { name } => {
            fakes.usage.ask("env", &name);
            Ok(fakes.environment.get(&name).cloned().unwrap_or_default())
        }
        HostCall::ReadFile { path } => file(fakes, &path),
        HostCall::StoreGet { key } => Ok(fakes.stored(&key)),
        HostCall::StoreSet { key, value } => {
            fakes.store.insert(key, value);
            Ok(Value::Null)
        }
        HostCall::Request(request) => {
            record.requests.push(request);
            Ok(Value::Null)
        }
        HostCall::Log { level, message } => {
            record.logs.push((level, message));
            Ok(Value::Null)
        }
        HostCall::Http {
            method,
            url,
            headers,
            body,
            ..
        } => {
            let request = json!({"method": method, "url": url, "headers": headers, "body": body});
            record.http.push(request);
            http(fakes, &method, &url)
        }
        HostCall::Exec {
            path,
            arguments,
            stdin,
            ..
        } => {
            let run = json!({"path": path, "arguments": arguments, "stdin": stdin});
            record.exec.push(run);
            exec(fakes, &path)
        }
    }
}

fn failed(message: String) -> HostError {
    HostError::Failed { message }
}

fn next(answers: Option<&mut Vec<Value>>) -> Option<Value> {
    let answers = answers?;
    if answers.len() > 1 {
        answers.pop()
    } else {
        answers.last().cloned()
    }
}

fn file(fakes: &mut Fakes, path: &str) -> HostReply {
    fakes.usage.ask("files", path);
    if let Some(text) = fakes.files.get(path) {
        return Ok(text.clone());
    }
    let what = format!("the file {path}");
    fakes.usage.unanswered(("files", path), what);
    let hint = format!("t.files{{[{path:?}] = \"...\"}}");
    Err(failed(format!("{path} is not there: {hint}")))
}

fn http(fakes: &mut Fakes, method: &str, url: &str) -> HostReply {
    let named = format!("{method} {url}");
    let key = if fakes.http.contains_key(&named) {
        named
    } else {
        url.to_owned()
    };
    fakes.usage.ask("http", &key);
    let Some(answer) = next(fakes.http.get_mut(&key)) else {
        let what = format!("{method} {url}");
        fakes.usage.unanswered(("http", &what.clone()), what);
        let hint = format!("t.http({url:?}, {{status = 200, body = \"...\"}})");
        return Err(failed(format!(
            "nothing answers {method} {url} in this test: {hint}"
        )));
    };
    if let Some(error) = answer.get("error").and_then(Value::as_str) {
        return Err(failed(format!("{method} {url}: {error}")));
    }
    let body = match answer.get("body") {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let status = answer.get("status").cloned().unwrap_or(json!(200));
    let headers = answer.get("headers").cloned().unwrap_or(json!({}));
    Ok(json!({"status": status, "headers": headers, "body": body}))
}

fn exec(fakes: &mut Fakes, path: &str) -> HostReply {
    fakes.usage.ask("exec", path);
    let Some(answer) = next(fakes.exec.get_mut(path)) else {
        let what = format!("the program {path}");
        fakes.usage.unanswered(("exec", path), what);
        let hint = format!("t.exec({path:?}, {{code = 0, stdout = \"...\"}})");
        return Err(failed(format!("{path} is not there in this test: {hint}")));
    };
    if let Some(error) = answer.get("error").and_then(Value::as_str) {
        return Err(failed(format!("{path}: {error}")));
    }
    let part = |name: &str, empty: Value| answer.get(name).cloned().unwrap_or(empty);
    let (stdout, stderr) = (part("stdout", json!("")), part("stderr", json!("")));
    Ok(json!({"code": part("code", json!(0)), "stdout": stdout, "stderr": stderr}))
}
