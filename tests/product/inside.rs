//! Plugins that run in the agent itself: those that policy names twice, until one takes the agent along.

use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use harness::{TestAgent, extension_hosts, until_some};
use serde_json::{Value, json};

use crate::hosting::{ID as ROGUE, allowed, answering, install, refused, steady};
use crate::plugin::need_root;
use crate::scene::{Scene, over, sample};

fn inside() -> Value {
    over(sample(), &json!({ "Extensions.Isolation": "in-process" }))
}

/// The same, with the library named that is installed.
fn named(agent: &TestAgent, id: &str) -> Result<Value> {
    let manifest = agent
        .home()
        .path()
        .join(format!("plugins/{id}/deskhook-plugin.json"));
    let manifest: Value = serde_json::from_str(&std::fs::read_to_string(manifest)?)?;
    let pin = json!({ "Extensions.Packages": { (id): { "Sha256": manifest["sha256"] } } });
    Ok(over(inside(), &pin))
}

#[tokio::test(flavor = "multi_thread")]
async fn in_the_agent_runs_only_what_policy_names_twice() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(inside(), TestAgent::new()?).await?;
    steady(&scene.agent, "1.0.0")?;
    scene.agent.start()?;
    let agent = scene.agent.process()?.id();
    ensure!(answering(&scene)? == "1.0.0");
    ensure!(
        extension_hosts(agent).len() == 1,
        "its publisher alone is not enough"
    );
    scene.settings(named(&scene.agent, "org.example.steady")?)?;
    until_some("its child should be gone", || {
        extension_hosts(agent).is_empty().then_some(())
    })?;
    ensure!(answering(&scene)? == "1.0.0");
    Ok(())
}

/// How the first extension runs, in the agent's words.
fn remark(status: &Value) -> &str {
    status["extensions"][0]["remark"]
        .as_str()
        .unwrap_or_default()
}

/// An agent with the rogue in itself.
async fn with_rogue_inside() -> Result<Scene> {
    let mut scene = Scene::prepared(inside(), TestAgent::new()?).await?;
    install(&scene.agent)?;
    scene.settings(named(&scene.agent, ROGUE)?)?;
    scene.agent.start()?;
    let status = scene.agent.status()?;
    ensure!(remark(&status) == "runs inside the agent", "{status:#}");
    Ok(scene)
}

/// The record and `doctor` say what happened.
fn told(scene: &Scene, why: &str) -> Result<()> {
    let record = std::fs::read_to_string(scene.agent.state().join("record.jsonl"))?;
    let entry = |action: &str| {
        let mut lines = record.lines().rev();
        lines.find(|line| line.contains(&format!("\"action\":\"{action}\"")))
    };
    let crashed = entry("extension.crashed").context("the crash is on the record")?;
    ensure!(
        crashed.contains(ROGUE) && crashed.contains(why),
        "{crashed}"
    );
    let ended = entry("session.ended").context("the end of the session is on the record")?;
    ensure!(ended.contains("agent-stopped"), "{ended}");
    let looked = scene.agent.deskhook(&["doctor"])?.stdout;
    ensure!(looked.contains(why), "{looked}");
    Ok(())
}

