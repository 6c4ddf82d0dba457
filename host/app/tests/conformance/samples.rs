use deskhook_hooks::Hook;
use serde_json::{Value, json};

/// A full input of each hook, what a handler of it returns in Lua, and what that is as JSON.
pub(crate) fn sample(hook: Hook) -> (Value, &'static str, Value) {
    let (mut input, lua, answer) = own(hook);
    let common = json!({
        "hook": hook, "now": "2026-03-02T09:30:00+01:00", "policy_version": "3f9c1a20",
        "device": {"id": "9f0c", "name": "pc-0417", "os": "linux", "os_version": "13",
                   "groups": ["Berlin", "B\u{fc}ro"]},
        "person": {"name": "ada", "display_name": "Ada L.", "language": "de-at", "verified": true},
    });
    for (name, value) in common.as_object().into_iter().flatten() {
        input[name] = value.clone();
    }
    (input, lua, answer)
}

fn supporter() -> Value {
    json!({"name": "Sam", "organisation": "Desk", "verified": true})
}

fn verdict(code: &str) -> Value {
    json!({"verdict": "deny", "code": code, "message": "No."})
}

fn own(hook: Hook) -> (Value, &'static str, Value) {
    match hook {
        Hook::SessionRequest => (
            json!({"reason": "printer", "ticket": "INC1", "origin": "person", "client": "vnc"}),
            r#"deskhook.deny{code = "no", message = "No."}"#,
            verdict("no"),
        ),
        Hook::SessionJoin => (
            json!({"session": "s1", "supporter": supporter(), "reason": "r", "ticket": "t",
                   "address": "123", "permissions": ["screen", "input"]}),
            r#"deskhook.ask{title = "Sure?", message = "They want in.", timeout = 30}"#,
            json!({"verdict": "ask", "title": "Sure?", "message": "They want in.", "timeout": 30}),
        ),
        Hook::ElevationRequest => (
            json!({"session": "s1", "supporter": supporter(), "program": "/bin/x",
                   "arguments": ["-a"], "method": "brokered-action", "reason": "r", "minutes": 5}),
            "deskhook.allow()",
            json!({"verdict": "allow"}),
        ),
        Hook::TrayMenu => (
            json!({"menu": {"tooltip": "t", "icon": "idle", "items": [
                       {"id": "start", "kind": "start", "text": "Start"}]},
                   "session": {"phase": "idle", "address": "1", "supporter": supporter()}}),
            r#"{tooltip = "new", add = {{id = "x", text = "X", after = "start"}},
               set = {start = {text = "Go"}}, remove = {}}"#,
            json!({"tooltip": "new", "add": [{"id": "x", "text": "X", "after": "start"}],
                   "set": {"start": {"text": "Go"}}}),
        ),
        Hook::MenuClick => (
            json!({"item": "x"}),
            r#"{request = "notify", title = "T", message = "M"}"#,
            json!([{"request": "notify", "title": "T", "message": "M"}]),
        ),
        Hook::ConsentPrompt => (
            json!({"supporter": supporter(), "reason": "r", "ticket": "t",
                   "permissions": [], "timeout_seconds": 60}),
            r#"{title = "T", fields = {{id = "a", label = "A"}}}"#,
            json!({"title": "T", "fields": [{"id": "a", "label": "A"}]}),
        ),
        Hook::ClientLocate => (json!({"client": "vnc"}), r#""/opt/vnc""#, json!("/opt/vnc")),
        Hook::AddressRead => (
            json!({"client": "vnc", "output": "port 5900\n"}),
            r#""127.0.0.1:5900""#,
            json!("127.0.0.1:5900"),
        ),
        Hook::ClientLaunch => (
            json!({"client": "vnc", "path": "/opt/vnc", "arguments": ["-x"],
                   "environment": {"A": "b"}}),
            r#"{arguments = {}, environment = {LANG = "de"}}"#,
            json!({"arguments": [], "environment": {"LANG": "de"}}),
        ),
        Hook::AddressReport | Hook::StateCollect => (
            json!({"address": "123", "client": "vnc"}),
            r#"{fields = {a = 1, b = 1.5, c = true, d = "ü"}}"#,
            json!({"fields": {"a": 1, "b": 1.5, "c": true, "d": "\u{fc}"}}),
        ),
        other => (told(other), "nil", Value::Null),
    }
}

/// Inputs of hooks that only tell.
fn told(hook: Hook) -> Value {
    match hook {
        Hook::AddressReported => json!({"address": "123", "client": "vnc"}),
        Hook::ClientExited => json!({"client": "vnc", "code": 1, "signal": 9}),
        Hook::SessionStarted => json!({"session": "s1", "supporter": supporter(), "client": "vnc",
            "started": "2026-03-02T09:30:00+01:00"}),
        Hook::SessionEnded => json!({"session": "s1", "supporter": supporter(), "client": "vnc",
            "started": "2026-03-02T09:30:00+01:00", "ended": "2026-03-02T09:40:00+01:00",
            "outcome": "stopped", "seconds": 600}),
        Hook::ElevationFinished => {
            json!({"session": "s1", "outcome": "granted", "program": "/bin/x"})
        }
        Hook::PolicyChanged => json!({"changed": ["Session.MaxMinutes"]}),
        Hook::Timer => json!({"name": "timer"}),
        _ => json!({}),
    }
}
