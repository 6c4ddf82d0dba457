//! What the pages beside the plugins show works as it stands there.

use std::process::Command;

use anyhow::{Result, ensure};
use harness::{Home, TestAgent, artifacts, run};
use serde_json::{Value, json};

use super::{folder, shown_settings};
use crate::plugin::need_root;

const NAMES: [&str; 5] = [
    "disk-encryption",
    "free-space",
    "network-zone",
    "rustdesk-driver",
    "session-recorder",
];

fn manifest(name: &str) -> Result<Value> {
    let text = std::fs::read_to_string(folder(name).join("deskhook-plugin.json"))?;
    Ok(serde_json::from_str(&text)?)
}

#[test]
fn the_policy_of_each_guide_is_taken_and_its_grants_are_asked_for() -> Result<()> {
    for name in NAMES {
        let (home, settings) = (Home::new()?, shown_settings(name)?);
        let layer = json!({"scope": "tenant", "settings": settings});
        home.write("policy/layer.json", layer.to_string())?;
        let said = run(home.deskhook().args(["policy", "check", "policy"]))?;
        ensure!(said.code == Some(0), "{name}: {said:?}");
        let manifest = manifest(name)?;
        let id = manifest["id"].as_str().unwrap_or_default();
        let grants = &settings["Extensions.Packages"][id]["Capabilities"];
        let asked = manifest["capabilities"].as_array();
        let grants = grants.as_array().filter(|grants| !grants.is_empty());
        let known = |grant: &Value| asked.is_some_and(|asked| asked.contains(grant));
        ensure!(
            grants.is_some_and(|grants| grants.iter().all(known)),
            "{name}: {grants:?} of {asked:?}"
        );
    }
    Ok(())
}

#[test]
fn each_guide_names_all_that_the_manifest_asks_for() -> Result<()> {
    for name in NAMES {
        let page = std::fs::read_to_string(folder(name).join("README.md"))?;
        for hook in manifest(name)?["hooks"].as_array().into_iter().flatten() {
            let hook = hook.as_str().unwrap_or_default();
            ensure!(page.contains(&format!("`{hook}`")), "{name}: {hook}");
        }
        for asked in manifest(name)?["capabilities"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let asked = asked.as_str().unwrap_or_default();
            let kind = asked.split(':').next().unwrap_or_default();
            ensure!(page.contains(&format!("`{kind}:")), "{name}: {asked}");
        }
    }
    Ok(())
}

#[test]
fn the_commands_that_sign_and_install_a_plugin_do_so() -> Result<()> {
    need_root!();
    let page = std::fs::read_to_string(folder("README.md"))?;
    let blocks: Vec<&str> = page.split("```sh\n").skip(1).collect();
    ensure!(blocks.len() == 2, "one says what, one does it");
    let commands = blocks[1].split("```").next().unwrap_or_default();
    let agent = TestAgent::new()?;
    let deskhook = artifacts()
        .deskhook
        .parent()
        .unwrap_or(std::path::Path::new("."));
    let path = format!("{}:{}", deskhook.display(), std::env::var("PATH")?);
    let plugins = agent.home().path().join("plugins");
    let mut shell: Command = agent.home().command("sh");
    shell
        .args(["-euc", commands])
        .env("PATH", path)
        .env("id", "org.deskhook.session-recorder")
        .env(
            "manifest",
            folder("session-recorder").join("deskhook-plugin.json"),
        )
        .env("library", &artifacts().plugins["session-recorder"])
        .env("plugins", &plugins);
    let said = run(&mut shell)?;
    ensure!(said.code == Some(0), "{said:?}");
    let key = agent.home().path().join("publisher.key.pub");
    let line = std::fs::read_to_string(key)?;
    let line = line.lines().find(|line| line.starts_with("RW"));
    let trusted =
        json!({"scope": "tenant", "settings": {"Extensions.Publishers": {"Deskhook": line}}});
    agent.policy("publishers.json", &trusted)?;
    let told = agent.deskhook(&["hooks", "explain", "session.ended", "--json"])?;
    let told: Value = serde_json::from_str(&told.stdout)?;
    ensure!(
        told["listeners"][0]["name"] == "org.deskhook.session-recorder",
        "{told:#}"
    );
    Ok(())
}