/// Another folder that holds the same plugin, which policy does not name, lets it in no more than before.
fn a_copy_changes_nothing(scene: &Scene, why: &str) -> Result<()> {
    let plugins = scene.agent.home().path().join("plugins");
    let copied = Command::new("cp")
        .arg("-a")
        .arg(plugins.join(ROGUE))
        .arg(plugins.join(format!("{ROGUE}.bak")))
        .status()?;
    ensure!(copied.success());
    scene
        .agent
        .until_status("the copy should be refused", |status: &Value| {
            status["extensions"]
                .as_array()
                .is_some_and(|all| all.len() == 2)
        })?;
    let touch = json!({ "Session.Reason.Minimum": 1 });
    scene.settings(over(named(&scene.agent, ROGUE)?, &touch))?;
    let of_rogue = |status: &Value| {
        let all = status["extensions"].as_array().cloned().unwrap_or_default();
        let rogue = all.into_iter().find(|it| it["name"] == ROGUE);
        rogue.is_some_and(|rogue| rogue["remark"].as_str().is_some_and(|it| it.contains(why)))
    };
    scene
        .agent
        .until_status("it should stay in its child", of_rogue)?;
    Ok(std::fs::remove_dir_all(
        plugins.join(format!("{ROGUE}.bak")),
    )?)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_ends_the_agent_runs_in_a_child_from_then_on() -> Result<()> {
    need_root!();
    let mut scene = with_rogue_inside().await?;
    // Its reader hears of the address once a session is there.
    scene.start(&["--reason", "crash later"])?;
    ensure!(
        !scene.agent.process()?.wait()?.success(),
        "it takes the agent along"
    );

    scene.agent.start()?;
    let why = "1.0.0 was in the middle of address.reported when an agent died with it inside";
    scene.agent.process()?.line(why)?;
    let status = scene.agent.status()?;
    ensure!(
        remark(&status).starts_with("runs in a child, although") && remark(&status).contains(why),
        "{status:#}"
    );
    told(&scene, why)?;
    a_copy_changes_nothing(&scene, why)?;

    // From now on it costs its own answer and nothing else.
    let agent = scene.agent.process()?.id();
    let said = refused(&scene, "crash")?;
    ensure!(said.contains("signal: 11"), "{said}");
    allowed(&scene, "nothing")?;
    ensure!(scene.agent.process()?.id() == agent);

    // Policy takes it out of the agent, and lets it in again: somebody has thought about it.
    scene.settings(inside())?;
    let in_a_child = |status: &Value| remark(status).is_empty();
    scene
        .agent
        .until_status("nothing is to be said of it", in_a_child)?;
    scene.settings(named(&scene.agent, ROGUE)?)?;
    let is_inside = |status: &Value| remark(status) == "runs inside the agent";
    scene
        .agent
        .until_status("it should be inside again", is_inside)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_does_not_come_back_from_its_start_holds_nobody_up() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(inside(), TestAgent::new()?).await?;
    let hooks = ["session.request", "address.reported"];
    scene.agent.plugin_in_c("rogue", &hooks, Some("HANGS=1"))?;
    scene.settings(named(&scene.agent, ROGUE)?)?;
    scene.agent.start()?;
    // Neither inside the agent nor in a child, which has its own time to load.
    let status = scene.agent.status()?;
    let rogue = &status["extensions"][0];
    let why = rogue["message"].as_str().unwrap_or_default();
    ensure!(
        rogue["state"] == "rejected" && why.contains("did not load within"),
        "{status:#}"
    );
    ensure!(
        scene
            .agent
            .output()
            .contains("was not back from its start after 5 s")
    );
    // What comes back takes its place.
    install(&scene.agent)?;
    scene.settings(named(&scene.agent, ROGUE)?)?;
    let is_inside = |status: &Value| remark(status) == "runs inside the agent";
    scene
        .agent
        .until_status("other files are let in", is_inside)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_was_idle_or_is_late_when_the_agent_stops_is_not_blamed() -> Result<()> {
    need_root!();
    let mut scene = with_rogue_inside().await?;
    allowed(&scene, "nothing")?;
    scene.agent.kill()?;
    scene.agent.start()?;
    ensure!(remark(&scene.agent.status()?) == "runs inside the agent");
    // It does not come back from this call, also while the agent stops.
    let said = refused(&scene, "hang")?;
    ensure!(said.contains("no answer within"), "{said}");
    // The rogue lets no SIGTERM through.
    let agent = scene.agent.process()?;
    agent.signal(rustix::process::Signal::INT)?;
    ensure!(agent.wait()?.success(), "{}", agent.output());
    scene.agent.start()?;
    let status = scene.agent.status()?;
    ensure!(remark(&status) == "runs inside the agent", "{status:#}");
    Ok(())
}
