//! What counts against a call's limit, what survives a call, and how a package runs in the chain.

use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use deskhook_hooks::{
    Answer, Bound, Call, Chain, Extension, Fault, Hook, HostCall, HostError, HostPort,
    HostQuestion, Limit,
};
use deskhook_script::{Package, Script};
use serde_json::json;

const MANIFEST: &str = r#"{"name": "sample", "version": "1.0.0", "api": 1,
  "hooks": ["session.request"], "capabilities": ["policy:Sample"]}"#;

fn script(dir: &Path, init: &str) -> Script {
    std::fs::write(dir.join("deskhook.json"), MANIFEST)
        .expect("a test is right about its own files");
    let init = format!("deskhook.on('session.request', function(ctx) {init} end)");
    std::fs::write(dir.join("init.lua"), init).expect("a test is right about its own files");
    Script::new(
        Package::load(dir).expect("a test is right about its own files"),
        &["policy:Sample".to_owned()],
    )
    .expect("a test is right about its own files")
}

fn call(reason: &str) -> Call {
    Call::read(Some(Hook::SessionRequest), json!({ "reason": reason }))
        .expect("a test is right about its own files")
}

/// A host that answers every question with the key asked for, after `delay`.
fn host(delay: Duration) -> HostPort {
    let (questions, inbox) = mpsc::channel::<HostQuestion>();
    std::thread::spawn(move || {
        let (_never, silence) = mpsc::channel::<()>();
        for question in inbox {
            // A server takes its time.
            let _ = silence.recv_timeout(delay);
            let reply = match question.call {
                HostCall::Policy { key } => Ok(json!(key)),
                call => Err(HostError::NotGranted {
                    capability: call.capability().unwrap_or_default(),
                }),
            };
            let _ = question.reply.send(reply);
        }
    });
    HostPort::new("sample", questions)
}

#[test]
fn waiting_for_the_host_is_not_computing() {
    let dir = tempfile::tempdir().unwrap();
    let script = script(
        dir.path(),
        "for i = 1, 4 do deskhook.policy.get('Sample.Key') end return deskhook.allow()",
    );
    let limit = Limit {
        cpu: Duration::from_millis(150),
        wall: Duration::from_secs(30),
    };
    let answer = script.call(&call("x"), limit, &host(Duration::from_millis(100)));
    assert!(matches!(answer, Ok(Answer::Verdict(_))), "{answer:?}");
}

#[test]
fn the_wall_ends_a_wait_for_the_host() {
    let dir = tempfile::tempdir().unwrap();
    let script = script(dir.path(), "return deskhook.policy.get('Sample.Key')");
    let limit = Limit {
        cpu: Duration::from_millis(150),
        wall: Duration::from_millis(200),
    };
    let (questions, _inbox) = mpsc::channel();
    let answer = script.call(&call("x"), limit, &HostPort::new("sample", questions));
    let said = answer.unwrap_err().to_string();
    assert_eq!(said, "no answer within 200 ms (sample/init.lua:1)");
}

#[test]
fn a_host_that_is_gone_fails_the_call() {
    let dir = tempfile::tempdir().unwrap();
    let script = script(dir.path(), "return deskhook.policy.get('Sample.Key')");
    let (questions, inbox) = mpsc::channel();
    drop(inbox);
    let limit = Limit::of(Hook::SessionRequest, 0);
    let answer = script.call(&call("x"), limit, &HostPort::new("sample", questions));
    assert!(matches!(answer, Err(Fault::Failed { .. })), "{answer:?}");
}

#[test]
fn state_survives_a_failure_and_not_a_lost_vm() {
    let dir = tempfile::tempdir().unwrap();
    let script = script(
        dir.path(),
        "count = (count or 0) + 1
         if ctx.reason == 'fail' then error('x') end
         if ctx.reason == 'memory' then string.rep('x', 1e9) end
         return deskhook.deny{ code = 'count', message = tostring(count) }",
    );
    let limit = Limit::of(Hook::SessionRequest, 0);
    let host = host(Duration::ZERO);
    let count = |reason: &str| match script.call(&call(reason), limit, &host) {
        Ok(answer) => answer.to_value()["message"].as_str().unwrap().to_owned(),
        Err(fault) => format!("{fault:?}").chars().take(6).collect(),
    };
    assert_eq!(count("x"), "1");
    assert_eq!(count("fail"), "Failed");
    assert_eq!(count("x"), "3");
    assert_eq!(count("memory"), "Memory");
    assert_eq!(count("x"), "1");
}

#[test]
fn in_the_chain_a_script_that_fails_denies_with_its_reason_and_place() {
    let dir = tempfile::tempdir().unwrap();
    let script = script(dir.path(), "local x = nil return x.y");
    let (questions, _inbox) = mpsc::channel();
    let bound = Bound {
        extension: Arc::new(script),
        policy: Default::default(),
    };
    let chain = Chain::new(vec![bound], &questions);
    let judged = chain.decide(call("x"));
    let said = format!("{:?}", judged[0].verdict);
    assert!(said.contains("check-failed"), "{said}");
    assert!(
        said.contains("attempt to index nil with 'y' (sample/init.lua:1)"),
        "{said}"
    );
}

#[test]
fn a_thousand_calls_do_not_grow_the_memory_of_a_state() {
    let dir = tempfile::tempdir().unwrap();
    let script = script(
        dir.path(),
        "local t = {} for i = 1, 200 do t[i] = string.rep('x', 1000) .. i end
         return deskhook.allow()",
    );
    let host = host(Duration::ZERO);
    let limit = Limit::of(Hook::SessionRequest, 0);
    for _ in 0..1000 {
        script.call(&call("x"), limit, &host).unwrap();
    }
}

#[test]
fn a_call_waits_for_one_in_the_same_state_no_longer_than_its_own_limit() {
    let dir = tempfile::tempdir().unwrap();
    let script = Arc::new(script(
        dir.path(),
        "return deskhook.policy.get('Sample.Key')",
    ));
    let limit = |millis| Limit {
        cpu: Duration::from_millis(150),
        wall: Duration::from_millis(millis),
    };
    let (questions, inbox) = mpsc::channel::<HostQuestion>();
    let (first, port) = (Arc::clone(&script), HostPort::new("sample", questions));
    let other = port.clone();
    let running = std::thread::spawn(move || first.call(&call("x"), limit(500), &port));
    // Now it is at work, and waits for its host.
    let question = inbox.recv().unwrap();
    let waited = script.call(&call("x"), limit(50), &other);
    assert!(matches!(waited, Err(Fault::Away { .. })), "{waited:?}");
    assert!(matches!(running.join().unwrap(), Err(Fault::Late { .. })));
    drop(question);
}
