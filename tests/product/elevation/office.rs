//! A machine with polkit, sudo and an installed Deskhook, and how its people ask.

use std::process::{Command, Output, Stdio};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use harness::{Namespace, artifacts};
use serde_json::{Value, json};

const ACTION: &str = include_str!("../../../core/elevation/data/org.deskhook.elevate.policy");
const RULES: &str = include_str!("../../../core/elevation/data/50-deskhook-elevation.rules");
const SUDOERS: &str = include_str!("../../../core/elevation/data/deskhook-elevation.sudoers");

/// The program that the policy allows: tells who it runs as, and with what.
pub(crate) const RENEW: &str = "/usr/sbin/renew-certificate";

/// A machine with an installed Deskhook, set up as core/elevation/README.md says; nils may ask for elevated
/// rights, ole may not.
pub(crate) struct Office {
    pub(crate) machine: Namespace,
    pub(crate) key: SigningKey,
}

/// How nils asks.
pub(crate) const WAYS: [&[&str]; 2] = [
    &[
        "pkexec",
        "--disable-internal-agent",
        "/usr/bin/deskhook",
        "elevate",
    ],
    &["sudo", "-n", "--", "/usr/bin/deskhook", "elevate"],
];

/// What came back.
#[derive(Debug, PartialEq)]
pub(crate) struct Told {
    pub(crate) exit: Option<i32>,
    pub(crate) result: Value,
    pub(crate) code: Value,
    pub(crate) why: Value,
}

impl Office {
    pub(crate) fn open() -> Result<Self> {
        let mut machine = Namespace::start()?;
        let key = SigningKey::from_bytes(&[9; 32]);
        machine.shell(
            "groupadd --force deskhook-elevation
             useradd --no-create-home --user-group --groups deskhook-elevation nils
             useradd --no-create-home --user-group ole",
        )?;
        let built = artifacts().deskhook.display().to_string();
        machine.shell(&format!("install -m 0755 '{built}' /usr/bin/deskhook"))?;
        let policy = json!({"scope": "tenant", "name": "Acme", "settings": {
            "Elevation": {"Enabled": true, "Programs": [RENEW], "Methods": ["local-approval"]},
        }});
        machine.write(
            "/etc/deskhook/policy.d/10-acme.json",
            "0644",
            &policy.to_string(),
        )?;
        let public = STANDARD.encode(key.verifying_key().as_bytes());
        machine.write("/etc/deskhook/portal.pub", "0644", &public)?;
        machine.write("/etc/deskhook/device", "0644", "desk-7\n")?;
        machine.write(
            RENEW,
            "0755",
            "#!/bin/sh\necho \"$(id -un) $*\" >> /var/log/renewed\n",
        )?;
        machine.write(
            "/usr/share/polkit-1/actions/org.deskhook.elevate.policy",
            "0644",
            ACTION,
        )?;
        machine.write(
            "/etc/polkit-1/rules.d/50-deskhook-elevation.rules",
            "0644",
            RULES,
        )?;
        machine.write("/etc/sudoers.d/deskhook-elevation", "0440", SUDOERS)?;
        machine.start_polkit()?;
        Ok(Self { machine, key })
    }

    /// An order that nothing is wrong with, with its own number.
    pub(crate) fn order(&self, number: &str) -> Value {
        json!({
            "device": "desk-7", "order": number, "program": RENEW, "arguments": ["--now", "a b"],
            "method": "local-approval", "minutes": 5, "supporter": "Sam", "expires": now() + 300,
        })
    }

    /// As the portal signs it: `core/wire/src/order.rs` says how.
    pub(crate) fn sign(&self, order: &Value) -> String {
        let payload = order.to_string();
        let signature = self
            .key
            .sign(format!("deskhook-elevation/1\n{payload}").as_bytes());
        let text = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        format!(
            "{}.{}",
            text(payload.as_bytes()),
            text(&signature.to_bytes())
        )
    }

    pub(crate) fn command(&self, person: &str, way: &[&str], order: &str) -> Command {
        let mut command = self.machine.command_as(person, way[0]);
        command.args(&way[1..]).arg(order);
        command
    }

    /// Asks as nils, with polkit.
    pub(crate) fn ask(&self, order: &str) -> Result<Told> {
        told(&output(&mut self.command("nils", WAYS[0], order))?)
    }

    /// What the program told, a line for each time that it ran.
    pub(crate) fn renewed(&self) -> Result<String> {
        self.machine
            .shell("cat /var/log/renewed 2>/dev/null || true")
    }
}

pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("the clock is past 1970").as_secs()
}

/// Runs a command with nothing to read: a pipe that closes would end the program.
pub(crate) fn output(command: &mut Command) -> Result<Output> {
    Ok(command.stdin(Stdio::null()).output()?)
}

pub(crate) fn told(output: &Output) -> Result<Told> {
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    ensure!(
        said.lines().count() == 1,
        "one line, not {said:?} and {complained:?}"
    );
    let line: Value = serde_json::from_str(&said).with_context(|| said.to_string())?;
    Ok(Told {
        exit: output.status.code(),
        result: line["result"].clone(),
        code: line["code"].clone(),
        why: line["reasons"][0]["code"].clone(),
    })
}

pub(crate) fn granted(code: i32) -> Told {
    let (result, code, why) = (json!("granted"), json!(code), Value::Null);
    Told {
        exit: Some(0),
        result,
        code,
        why,
    }
}

pub(crate) fn refused(why: &str) -> Told {
    let result = if why == "order-expired" {
        "expired"
    } else {
        "denied"
    };
    let (result, code, why) = (json!(result), Value::Null, json!(why));
    Told {
        exit: Some(1),
        result,
        code,
        why,
    }
}
