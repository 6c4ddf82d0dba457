//! Whether the disk is encrypted, seen from a child that may read what was granted alone.

use anyhow::{Result, bail, ensure};
use harness::TestAgent;
use serde_json::{Value, json};

use super::{shown_settings, voice};
use crate::plugin::need_root;
use crate::scene::{Scene, over, sample};

const ID: &str = "org.deskhook.disk-encryption";

async fn with(require: &str, paths: Value) -> Result<Scene> {
    let settings = over(sample(), &shown_settings("disk-encryption")?);
    let settings = over(
        settings,
        &json!({ "DiskEncryption": { "Require": require, "Paths": paths } }),
    );
    let mut scene = Scene::prepared(settings, TestAgent::new()?).await?;
    scene.agent.plugin("disk-encryption")?;
    scene.agent.start()?;
    Ok(scene)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_be_judged_denies_and_says_why() -> Result<()> {
    need_root!();
    // No disk on any machine keeps what is there.
    let scene = with("deny", json!(["/proc"])).await?;
    let said = scene.start(&[])?;
    ensure!(said.code == Some(1), "{said:?}");
    for part in ["disk-encryption-unknown", "cannot be told", "/proc on proc"] {
        ensure!(said.stderr.contains(part), "{part}: {said:?}");
    }
    ensure!(scene.agent.status()?["address"].is_null());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_person_is_asked_where_the_policy_only_warns() -> Result<()> {
    need_root!();
    let scene = with("warn", json!(["/proc"])).await?;
    let said = scene.agent.deskhook(&["session", "start"])?;
    ensure!(said.code == Some(0), "{said:?}");
    let asked = scene
        .agent
        .until_status("the person should be asked", |status| {
            status["question"].is_object()
        })?;
    let question = asked["question"].to_string();
    ensure!(question.contains("not known to be encrypted"), "{question}");
    ensure!(question.contains("Start the session anyway?"), "{question}");
    let said = scene.agent.deskhook(&["session", "answer", "deny"])?;
    ensure!(said.code == Some(0), "{said:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_portal_and_the_check_say_the_same_of_this_machine() -> Result<()> {
    need_root!();
    let scene = with("deny", json!(["/"])).await?;
    let page = format!("devices/{}", scene.device().await?);
    let told = harness::eventually("the device's page should tell of the disk", async || {
        let device = scene.api.get(&page).await.ok()?;
        let facts = device["facts"].clone();
        facts["disk-encryption-detail"].is_string().then_some(facts)
    });
    let told = told.await?;
    let detail = told["disk-encryption-detail"].as_str().unwrap_or_default();
    ensure!(detail.starts_with("/ on "), "{told:#}");
    let said = scene.start(&[])?;
    let code = match told["disk-encryption"].as_str() {
        Some("on") => {
            ensure!(voice(&scene, ID)?["verdict"] == "allow", "{said:?}");
            return Ok(());
        }
        Some("off") => "disk-not-encrypted",
        Some("unknown") => "disk-encryption-unknown",
        _ => bail!("{told:#}"),
    };
    ensure!(said.code == Some(1), "{told:#}\n{said:?}");
    ensure!(
        said.stderr.contains(code) && said.stderr.contains(detail),
        "{told:#}\n{said:?}"
    );
    Ok(())
}
