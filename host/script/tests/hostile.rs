//! Whatever a script does, a call of it ends with an answer or a fault that says where, and the
//! next call works.

use std::path::Path;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use deskhook_hooks::{Answer, Call, Extension, Fault, Hook, HostPort, HostQuestion, Limit};
use deskhook_script::{Package, Script};
use serde_json::json;

const INIT: &str = r#"
local attack = require("./attack")
deskhook.on("session.request", function(ctx)
  if ctx.reason == "attack" then
    return attack(ctx)
  end
  return deskhook.allow()
end)
"#;
const MANIFEST: &str = r#"{"name": "hostile", "version": "1.0.0", "api": 1,
  "hooks": ["session.request"], "capabilities": ["policy:Slow"]}"#;
const LIMIT: Limit = Limit {
    cpu: Duration::from_millis(200),
    wall: Duration::from_secs(2),
};
/// For attacks that end by something other than the clock: a slow machine takes longer than the
/// usual limit to fill the memory or the stack.
const ROOMY: Limit = Limit {
    cpu: Duration::from_secs(10),
    wall: Duration::from_secs(20),
};
/// Ten times looser than what is promised: limit and 250 ms. The promise itself is a benchmark.
const BOUND: Duration = Duration::from_millis((2000 + 250) * 10);

fn script(dir: &Path, attack: &str) -> Script {
    std::fs::write(dir.join("deskhook.json"), MANIFEST)
        .expect("a test is right about its own files");
    std::fs::write(dir.join("init.lua"), INIT).expect("a test is right about its own files");
    std::fs::write(dir.join("attack.lua"), attack).expect("a test is right about its own files");
    let package = Package::load(dir).expect("a test is right about its own files");
    Script::new(package, &["policy:Slow".to_owned()]).expect("a test is right about its own files")
}

fn call(reason: &str) -> Call {
    Call::read(Some(Hook::SessionRequest), json!({ "reason": reason }))
        .expect("a test is right about its own files")
}

/// A host that never answers: what is asked of it stays in the channel.
fn silent_host() -> (HostPort, mpsc::Receiver<HostQuestion>) {
    let (questions, inbox) = mpsc::channel();
    (HostPort::new("hostile", questions), inbox)
}

fn kind(result: &Result<Answer, Fault>) -> &'static str {
    match result {
        Ok(_) => "harmless",
        Err(Fault::Late { .. }) => "late",
        Err(Fault::Memory { .. }) => "memory",
        Err(Fault::Failed { .. }) => "failed",
        Err(Fault::BadAnswer { .. }) => "bad-answer",
        Err(_) => "crashed",
    }
}

#[test]
fn every_attack_ends_as_it_should_and_the_next_call_works() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile");
    let (host, _inbox) = silent_host();
    let mut wrong = vec![];
    let mut attacks = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let attack = std::fs::read_to_string(&path).unwrap();
        let expected = attack
            .lines()
            .next()
            .unwrap()
            .strip_prefix("-- ends: ")
            .unwrap();
        let dir = tempfile::tempdir().unwrap();
        let script = script(dir.path(), &attack);
        let begun = Instant::now();
        let by_clock = expected.split(' ').any(|kind| kind == "late");
        let limit = if by_clock { LIMIT } else { ROOMY };
        let result = script.call(&call("attack"), limit, &host);
        let took = begun.elapsed();
        let said = result
            .as_ref()
            .err()
            .map(ToString::to_string)
            .unwrap_or_default();
        if !expected
            .split(' ')
            .any(|kind_expected| kind_expected == kind(&result))
        {
            wrong.push(format!(
                "{name}: {} instead of {expected}: {said}",
                kind(&result)
            ));
        }
        if !said.contains("hostile/attack.lua:") && !said.contains("hostile/init.lua:") {
            wrong.push(format!("{name}: no place in {said:?}"));
        }
        if took > BOUND {
            wrong.push(format!("{name}: took {took:?}"));
        }
        let next = script.call(&call("printer"), LIMIT, &host);
        if kind(&next) != "harmless" {
            wrong.push(format!("{name}: the next call: {next:?}"));
        }
        attacks += 1;
    }
    assert!(attacks > 60, "only {attacks} attacks were found");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
