//! Who vouches for a native plugin: before it runs, and for as long as it does.

use anyhow::{Result, ensure};
use harness::{TestAgent, extension_hosts, until_some};
use serde_json::{Value, json};

use crate::hosting::{ID, allowed, answering, install, refused, steady};
use crate::plugin::need_root;
use crate::scene::{Scene, over, sample};

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_whose_signature_does_not_hold_never_runs_and_the_record_says_so() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    install(&scene.agent)?;
    let manifest = format!("plugins/{ID}/deskhook-plugin.json");
    let path = scene.agent.home().path().join(&manifest);
    let text = std::fs::read_to_string(&path)?.replace("1.0.0", "1.0.1");
    std::fs::write(&path, text)?;
    scene.agent.start()?;
    let status = scene.agent.status()?;
    let plugin = &status["extensions"][0];
    ensure!(plugin["state"] == "rejected", "{status:#}");
    let why = plugin["message"].as_str().unwrap_or_default();
    ensure!(
        why.contains("not one of Deskhook") && why.contains("was changed since"),
        "{why}"
    );
    let said = refused(&scene, "nothing")?;
    ensure!(said.contains(ID), "{said}");
    let record = std::fs::read_to_string(scene.agent.state().join("record.jsonl"))?;
    ensure!(
        record.contains("extension.refused") && record.contains(ID),
        "{record}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_for_which_nobody_vouches_keeps_nobody_waiting() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    install(&scene.agent)?;
    scene.agent.policy(
        "publishers.json",
        &json!({ "scope": "tenant", "settings": {} }),
    )?;
    scene.agent.start()?;
    let status = scene.agent.status()?;
    let why = status["extensions"][0]["message"]
        .as_str()
        .unwrap_or_default();
    ensure!(why.contains("nobody vouches"), "{status:#}");
    allowed(&scene, "nothing")
}

#[test]
fn to_look_at_a_plugin_is_not_to_run_it() -> Result<()> {
    need_root!();
    let agent = TestAgent::new()?;
    agent.policy(
        "trust.json",
        &json!({ "scope": "tenant", "settings": sample() }),
    )?;
    steady(&agent, "2.0.0")?;
    let shown = |version: &str| -> Result<()> {
        let told = agent.deskhook(&["hooks", "explain", "session.request", "--json"])?;
        let told: Value = serde_json::from_str(&told.stdout)?;
        ensure!(told["listeners"][0]["version"] == version, "{told:#}");
        Ok(())
    };
    shown("2.0.0")?;
    let looked = agent.deskhook(&["doctor"])?;
    ensure!(
        looked.stdout.contains("org.example.steady 2.0.0"),
        "{looked:?}"
    );
    // Nothing keeps an older one from being installed after all, and nothing was left behind.
    steady(&agent, "1.0.0")?;
    shown("1.0.0")?;
    ensure!(
        !agent
            .state()
            .join("plugin-data/org.example.steady")
            .exists()
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_of_a_publisher_who_is_trusted_no_more_ends_at_once() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    steady(&scene.agent, "1.0.0")?;
    scene.agent.start()?;
    ensure!(answering(&scene)? == "1.0.0");
    let nobody = json!({ "scope": "tenant", "settings": {} });
    scene.agent.policy("publishers.json", &nobody)?;
    let ended = |status: &Value| status["extensions"][0]["state"] == "rejected";
    scene.agent.until_status("it should run no more", ended)?;
    allowed(&scene, "version")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_whose_publisher_has_another_key_now_ends_at_once() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    steady(&scene.agent, "1.0.0")?;
    scene.agent.start()?;
    ensure!(answering(&scene)? == "1.0.0");
    let other = scene
        .agent
        .home()
        .path()
        .join("other.key")
        .display()
        .to_string();
    let made = scene
        .agent
        .deskhook(&["plugin", "keygen", "--out", &other])?;
    let keys = json!({ "Extensions.Publishers": { "Deskhook": made.stdout.trim() } });
    let layer = json!({ "scope": "tenant", "settings": keys });
    scene.agent.policy("publishers.json", &layer)?;
    let ended = |status: &Value| status["extensions"][0]["state"] == "rejected";
    let status = scene.agent.until_status("it should run no more", ended)?;
    let why = status["extensions"][0]["message"]
        .as_str()
        .unwrap_or_default();
    ensure!(why.contains("made with another key"), "{why}");
    Ok(())
}

/// Takes the publisher's key out of policy.
fn withdraw(agent: &TestAgent) -> Result<()> {
    let nobody = json!({ "scope": "tenant", "settings": {} });
    agent.policy("publishers.json", &nobody)
}

#[tokio::test(flavor = "multi_thread")]
async fn whose_publisher_is_trusted_no_more_ends_whatever_its_folder_looks_like() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    steady(&scene.agent, "1.0.0")?;
    scene.agent.start()?;
    let agent = scene.agent.process()?.id();
    ensure!(answering(&scene)? == "1.0.0");
    let manifest = "plugins/org.example.steady/deskhook-plugin.json";
    scene.agent.home().write(manifest, "half an update")?;
    let rejected = |status: &Value| {
        let said = status["extensions"][0]["message"].as_str();
        said.unwrap_or_default()
            .contains("its files on disk are rejected")
    };
    scene
        .agent
        .until_status("the half update should be refused", rejected)?;
    ensure!(
        answering(&scene)? == "1.0.0",
        "it was good when it was loaded"
    );
    withdraw(&scene.agent)?;
    until_some("its child should be gone", || {
        extension_hosts(agent).is_empty().then_some(())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn no_session_keeps_a_plugin_that_policy_ended() -> Result<()> {
    need_root!();
    for last in ["publisher", "switch"] {
        let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
        steady(&scene.agent, "1.0.0")?;
        scene.agent.start()?;
        scene.report()?;
        let agent = scene.agent.process()?.id();
        ensure!(extension_hosts(agent).len() == 1);
        if last == "publisher" {
            withdraw(&scene.agent)?;
        } else {
            let off = json!({ "Extensions.Packages.org.example.steady.Enabled": false });
            scene.settings(over(sample(), &off))?;
        }
        until_some("its child should be gone", || {
            extension_hosts(agent).is_empty().then_some(())
        })?;
        let status = scene.agent.status()?;
        ensure!(
            status["phase"] == "waiting",
            "the session goes on: {status:#}"
        );
    }
    Ok(())
}
