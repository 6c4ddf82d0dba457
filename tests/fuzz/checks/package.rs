//! A package of one module, and one call of it.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use deskhook_hooks::{
    Answer, Call, Extension, Fault, Hook, HostCall, HostError, HostPort, HostQuestion, Limit,
};
use deskhook_script::{Package, Script};
use serde_json::{Value, json};

const MANIFEST: &str =
    r#"{"name": "input", "version": "1.0.0", "api": 1, "hooks": ["session.request"]}"#;
/// What the module gives back is the answer, or the function that gives it.
const INIT: &str = r#"
local allow, type = deskhook.allow, type
local input = require("./input")
deskhook.on("session.request", function(ctx)
  if ctx.policy_version ~= "input" then
    return allow()
  end
  return if type(input) == "function" then input(ctx) else input
end)
"#;
const LIMIT: Limit = Limit {
    cpu: Duration::from_millis(50),
    wall: Duration::from_millis(500),
};
/// Far more than limits and grace, also where other processes have the machine.
const BOUND: Duration = Duration::from_secs(30);

/// The package with `module` in it, where it loads. However that ends, it ends.
pub(crate) fn load(module: &str) -> Option<Script> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in [
        ("deskhook.json", MANIFEST),
        ("init.lua", INIT),
        ("input.lua", module),
    ] {
        std::fs::write(dir.path().join(name), text).expect("a file in it");
    }
    let begun = Instant::now();
    let script = Package::load(dir.path()).and_then(|package| Script::new(package, &[]));
    assert!(
        begun.elapsed() < BOUND,
        "loading took {:?}",
        begun.elapsed()
    );
    script.ok()
}

/// One call, and what the script kept in its store meanwhile. The store has `stored`.
pub(crate) fn call(script: &Script, stored: &Value) -> (Result<Answer, Fault>, Option<Value>) {
    let (questions, inbox) = mpsc::channel::<HostQuestion>();
    let stored = stored.clone();
    let host = thread::spawn(move || {
        let mut kept = None;
        for question in inbox {
            let reply = match question.call {
                HostCall::StoreGet { .. } => Ok(stored.clone()),
                HostCall::StoreSet { value, .. } => {
                    kept = Some(value);
                    Ok(Value::Null)
                }
                HostCall::Log { .. } | HostCall::Request(_) => Ok(Value::Null),
                _ => Err(HostError::NoAnswer),
            };
            let _ = question.reply.send(reply);
        }
        kept
    });
    let begun = Instant::now();
    let port = HostPort::new("input", questions);
    let ended = script.call(&input("input"), LIMIT, &port);
    assert!(
        begun.elapsed() < BOUND,
        "the call took {:?}",
        begun.elapsed()
    );
    assert!(!matches!(ended, Err(Fault::Crashed { .. })), "{ended:?}");
    let next = script.call(&input(""), ROOMY, &port);
    assert!(next.is_ok(), "the next call: {next:?} after {ended:?}");
    drop(port);
    (ended, host.join().expect("the host does not panic"))
}

/// For the call after: it may have to load the package anew.
const ROOMY: Limit = Limit {
    cpu: Duration::from_secs(10),
    wall: Duration::from_secs(20),
};

fn input(policy_version: &str) -> Call {
    let input = json!({ "policy_version": policy_version });
    Call::read(Some(Hook::SessionRequest), input).expect("an input of the hook")
}
