//! Hook packages in a running agent: what takes their place, and what does not.

use anyhow::Result;
use harness::TestAgent;
use serde_json::{Value, json};

use crate::scene::{Scene, sample};

const TEST: &str =
    "test('nobody may', function(t) t.denied(t.run('session.request', {}), 'closed') end)";

#[tokio::test(flavor = "multi_thread")]
async fn the_timer_of_a_package_is_called_at_its_interval() -> Result<()> {
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    let home = scene.agent.home();
    let manifest = json!({
        "name": "clock", "version": "1.0.0", "api": 1, "hooks": ["timer"], "timer": 10,
    });
    home.write("packages/clock/deskhook.json", manifest.to_string())?;
    let script = "deskhook.on('timer', function(ctx)
        deskhook.request.start_session{ reason = ctx.name .. ' rang' }
    end)";
    home.write("packages/clock/init.lua", script)?;
    scene.agent.start()?;
    let asked = scene
        .agent
        .until_status("the timer should ring", |status| {
            status["attempts"].as_u64() >= Some(1)
        })?;
    assert_eq!(asked["extensions"][0]["state"], "running", "{asked:#}");
    Ok(())
}

#[test]
fn what_a_layer_says_of_another_device_says_nothing_of_who_hears_a_hook_here() -> Result<()> {
    let agent = TestAgent::new()?;
    agent.package_of("gate", &["session.request"], &says("no"))?;
    let off = json!({
        "scope": "device", "name": "another-device",
        "settings": { "Extensions.Packages.gate.Enabled": false },
    });
    agent.policy("other.json", &off)?;
    let told = agent.deskhook(&["hooks", "explain", "session.request", "--json"])?;
    let told: Value = serde_json::from_str(&told.stdout)?;
    assert_eq!(told["listeners"][0]["name"], "gate", "{told:#}");
    let looked = agent.deskhook(&["doctor", "--json"])?;
    let looked: Value = serde_json::from_str(&looked.stdout)?;
    let findings = looked["findings"].to_string();
    assert!(findings.contains("gate 1.0.0"), "{looked:#}");
    assert!(findings.contains("no agent runs here"), "{looked:#}");
    Ok(())
}

#[test]
fn a_grant_that_nobody_asks_for_is_told_with_what_was_perhaps_meant() -> Result<()> {
    let agent = TestAgent::new()?;
    agent.package_of("gate", &["session.request"], &says("no"))?;
    let manifest = json!({
        "name": "gate", "version": "1.0.0", "api": 1, "hooks": ["session.request"],
        "capabilities": ["net:tickets.example.org", "facts:disk"],
    });
    let home = agent.home();
    home.write("packages/gate/deskhook.json", manifest.to_string())?;
    let slip = json!({
        "scope": "tenant",
        "settings": { "Extensions.Packages.gate.Capabilities": ["net:ticket.example.org", "facts:*"] },
    });
    agent.policy("slip.json", &slip)?;
    let looked = agent.deskhook(&["doctor", "--json"])?;
    let looked: Value = serde_json::from_str(&looked.stdout)?;
    let findings = looked["findings"].as_array().into_iter().flatten();
    let mut notes = findings.filter(|finding| finding["grade"] == "note");
    let vain = notes.find(|note| {
        note["message"]
            .as_str()
            .unwrap_or_default()
            .contains("grants gate")
    });
    let vain = vain.cloned().unwrap_or_default();
    assert_eq!(
        vain["message"],
        "the policy grants gate net:ticket.example.org, which it does not ask for"
    );
    let help = vain["help"].as_str().unwrap_or_default();
    assert!(
        help.contains("did you mean \"net:tickets.example.org\"?"),
        "{help}"
    );
    Ok(())
}

#[test]
fn doctor_names_what_is_not_where_the_settings_and_the_policy_say() -> Result<()> {
    let agent = TestAgent::new()?;
    agent.package_of("gate", &["session.request"], &says("no"))?;
    let named = json!({
        "scope": "tenant",
        "settings": { "Extensions.Packages.gaet.Binding": "required" },
    });
    agent.policy("named.json", &named)?;
    let missing = agent.home().path().join("missing").display().to_string();
    let looked = agent.deskhook(&["doctor", "--json", "--plugins", &missing])?;
    assert_eq!(looked.code, Some(1), "{looked:?}");
    let looked: Value = serde_json::from_str(&looked.stdout)?;
    let findings: Vec<&str> = looked["findings"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|finding| finding["grade"] == "problem")
        .filter_map(|finding| finding["message"].as_str())
        .collect();
    let mut gone = findings
        .iter()
        .filter(|said| said.starts_with("the setting"));
    let gone = gone.find(|said| said.contains(&missing));
    assert!(
        gone.is_some_and(|said| said.contains("plugins")),
        "{findings:?}"
    );
    let gaet = findings.iter().find(|said| said.starts_with("gaet: "));
    assert!(
        gaet.is_some_and(|said| said.contains("\"gate\" meant")),
        "{findings:?}"
    );
    Ok(())
}

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

