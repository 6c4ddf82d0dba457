//! Hook packages in a running agent: what takes their place, and what does not.

use anyhow::Result;
use harness::TestAgent;

use crate::scene::{Scene, sample};

const TEST: &str =
    "test('nobody may', function(t) t.denied(t.run('session.request', {}), 'closed') end)";

fn says(message: &str) -> String {
    format!(
        "deskhook.on('session.request', function() return deskhook.deny{{ code = 'closed', message = '{message}' }} end)"
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_package_takes_over_once_it_passes_its_own_tests() -> Result<()> {
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    let home = scene.agent.home().path().to_owned();
    let change = |script: &str| -> Result<()> {
        let draft = home.join("init.lua");
        std::fs::write(&draft, script)?;
        Ok(std::fs::rename(draft, home.join("packages/gate/init.lua"))?)
    };
    scene
        .agent
        .package_of("gate", &["session.request"], &says("first"))?;
    std::fs::create_dir(home.join("packages/gate/tests"))?;
    std::fs::write(home.join("packages/gate/tests/gate.lua"), TEST)?;
    scene.agent.start()?;

    change("deskhook.on('session.request', function() end)")?;
    let status = scene
        .agent
        .until_status("the change should be refused", |status| {
            status["extensions"][0]["message"].is_string()
        })?;
    let gate = &status["extensions"][0];
    assert_eq!(gate["state"], "running", "{status:#}");
    let message = gate["message"].to_string();
    assert!(message.contains("nobody may"), "{message}");
    assert!(scene.start(&[])?.stderr.contains("first"));

    change(&says("second"))?;
    scene
        .agent
        .until_status("the change should take over", |status| {
            status["extensions"][0]["message"].is_null()
        })?;
    assert!(scene.start(&[])?.stderr.contains("second"));
    Ok(())
}
