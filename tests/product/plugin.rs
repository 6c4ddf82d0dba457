//! A native plugin decides beside the built-in checks: loaded from the agent's plugin folder,
//! judged by who owns it and by its hash.

use std::os::unix::fs::PermissionsExt as _;

use anyhow::Result;
use harness::TestAgent;
use serde_json::{Value, json};

use crate::scene::{Scene, over, sample};

const ID: &str = "org.deskhook.free-space";

/// Returns from the test, telling so, where files cannot be root's: no other plugin is accepted.
macro_rules! need_root {
    () => {
        if !rustix::process::geteuid().is_root() {
            harness::not_walked(module_path!(), "root's right to own a plugin");
            return Ok(());
        }
    };
}
pub(crate) use need_root;

fn least_free(mebibytes: u64) -> Value {
    let settings = json!({
        "FreeSpace.MinimumMiB": mebibytes,
        "Extensions.Packages": { (ID): { "Capabilities": ["policy:FreeSpace"] } },
    });
    over(sample(), &settings)
}

async fn with_plugin(settings: Value) -> Result<Scene> {
    let mut scene = Scene::prepared(settings, TestAgent::new()?).await?;
    scene.agent.plugin("free-space")?;
    scene.agent.start()?;
    Ok(scene)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_has_nothing_against_it_lets_the_session_start() -> Result<()> {
    need_root!();
    let scene = with_plugin(least_free(1)).await?;
    let status = scene.report()?;
    assert_eq!(status["extensions"][0]["name"], ID, "{status:#}");
    assert_eq!(status["extensions"][0]["state"], "running", "{status:#}");
    let voice = |check: &Value| check["by"] == ID && check["verdict"] == "allow";
    assert!(
        status["checks"]
            .as_array()
            .is_some_and(|checks| checks.iter().any(voice)),
        "{status:#}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_denies_keeps_the_client_closed_and_says_why() -> Result<()> {
    need_root!();
    let scene = with_plugin(least_free(1 << 40)).await?;
    let said = scene.start(&[])?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    assert!(
        said.stderr.contains("MiB are free on your disk"),
        "{}",
        said.stderr
    );
    assert!(said.stderr.contains("disk-full"), "{}", said.stderr);
    assert!(
        scene.agent.status()?["address"].is_null(),
        "the client was started"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_required_plugin_that_cannot_answer_denies() -> Result<()> {
    need_root!();
    let broken = over(least_free(1), &json!({ "FreeSpace.MinimumMiB": "plenty" }));
    let scene = with_plugin(broken).await?;
    let said = scene.start(&[])?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_is_not_the_one_of_its_manifest_is_never_loaded() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(least_free(1), TestAgent::new()?).await?;
    let library = scene.agent.plugin("free-space")?;
    let mut bytes = std::fs::read(&library)?;
    bytes.push(0);
    std::fs::write(&library, bytes)?;
    scene.agent.start()?;
    expect_rejected(&scene, "sha")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plugin_that_anybody_could_have_written_is_never_loaded() -> Result<()> {
    need_root!();
    let mut scene = Scene::prepared(least_free(1), TestAgent::new()?).await?;
    let library = scene.agent.plugin("free-space")?;
    std::fs::set_permissions(&library, std::fs::Permissions::from_mode(0o777))?;
    scene.agent.start()?;
    expect_rejected(&scene, "writ")
}

/// It is told as rejected, for a reason with that in it.
fn expect_rejected(scene: &Scene, why: &str) -> Result<()> {
    let status = scene.agent.status()?;
    let plugin = &status["extensions"][0];
    assert_eq!(plugin["state"], "rejected", "{status:#}");
    let message = plugin["message"]
        .as_str()
        .unwrap_or_default()
        .to_lowercase();
    assert!(message.contains(why), "{status:#}");
    Ok(())
}
