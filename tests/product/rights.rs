//! A supporter's request for elevated rights, from the portal through policy, hooks and person to
//! the operating system.

use anyhow::{Context as _, Result};
use harness::{Api, Namespace, Process, TestAgent, need, not_walked};
use serde_json::{Value, json};

use crate::elevation::office::{Office, RENEW};
use crate::scene::{Scene, over, sample};

/// A policy that allows that program, and lets supporters in without a question.
fn allowed(program: &str) -> Value {
    let elevation = json!({
        "Elevation.Enabled": true, "Elevation.Programs": [program], "Session.Consent.Mode": "never",
    });
    over(sample(), &elevation)
}

/// Asks for that program once a supporter is connected; the order's number.
async fn ask(scene: &Scene, program: &str) -> Result<String> {
    scene.report()?;
    let joined = scene.order("connect", json!({})).await?;
    scene.until_order(&joined, "joined").await?;
    let wish =
        json!({ "program": program, "arguments": ["--now"], "reason": "it expired", "minutes": 5 });
    scene.order("elevate", wish).await
}

fn is_told(order: &Value) -> bool {
    order["reasons"][0]["message"]
        .as_str()
        .is_some_and(|message| !message.is_empty())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_no_policy_names_is_refused_before_the_person_is_asked() -> Result<()> {
    let scene = Scene::with_policy(allowed("/usr/bin/true")).await?;
    let refused = ask(&scene, "/usr/bin/id").await.unwrap_err().to_string();
    assert!(refused.contains("does not offer /usr/bin/id"), "{refused}");
    assert!(refused.contains("but: /usr/bin/true"), "{refused}");
    assert!(scene.agent.status()?["question"].is_null());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_denies_spares_the_person_the_question() -> Result<()> {
    let mut scene = Scene::prepared(allowed("/usr/bin/id"), TestAgent::new()?).await?;
    let script = "deskhook.on('elevation.request', function(ctx)
        return deskhook.deny{ code = 'frozen', message = 'No changes this week: ' .. ctx.program }
    end)";
    scene
        .agent
        .package_of("freeze", &["elevation.request"], script)?;
    scene.agent.start()?;
    let order = ask(&scene, "/usr/bin/id").await?;
    let denied = scene.until_order(&order, "denied").await?;
    assert_eq!(
        denied["reasons"][0]["message"], "No changes this week: /usr/bin/id",
        "{denied:#}"
    );
    assert!(scene.agent.status()?["question"].is_null());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn from_a_build_folder_nothing_is_elevated_and_nobody_is_asked() -> Result<()> {
    let scene = Scene::with_policy(allowed("/usr/bin/id")).await?;
    let order = ask(&scene, "/usr/bin/id").await?;
    let denied = scene.until_order(&order, "denied").await?;
    assert_eq!(denied["reasons"][0]["code"], "helper-not-installed");
    assert!(is_told(&denied), "{denied:#}");
    assert!(denied["code"].is_null(), "something ran: {denied:#}");
    assert!(scene.agent.status()?["question"].is_null());
    Ok(())
}

/// The agent of nils, on a machine where Deskhook is installed.
struct Installed {
    office: Office,
    _agent: Process,
}

/// What nils' session sets.
const SESSION: [&str; 4] = [
    "env",
    "HOME=/home/nils",
    "XDG_RUNTIME_DIR=/run/user/nils",
    "LANG=C.UTF-8",
];

impl Installed {
    fn enrolled(portal: &str, token: &str) -> Result<Self> {
        let office = Office::open()?;
        office.machine.shell(
            "mkdir -p /home /run/user
             install -d -o nils -g nils -m 0700 /home/nils /run/user/nils",
        )?;
        let policy = json!({ "scope": "tenant", "name": "Acme", "settings": over(allowed(RENEW), &json!({
            "Session.Consent.Mode": "always",
        }))});
        office.machine.write(
            "/etc/deskhook/policy.d/10-acme.json",
            "0644",
            &policy.to_string(),
        )?;
        let enrol = ["agent", "enrol", "--portal", portal, "--token", token];
        let enrolled = as_nils(&office, &enrol)?.end()?;
        anyhow::ensure!(enrolled.code == Some(0), "{}", enrolled.stderr);
        let kept = office
            .machine
            .shell("cat /home/nils/.local/state/deskhook/identity.json")?;
        let kept: Value = serde_json::from_str(&kept)?;
        let text = |key: &str| {
            kept[key]
                .as_str()
                .with_context(|| format!("{key} in {kept:#}"))
        };
        office
            .machine
            .write("/etc/deskhook/portal.pub", "0644", text("portal_key")?)?;
        office
            .machine
            .write("/etc/deskhook/device", "0644", text("device")?)?;
        let agent = as_nils(&office, &["agent", "run"])?;
        agent.line("agent running")?;
        Ok(Self {
            office,
            _agent: agent,
        })
    }

    /// Runs a command of nils' to its end, which must be success; what it printed.
    fn deskhook(&self, arguments: &[&str]) -> Result<String> {
        let said = as_nils(&self.office, arguments)?.end()?;
        anyhow::ensure!(said.code == Some(0), "{arguments:?}: {}", said.stderr);
        Ok(said.stdout)
    }

    fn status(&self) -> Result<Value> {
        Ok(serde_json::from_str(
            &self.deskhook(&["status", "--json"])?,
        )?)
    }
}

fn as_nils(office: &Office, arguments: &[&str]) -> Result<Process> {
    let mut command = office.machine.command_as("nils", SESSION[0]);
    command
        .args(&SESSION[1..])
        .arg("/usr/bin/deskhook")
        .args(arguments);
    Process::start(&mut command)
}

/// A supporter who asks nils for something.
struct Asks<'a> {
    api: &'a Api,
    nils: &'a Installed,
    device: &'a str,
}

impl Asks<'_> {
    /// Asks, has nils answer what is asked in words that tell all of it, and waits for that end.
    async fn until(&self, what: &str, wish: &Value, answer: &str, end: &str) -> Result<Value> {
        let path = format!("devices/{}/{what}", self.device);
        let order = self.api.post(&path, wish).await?;
        let question = harness::until_some("nils should be asked", || {
            let status = self.nils.status().ok()?;
            (!status["question"].is_null()).then(|| status["question"].to_string())
        })?;
        for part in wish["arguments"].as_array().into_iter().flatten() {
            let part = part.as_str().unwrap_or_default();
            assert!(question.contains(part), "no {part} in {question}");
        }
        assert!(question.contains("Ada Owner"), "{question}");
        self.nils.deskhook(&["session", "answer", answer])?;
        let path = format!("orders/{}", order["order"].as_str().unwrap_or_default());
        let ended = harness::eventually("the order should have ended", async || {
            let order = self.api.get(&path).await.ok()?;
            (order["state"] != "sent" && order["state"] != "asking").then_some(order)
        });
        let ended = ended.await?;
        assert_eq!(ended["state"], end, "{ended:#}");
        Ok(ended)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supporter_gets_one_program_run_as_root_once_everybody_agreed() -> Result<()> {
    need!("unshare", "dbus", "polkit", "pkexec", "sudo");
    if let Some(lacking) = Namespace::lacking() {
        not_walked(module_path!(), lacking);
        return Ok(());
    }
    let portal = harness::TestPortal::start().await?;
    let api = portal.sign_in("Ada Owner", "owner").await?;
    let nils = Installed::enrolled(&portal.url(), &portal.token(&[])?)?;
    nils.deskhook(&["session", "start", "--wait", "reported"])?;
    let device = api
        .until_device("somebody should wait", |device| {
            device["state"] == "waiting"
        })
        .await?;
    let device = device["id"].as_str().context("a device has an id")?;
    let wish = json!({
        "program": RENEW, "arguments": ["--now", "a b"], "reason": "it expired", "minutes": 5,
    });
    let asks = Asks {
        api: &api,
        nils: &nils,
        device,
    };
    asks.until("connect", &json!({}), "allow", "joined").await?;
    asks.until("elevate", &wish, "deny", "denied").await?;
    assert_eq!(nils.office.renewed()?, "");
    let granted = asks.until("elevate", &wish, "allow", "granted").await?;
    assert_eq!(granted["code"], 0, "{granted:#}");
    assert_eq!(nils.office.renewed()?, "root --now a b\n");
    Ok(())
}
