use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use deskhook_agent::{AgentHandle, Snapshot};
use deskhook_policy::Address;
use deskhook_session::{Origin, Request};
use serde_json::Value;

use super::rfb;
use super::stage::Stage;
use crate::output::{Colour, Exit, Outcome, paint, remark, say};

/// How long any one step may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// One session from beginning to end without anybody; each step is printed with its time as it
/// happens. The answer is yes only if all of them did.
pub(crate) async fn run(stage: Stage) -> Outcome {
    say(format!(
        "{} with {}",
        paint("demo", Colour::Bold),
        stage.client.words()
    ));
    if let Some(why) = &stage.folder.no_plugin {
        say(format!("  without the native plugin: {why}"));
    }
    let steps = tokio::time::timeout(PATIENCE * 4, steps(&stage)).await;
    stage.stop().await;
    match steps
        .context("the demonstration took too long")
        .and_then(|steps| steps)
    {
        Ok(total) => {
            say(paint(
                &format!("all steps happened, {} ms", total.as_millis()),
                Colour::Green,
            ));
            Ok(Exit::Done)
        }
        Err(error) => {
            remark(paint(&format!("failed: {error:#}"), Colour::Red));
            Ok(Exit::No)
        }
    }
}

/// Prints steps with the time that each took.
struct Clock {
    begun: Instant,
    last: Instant,
}

impl Clock {
    fn step(&mut self, name: &str, detail: &str) {
        let now = Instant::now();
        let millis = now.duration_since(self.last).as_secs_f64() * 1000.0;
        self.last = now;
        say(format!(
            "  {} {name:<10} {millis:>8.1} ms  {detail}",
            paint("ok", Colour::Green)
        ));
    }
}

async fn steps(stage: &Stage) -> anyhow::Result<Duration> {
    let agent = stage.agent();
    let mut clock = Clock {
        begun: Instant::now(),
        last: Instant::now(),
    };
    agent
        .request(
            Request::Start {
                reason: Some("demonstration".to_owned()),
                ticket: None,
                client: None,
            },
            Origin::Person,
        )
        .await;

    let checked = reach(&agent, |now| {
        now.view.phase.word() != "checking" && now.view.session.is_some()
    })
    .await?;
    clock.step("checks", &voices(&checked));
    let started = reach(&agent, |now| now.client_started).await?;
    clock.step("launch", started.view.client.as_deref().unwrap_or_default());
    let known = reach(&agent, |now| now.view.address.is_some()).await?;
    let address = known.view.address.clone().context("no address")?;
    clock.step("address", &address.grouped());
    reach(&agent, |now| now.view.reported).await?;
    clock.step("reported", "the portal has acknowledged it");
    let seen = seen(stage, &address).await?;
    clock.step("seen", &seen);
    if let Some(place) = address.as_str().strip_prefix("vnc://") {
        let password = known.password.as_deref().unwrap_or_default();
        let screen = tokio::time::timeout(PATIENCE, rfb::handshake(place, password))
            .await?
            .with_context(|| format!("{place} is no screen that a supporter could use"))?;
        let size = format!("{} x {}", screen.width, screen.height);
        clock.step(
            "handshake",
            &format!("the password opens a screen of {size}"),
        );
    }
    agent.request(Request::Stop, Origin::Person).await;
    reach_end(&agent).await?;
    clock.step("stopped", "the client has ended");
    closed(stage).await?;
    clock.step("closed", "the portal knows that the session is over");
    Ok(clock.begun.elapsed())
}

/// Waits for a snapshot that fits; a session that ends instead is a failure with its reasons.
async fn reach(
    agent: &AgentHandle,
    fits: impl Fn(&Snapshot) -> bool,
) -> anyhow::Result<std::sync::Arc<Snapshot>> {
    let over = |now: &Snapshot| now.view.session.is_none() && now.view.last.is_some();
    let waited = tokio::time::timeout(PATIENCE, agent.until(|now| fits(now) || over(now))).await;
    let snapshot = waited
        .context("nothing happened for a minute")?
        .context("the agent stopped")?;
    if fits(&snapshot) {
        return Ok(snapshot);
    }
    let reasons: Vec<_> = snapshot
        .view
        .reasons
        .iter()
        .map(|reason| reason.message.clone())
        .collect();
    bail!(
        "the session ended: {} {}",
        reasons.join(" "),
        snapshot.detail.clone().unwrap_or_default()
    )
}

async fn reach_end(agent: &AgentHandle) -> anyhow::Result<()> {
    let ended = agent.until(|now| now.view.session.is_none() && now.clients_running == 0);
    tokio::time::timeout(PATIENCE, ended)
        .await
        .context("the session did not end")?
        .context("the agent stopped")?;
    Ok(())
}

fn voices(snapshot: &Snapshot) -> String {
    let voices: Vec<_> = snapshot
        .checks
        .iter()
        .map(|check| format!("{} {}", check.by, check.verdict))
        .collect();
    if voices.is_empty() {
        "nobody has anything against it".to_owned()
    } else {
        voices.join(", ")
    }
}

/// Looks for the address as a program of the support desk would.
async fn seen(stage: &Stage, address: &Address) -> anyhow::Result<String> {
    let own = listed(stage).await?;
    ensure!(
        own.get("address").and_then(Value::as_str) == Some(address.as_str()),
        "the portal shows another address: {own}"
    );
    let person = own
        .pointer("/person/display_name")
        .or_else(|| own.pointer("/person/name"));
    let name = own.get("name").and_then(Value::as_str).unwrap_or_default();
    Ok(format!(
        "beside {} at {name}",
        person.and_then(Value::as_str).unwrap_or("nobody")
    ))
}

/// Waits until the portal's list shows no session at this device any more.
async fn closed(stage: &Stage) -> anyhow::Result<()> {
    let over = async {
        loop {
            let own = listed(stage).await?;
            if own.get("address").is_none_or(Value::is_null) {
                return anyhow::Ok(());
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let late = "the portal still shows the session";
    tokio::time::timeout(PATIENCE, over).await.context(late)?
}

/// This device, as the portal lists it.
async fn listed(stage: &Stage) -> anyhow::Result<Value> {
    let url = format!("{}/api/v1/devices", stage.portal);
    let response = reqwest::Client::new()
        .get(&url)
        .bearer_auth(&stage.api_key)
        .send()
        .await?;
    let status = response.status();
    ensure!(status.is_success(), "{url} answered {status}");
    let body: Value = response.json().await?;
    let devices = body.as_array().cloned().unwrap_or_default();
    let is_own = |device: &Value| device["id"] == stage.device.as_str();
    let own = devices.into_iter().find(is_own);
    own.context("the portal does not list this device")
}
