//! Policy that has to be signed: made in a terminal, taken or refused by a running agent.

use std::fs;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use ed25519_dalek::{Signer as _, SigningKey};
use harness::{Finished, Home, TestAgent, artifacts, run};
use serde_json::{Value, json};

/// A home with both keys and a trust file, which its agent is told of.
pub(crate) fn office() -> Result<Home> {
    let mut home = Home::new()?;
    let mut lines = String::new();
    for role in ["critical", "routine"] {
        let said = policy(&home, &["keygen", "--role", role, "--out", role])?;
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        lines += &said.stdout;
    }
    let trust = home.write("trust.json", lines)?;
    home.set("DESKHOOK_TRUST", &trust.display().to_string());
    Ok(home)
}

/// What a policy command says, in the home's folder.
pub(crate) fn policy(home: &Home, arguments: &[&str]) -> Result<Finished> {
    run(home.deskhook().arg("policy").args(arguments))
}

/// A bundle of one layer, signed by `deskhook`.
fn signed(home: &Home, role: &str, serial: &str, settings: &Value) -> Result<Vec<u8>> {
    let layer = json!({ "scope": "tenant", "settings": settings });
    home.write("layer.json", layer.to_string())?;
    let sign = [
        "sign",
        "--key",
        role,
        "--out",
        "out.bundle",
        "layer.json",
        "--serial",
        serial,
    ];
    let said = policy(home, &sign)?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    Ok(fs::read(home.path().join("out.bundle"))?)
}

/// Puts a file into the agent's policy folder, as a whole.
fn put(agent: &TestAgent, name: &str, bytes: &[u8]) -> Result<()> {
    let draft = agent.home().write("draft", bytes)?;
    Ok(fs::rename(
        draft,
        agent.home().path().join("policy.d").join(name),
    )?)
}

fn problems(status: &Value) -> String {
    status["policy_problems"].to_string()
}

fn sample() -> Value {
    json!({ "Integration.Clients.sample.Enabled": true, "Session.MaxMinutes": 30 })
}

#[test]
fn a_running_agent_takes_a_new_bundle_and_nothing_that_was_tampered_with() -> Result<()> {
    let mut agent = TestAgent::living_in(office()?)?;
    let home = |agent: &TestAgent, serial: &str, settings: &Value| {
        signed(agent.home(), "critical", serial, settings)
    };
    put(&agent, "acme.bundle", &home(&agent, "1", &sample())?)?;
    agent.start()?;
    let first = agent.status()?["policy_version"].clone();
    assert_eq!(problems(&agent.status()?), "[]");
    let tighter = json!({ "Integration.Clients.sample.Enabled": true, "Session.MaxMinutes": 5 });
    let second = home(&agent, "2", &tighter)?;
    put(&agent, "acme.bundle", &second)?;
    let status = agent.until_status("the new policy holds", |it| it["policy_version"] != first)?;
    let now = status["policy_version"].clone();
    let mut flipped = home(&agent, "3", &sample())?;
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    put(&agent, "acme.bundle", &flipped)?;
    let status = agent.until_status("it is told", |it| problems(it).contains("was changed"))?;
    assert_eq!(status["policy_version"], now, "{status:#}");
    put(&agent, "acme.bundle", &home(&agent, "1", &sample())?)?;
    let status = agent.until_status("it is told", |it| problems(it).contains("had 2 already"))?;
    assert_eq!(status["policy_version"], now, "{status:#}");
    put(&agent, "loose.json", b"{\"scope\": \"tenant\"}")?;
    let status = agent.until_status("it is told", |it| problems(it).contains("is not signed"))?;
    assert_eq!(status["policy_version"], now, "{status:#}");
    let said = policy(
        agent.home(),
        &["verify", "--trust", "trust.json", "policy.d/acme.bundle"],
    )?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    // Killed, and with nothing left in the folder, it goes on with what it had.
    agent.kill()?;
    for name in ["acme.bundle", "loose.json"] {
        fs::remove_file(agent.home().path().join("policy.d").join(name))?;
    }
    agent.start()?;
    assert_eq!(agent.status()?["policy_version"], now);
    Ok(())
}

/// A bundle as the reference of policy describes it, made without `deskhook`.
fn short_lived(home: &Home, seconds: u64) -> Result<Vec<u8>> {
    let key: Value = serde_json::from_slice(&fs::read(home.path().join("critical"))?)?;
    let text = |name: &str| key[name].as_str().context("a text").map(str::to_owned);
    let secret: [u8; 32] = BASE64
        .decode(text("secret")?)?
        .try_into()
        .ok()
        .context("32 bytes")?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let layer = json!({ "scope": "tenant", "settings": sample() }).to_string();
    let payload = json!({
        "version": 1, "role": "critical", "serial": 1, "issued": now, "expires": now + seconds,
        "layers": [{ "file": "sample.json", "text": layer }],
    });
    let signature = SigningKey::from_bytes(&secret)
        .sign(format!("deskhook-bundle/1\ncritical\n{payload}").as_bytes());
    let (id, signature) = (text("id")?, BASE64.encode(signature.to_bytes()));
    let bundle = format!("deskhook-bundle/1\nsignature critical {id} {signature}\n\n{payload}");
    Ok(bundle.into_bytes())
}

