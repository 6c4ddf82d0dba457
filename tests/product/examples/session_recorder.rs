//! What happened to sessions, in a file of the plugin's own.

use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use harness::{TestAgent, until_some};
use serde_json::{Value, json};

use super::shown_settings;
use crate::plugin::need_root;
use crate::scene::{Scene, over, sample};

async fn with(settings: Value) -> Result<Scene> {
    let shown = over(sample(), &shown_settings("session-recorder")?);
    let quiet = json!({ "Session.Consent.Mode": "never" });
    let settings = over(over(shown, &quiet), &settings);
    let mut scene = Scene::prepared(settings, TestAgent::new()?).await?;
    scene.agent.plugin("session-recorder")?;
    scene.agent.start()?;
    Ok(scene)
}

fn record(agent: &TestAgent) -> PathBuf {
    let data = "plugin-data/org.deskhook.session-recorder/sessions.jsonl";
    agent.state().join(data)
}

/// Every line, each a whole object.
fn lines(path: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    assert!(text.is_empty() || text.ends_with('\n'), "{text}");
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect()
}

fn until_event(scene: &Scene, event: &str) -> Result<Vec<Value>> {
    let path = record(&scene.agent);
    until_some(event, || {
        let lines = lines(&path);
        lines
            .iter()
            .any(|line| line["event"] == event)
            .then_some(lines)
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_is_recorded_from_its_address_to_its_end() -> Result<()> {
    need_root!();
    let scene = with(json!({ "SessionRecorder": {} })).await?;
    let address = scene.report()?["address"].clone();
    let order = scene
        .order("connect", json!({ "reason": "printer" }))
        .await?;
    scene.until_order(&order, "joined").await?;
    until_event(&scene, "session.started")?;
    let said = scene.agent.deskhook(&["session", "stop"])?;
    ensure!(said.code == Some(0), "{said:?}");
    let all = until_event(&scene, "session.ended")?;
    let of = |event: &str| all.iter().find(|line| line["event"] == event).cloned();
    let reported = of("address.reported").unwrap_or_default();
    ensure!(reported["address"] == address, "{all:#?}");
    let ended = of("session.ended").unwrap_or_default();
    ensure!(
        ended["supporter"]
            .as_str()
            .is_some_and(|who| who.starts_with("Ada Owner")),
        "{ended:#}"
    );
    ensure!(
        ended["seconds"].is_u64() && ended["outcome"].is_string(),
        "{ended:#}"
    );
    ensure!(
        ended["at"].is_string() && ended.get("person").is_none(),
        "{ended:#}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn only_fields_that_the_policy_lists_are_written_and_a_torn_line_is_mended() -> Result<()> {
    need_root!();
    let scene = with(json!({ "SessionRecorder": { "Fields": ["client"] } })).await?;
    let path = record(&scene.agent);
    std::fs::write(&path, "{\"event\":\"before\"}\n{\"event\":\"to")?;
    scene.report()?;
    let all = until_some("the line should be mended", || {
        let text = std::fs::read_to_string(&path).ok()?;
        text.contains("address.reported").then(|| lines(&path))
    })?;
    ensure!(all[0]["event"] == "before" && all.len() == 2, "{all:#?}");
    let fields: Vec<&String> = all[1]
        .as_object()
        .into_iter()
        .flatten()
        .map(|it| it.0)
        .collect();
    ensure!(fields == ["at", "client", "event"], "{fields:?}");
    Ok(())
}
