use deskhook_hooks::Hook;

/// How a hook is heard, in a file that runs.
pub(super) struct Example {
    /// Which hook.
    pub(super) hook: Hook,
    /// The whole of `init.lua`.
    pub(super) lua: &'static str,
    /// The capabilities that it needs.
    pub(super) capabilities: &'static [&'static str],
    /// What the hook is given besides what every hook is given, as JSON.
    pub(super) input: &'static str,
    /// What the package then answers, asks for and logs, as JSON.
    pub(super) outcome: &'static str,
}

/// The example of each hook, in the order of [`Hook::ALL`]; a test runs each and compares what comes of it.
pub(super) const EXAMPLES: [Example; 20] = [
    Example {
        hook: Hook::AgentStarted,
        lua: include_str!("examples/agent.started.lua"),
        capabilities: &[],
        input: "{}",
        outcome: r#"{"logs": ["started on PC-0815 for kim"]}"#,
    },
    Example {
        hook: Hook::AgentStopping,
        lua: include_str!("examples/agent.stopping.lua"),
        capabilities: &[],
        input: "{}",
        outcome: r#"{"logs": ["stopping at 2026-11-23T10:00:00+01:00"]}"#,
    },
    Example {
        hook: Hook::PolicyChanged,
        lua: include_str!("examples/policy.changed.lua"),
        capabilities: &[],
        input: r#"{"changed": ["Tray.Tooltip"]}"#,
        outcome: r#"{"logs": ["another value for Tray.Tooltip"], "requests": [{"request": "refresh_tray"}]}"#,
    },
    Example {
        hook: Hook::Timer,
        lua: include_str!("examples/timer.lua"),
        capabilities: &["facts:power"],
        input: r#"{"name": "example"}"#,
        outcome: r#"{"requests": [{"message": "Please plug in the power supply.", "request": "notify", "title": "Power"}]}"#,
    },
    Example {
        hook: Hook::TrayMenu,
        lua: include_str!("examples/tray.menu.lua"),
        capabilities: &[],
        input: r#"{"session": {"phase": "idle"}}"#,
        outcome: r#"{"patch": {"add": [{"after": "start", "id": "wiki", "items": [], "kind": "link", "target": "https://help.example.org", "text": "Help pages"}], "remove": [], "set": {"start": {"text": "Call the help desk"}}}}"#,
    },
    Example {
        hook: Hook::MenuClick,
        lua: include_str!("examples/menu.click.lua"),
        capabilities: &[],
        input: r#"{"item": "printer"}"#,
        outcome: r#"{"requests": [{"reason": "The printer does not print.", "request": "start_session"}]}"#,
    },
    Example {
        hook: Hook::SessionRequest,
        lua: include_str!("examples/session.request.lua"),
        capabilities: &[],
        input: r#"{"origin": "person", "reason": "printer"}"#,
        outcome: r#"{"code": "no-ticket", "message": "Please open a ticket first, Kim Example.", "verdict": "deny"}"#,
    },
    Example {
        hook: Hook::ConsentPrompt,
        lua: include_str!("examples/consent.prompt.lua"),
        capabilities: &[],
        input: r#"{"supporter": {"name": "Sam"}, "timeout_seconds": 60}"#,
        outcome: r#"{"patch": {"fields": [{"id": "device", "label": "Device: PC-0815"}], "title": "Sam would like to see your screen"}}"#,
    },
    Example {
        hook: Hook::ClientLocate,
        lua: include_str!("examples/client.locate.lua"),
        capabilities: &[],
        input: r#"{"client": "rustdesk"}"#,
        outcome: r#"{"value": "/opt/helpdesk/rustdesk"}"#,
    },
    Example {
        hook: Hook::ClientLaunch,
        lua: include_str!("examples/client.launch.lua"),
        capabilities: &[],
        input: r#"{"arguments": ["--tray"], "client": "rustdesk", "path": "/usr/bin/rustdesk"}"#,
        outcome: r#"{"patch": {"arguments": ["--tray", "--quality=low"], "environment": {"LANG": "C.UTF-8"}}}"#,
    },
    Example {
        hook: Hook::AddressRead,
        lua: include_str!("examples/address.read.lua"),
        capabilities: &[],
        input: r#"{"client": "rustdesk", "output": "ready\nID: 123456789\n"}"#,
        outcome: r#"{"value": "123456789"}"#,
    },
    Example {
        hook: Hook::AddressReport,
        lua: include_str!("examples/address.report.lua"),
        capabilities: &["policy:Assets"],
        input: r#"{"address": "123456789", "client": "rustdesk"}"#,
        outcome: r#"{"patch": {"fields": {"asset-tag": "A-4711"}}}"#,
    },
    Example {
        hook: Hook::AddressReported,
        lua: include_str!("examples/address.reported.lua"),
        capabilities: &[],
        input: r#"{"address": "123456789", "client": "rustdesk"}"#,
        outcome: r#"{"logs": ["the portal knows the address 123456789"]}"#,
    },
    Example {
        hook: Hook::SessionStarted,
        lua: include_str!("examples/session.started.lua"),
        capabilities: &[],
        input: r#"{"client": "rustdesk", "session": "s-1", "started": "2026-11-23T10:00:00+01:00", "supporter": {"name": "Sam", "verified": true}}"#,
        outcome: r#"{"requests": [{"message": "Sam can see your screen now.", "request": "notify", "title": "Connected"}]}"#,
    },
    Example {
        hook: Hook::SessionEnded,
        lua: include_str!("examples/session.ended.lua"),
        capabilities: &[],
        input: r#"{"outcome": "disconnected", "seconds": 61, "session": "s-1"}"#,
        outcome: r#"{"logs": ["session s-1 lasted 2 minutes"]}"#,
    },
    Example {
        hook: Hook::ClientExited,
        lua: include_str!("examples/client.exited.lua"),
        capabilities: &[],
        input: r#"{"client": "rustdesk", "code": null, "signal": 9}"#,
        outcome: r#"{"logs": ["rustdesk ended with signal 9"]}"#,
    },
    Example {
        hook: Hook::SessionJoin,
        lua: include_str!("examples/session.join.lua"),
        capabilities: &[],
        input: r#"{"session": "s-1", "supporter": {"name": "Sam", "verified": false}}"#,
        outcome: r#"{"message": "Sam was not signed in by the portal itself.", "timeout": 120, "title": "Do you know this person?", "verdict": "ask"}"#,
    },
    Example {
        hook: Hook::ElevationRequest,
        lua: include_str!("examples/elevation.request.lua"),
        capabilities: &[],
        input: r#"{"method": "brokered-action", "minutes": 5, "program": "/bin/bash"}"#,
        outcome: r#"{"code": "no-shells", "message": "No shell is run with elevated rights.", "verdict": "deny"}"#,
    },
    Example {
        hook: Hook::ElevationFinished,
        lua: include_str!("examples/elevation.finished.lua"),
        capabilities: &[],
        input: r#"{"outcome": "denied", "program": "/usr/bin/id", "session": "s-1"}"#,
        outcome: r#"{"logs": ["/usr/bin/id was not run: denied"]}"#,
    },
    Example {
        hook: Hook::StateCollect,
        lua: include_str!("examples/state.collect.lua"),
        capabilities: &["facts:power"],
        input: "{}",
        outcome: r#"{"patch": {"fields": {"language": "en", "power-source": "battery"}}}"#,
    },
];

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fake::MONDAY;
    use crate::{Fakes, check, run};

    /// What came of the run, without what is left open.
    fn outcome(root: &std::path::Path, hook: Hook, input: Value) -> Value {
        let fakes = json!({"clock": MONDAY, "facts": {"power": "battery"}, "policy": {"Assets.Tag": "A-4711"}});
        let result = run(root, hook, input, Fakes::read(&fakes).unwrap()).unwrap();
        assert_eq!(result.unread, Vec::<String>::new());
        let mut outcome = result.to_value();
        let fields = outcome.as_object_mut().unwrap();
        fields.remove("hook");
        let logs: Vec<_> = result.record.logs.iter().map(|(_, line)| line).collect();
        if !logs.is_empty() {
            fields.insert("logs".to_owned(), json!(logs));
        }
        if !result.record.requests.is_empty() {
            fields.insert("requests".to_owned(), json!(result.record.requests));
        }
        outcome
    }

    #[test]
    fn every_example_of_the_reference_passes_its_check_and_does_what_it_says() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(EXAMPLES.map(|example| example.hook), Hook::ALL);
        for example in EXAMPLES {
            let hook = example.hook;
            let name = hook.name().replace('.', "-");
            let root = folder.path().join(&name);
            let mut manifest = json!({"name": name, "version": "1.0.0", "api": 1, "hooks": [hook], "capabilities": example.capabilities});
            if hook == Hook::Timer {
                manifest["timer"] = json!(3600);
            }
            std::fs::create_dir(&root).unwrap();
            std::fs::write(root.join("deskhook.json"), manifest.to_string()).unwrap();
            std::fs::write(root.join("init.lua"), example.lua).unwrap();
            let mut findings = check(&root);
            // What it does is tried here.
            findings.retain(|finding| finding.code != "no-tests");
            assert_eq!(findings, [], "{hook}");
            let input = serde_json::from_str(example.input).unwrap();
            let expected: Value = serde_json::from_str(example.outcome).unwrap();
            assert_eq!(outcome(&root, hook, input), expected, "{hook}");
        }
    }
}