#[test]
fn a_bundle_that_expires_while_the_agent_runs_starts_nothing_any_more() -> Result<()> {
    let mut agent = TestAgent::living_in(office()?)?;
    put(&agent, "acme.bundle", &short_lived(agent.home(), 3)?)?;
    agent.start()?;
    agent.until_status("it expires", |it| problems(it).contains("expired"))?;
    let said = agent.deskhook(&["session", "start", "--wait", "ended"])?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("are out of date"), "{}", said.stderr);
    put(
        &agent,
        "acme.bundle",
        &signed(agent.home(), "critical", "2", &sample())?,
    )?;
    agent.until_status("it is renewed", |it| problems(it) == "[]")?;
    let said = agent.deskhook(&["session", "start", "--wait", "reported"])?;
    assert!(!said.stderr.contains("are out of date"), "{}", said.stderr);
    Ok(())
}

#[test]
fn verify_says_yes_no_or_that_it_could_not() -> Result<()> {
    let home = office()?;
    let bundle = signed(&home, "routine", "7", &json!({ "Session.MaxMinutes": 5 }))?;
    let verify = |arguments: &[&str]| policy(&home, &[&["verify"], arguments].concat());
    let said = verify(&["--trust", "trust.json", "out.bundle", "--json"])?;
    let told: Value = serde_json::from_str(&said.stdout)?;
    assert_eq!(
        (said.code, &told["ok"]),
        (Some(0), &json!(true)),
        "{told:#}"
    );
    assert_eq!(
        (&told["role"], &told["serial"]),
        (&json!("routine"), &json!(7))
    );
    assert_eq!(told["layers"], json!(["layer.json"]));
    let said = verify(&["--trust", "critical.pub", "out.bundle", "--json"])?;
    let told: Value = serde_json::from_str(&said.stdout)?;
    assert_eq!(
        (said.code, &told["code"]),
        (Some(1), &json!("bundle-untrusted"))
    );
    home.write("out.bundle", &bundle[..bundle.len() - 1])?;
    let said = verify(&["--trust", "trust.json", "out.bundle"])?;
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    assert!(said.stderr.contains("was changed"), "{}", said.stderr);
    for lacking in [
        ["--trust", "nowhere", "out.bundle"],
        ["--trust", "trust.json", "nowhere"],
    ] {
        assert_eq!(verify(&lacking)?.code, Some(3), "{lacking:?}");
    }
    assert_eq!(verify(&["--trust", "trust.json"])?.code, Some(2));
    Ok(())
}

#[test]
fn a_routine_key_signs_nothing_critical_and_no_key_is_written_over() -> Result<()> {
    let home = office()?;
    let layer = "{\"scope\": \"tenant\",\n \"remove\": [\"Integration\"]}";
    home.write("layer.json", layer)?;
    let sign = [
        "sign",
        "--key",
        "routine",
        "--out",
        "out.bundle",
        "layer.json",
    ];
    let said = policy(&home, &sign)?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(said.stderr.contains("layer.json:2:13"), "{}", said.stderr);
    assert!(!home.path().join("out.bundle").exists());
    let before = fs::read(home.path().join("routine"))?;
    let said = policy(&home, &["keygen", "--role", "critical", "--out", "routine"])?;
    assert_eq!(said.code, Some(3), "{}", said.stderr);
    assert_eq!(fs::read(home.path().join("routine"))?, before);
    Ok(())
}

#[test]
fn what_the_reference_shows_in_a_terminal_works_as_it_stands() -> Result<()> {
    let top = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let guide = fs::read_to_string(top.join("core/policy/README.md"))?;
    let section = guide
        .split("\n## Signed bundles\n")
        .nth(1)
        .context("the section")?;
    let section = section.split("\n## ").next().unwrap_or_default();
    let blocks: Vec<&str> = section
        .split("\n```sh\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next())
        .collect();
    assert_eq!(blocks.len(), 2, "{section}");
    let home = Home::new()?;
    home.write(
        "critical/10-acme.json",
        r#"{"scope": "tenant", "settings": {"Elevation.Enabled": false}}"#,
    )?;
    home.write(
        "routine/20-acme.json",
        r#"{"scope": "tenant", "settings": {"Session.MaxMinutes": 5}}"#,
    )?;
    let folder = artifacts().deskhook.parent().context("a folder")?;
    let script = format!(
        "PATH={}:$PATH\nset -e\n{}",
        folder.display(),
        blocks.concat()
    );
    let said = run(home.command("sh").args(["-c", &script]))?;
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert!(said.stdout.contains("\"MaxMinutes\": 5"), "{}", said.stdout);
    Ok(())
}