#[tokio::test(flavor = "multi_thread")]
async fn who_set_what_of_the_menu_is_told_and_whose_patch_was_dropped() -> Result<()> {
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    let titled = |name: &str| {
        format!("deskhook.on('tray.menu', function() return {{ tooltip = '{name}' }} end)")
    };
    for name in ["first", "second"] {
        scene
            .agent
            .package_of(name, &["tray.menu"], &titled(name))?;
    }
    let wrong = "deskhook.on('tray.menu', function() return { remove = { 'nowhere' } } end)";
    scene.agent.package_of("third", &["tray.menu"], wrong)?;
    scene.agent.start()?;
    let shown = scene.agent.deskhook(&["tray", "show", "--json"])?;
    let menu: Value = serde_json::from_str(&shown.stdout)?;
    assert_eq!(menu["tooltip"], "second");
    let tooltip = json!([{"field": "tooltip", "by": "second", "overrode": ["first"]}]);
    assert_eq!(menu["set_by"], tooltip);
    assert_eq!(menu["dropped"][0]["by"], "third");
    let told = scene
        .agent
        .deskhook(&["hooks", "explain", "tray.menu", "--json"])?;
    let told: Value = serde_json::from_str(&told.stdout)?;
    assert_eq!(told["last_run"]["set_by"], menu["set_by"], "{told:#}");
    let told = scene.agent.deskhook(&["hooks", "explain", "tray.menu"])?;
    assert!(
        told.stdout.contains("tooltip: second over first"),
        "{}",
        told.stdout
    );
    assert!(
        told.stdout.contains("dropped third: there is no menu item"),
        "{}",
        told.stdout
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn hooks_explain_tells_who_hears_by_whose_policy_and_how_long_it_took() -> Result<()> {
    let mut scene = Scene::prepared(sample(), TestAgent::new()?).await?;
    scene
        .agent
        .package_of("gate", &["session.request"], &says("no"))?;
    let layer = json!({
        "scope": "tenant", "settings": {
            "Session.Checks.power": "warn",
            "Extensions.Packages.gate": {"Priority": 10, "Capabilities": ["net:a.example"], "Budget": 5000},
        },
    });
    scene.agent.policy("gate.json", &layer)?;
    let explain = |agent: &TestAgent| -> Result<Value> {
        let told = agent.deskhook(&["hooks", "explain", "session.request", "--json"])?;
        Ok(serde_json::from_str(&told.stdout)?)
    };
    let told = explain(&scene.agent)?;
    assert_eq!(told["agent"]["running"], false, "{told:#}");
    let names = |told: &Value| -> Vec<String> {
        let listeners = told["listeners"].as_array().into_iter().flatten();
        listeners.map(|one| one["name"].to_string()).collect()
    };
    assert_eq!(names(&told), ["\"power\"", "\"gate\""], "{told:#}");
    let gate = &told["listeners"][1];
    assert_eq!(gate["priority"], 10, "{told:#}");
    assert_eq!(gate["limit_ms"]["wall"], 5000, "{told:#}");
    assert_eq!(
        gate["capabilities"]["in_vain"][0], "net:a.example",
        "{told:#}"
    );
    let set_by = &gate["set_by"]["Extensions.Packages.gate.Priority"];
    assert_eq!(set_by["layer"]["scope"], "tenant", "{told:#}");
    assert_eq!(gate["timing"], Value::Null, "{told:#}");

    scene.agent.start()?;
    scene
        .agent
        .deskhook(&["session", "start", "--reason", "x"])?;
    scene.agent.until_status("the gate should deny", |status| {
        status["reasons"][0]["code"] == "closed"
    })?;
    let told = explain(&scene.agent)?;
    assert_eq!(told["agent"]["running"], true, "{told:#}");
    assert_eq!(told["listeners"][1]["timing"]["calls"], 1, "{told:#}");
    assert_eq!(told["listeners"][1]["timing"]["faults"], 0, "{told:#}");
    Ok(())
}
