//! One session from the person's request to its end, with the built-in sample client.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::scene::{Scene, over, sample};

/// Starts the only session that there can be; gives its address.
fn started(scene: &Scene) -> Result<String> {
    let said = scene.start(&["--reason", "the printer", "--json"])?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let status: Value = serde_json::from_str(&said.stdout)?;
    let address = status["address"].as_str().context("an address")?;
    assert!(
        address.len() == 9 && address.bytes().all(|digit| digit.is_ascii_digit()),
        "{address}"
    );
    assert_eq!(status["reported"], true);
    let second = scene.start(&["--json"])?;
    assert_eq!(second.code, Some(1), "{}", second.stderr);
    let under_way: Value = serde_json::from_str(&second.stdout)?;
    assert_eq!(under_way["address"], address, "{}", second.stderr);
    Ok(address.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_goes_from_the_request_to_the_record() -> Result<()> {
    let scene = Scene::with_policy(sample()).await?;
    let address = started(&scene)?;
    let waiting = scene.api.until_device("somebody should wait", |device| {
        device["state"] == "waiting"
    });
    let waiting = waiting.await?;
    assert_eq!(waiting["address"], address);
    assert_eq!(waiting["link"], format!("deskhook-sample:{address}"));
    assert_eq!(waiting["group"], "Berlin");
    let path = format!("devices/{}", waiting["id"].as_str().unwrap_or_default());
    let page = scene.api.get(&path).await?;
    let own = json!({
        "key": "Integration.Clients.sample.Enabled", "value": "true", "set_by": "tenant", "overrides": [],
    });
    assert_eq!(page["policy"], json!([own]), "{page:#}");

    let order = scene
        .order("connect", json!({ "reason": "printer", "ticket": "INC7" }))
        .await?;
    let question = scene.answer("consent", "allow")?;
    assert!(
        question["title"]
            .as_str()
            .is_some_and(|title| title.contains("Ada Owner")),
        "{question:#}"
    );
    let joined = scene.until_order(&order, "joined").await?;
    assert_eq!(joined["link"], format!("deskhook-sample:{address}"));
    scene
        .api
        .until_device("they should be in session", |device| {
            device["state"] == "in-session"
        })
        .await?;

    let order = scene.order("disconnect", json!({})).await?;
    scene.until_order(&order, "disconnected").await?;
    let over = scene
        .agent
        .until_status("the session should be over", |status| {
            status["phase"] == "idle"
        })?;
    assert_eq!(over["last_outcome"], "disconnected");
    let past = scene.until_over(1).await?;
    assert_eq!(past[0]["outcome"], "disconnected", "{past:#?}");
    assert_eq!(past[0]["supporter"], "Ada Owner", "{past:#?}");
    assert_eq!(past[0]["reason"], "the printer", "{past:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supporter_whom_the_person_refuses_stays_out_and_reads_why() -> Result<()> {
    let scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    let order = scene.order("connect", json!({})).await?;
    scene.answer("consent", "deny")?;
    let refused = scene.until_order(&order, "refused").await?;
    assert!(refused["reasons"][0]["message"].is_string(), "{refused:#}");
    assert!(
        refused["link"].is_null(),
        "no link for who is refused: {refused:#}"
    );
    let status = scene
        .agent
        .until_status("the session should go on", |status| {
            status["phase"] == "waiting"
        })?;
    assert!(status["supporter"].is_null(), "{status:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_yes_lets_the_same_supporter_into_the_next_session_as_well() -> Result<()> {
    let policy = json!({ "Session.Consent.GrantMinutes": 30 });
    let scene = Scene::with_policy(over(sample(), &policy)).await?;
    for round in 1..=2 {
        scene.report()?;
        let wanted = json!({ "permissions": ["screen"] });
        let order = scene.order("connect", wanted).await?;
        if round == 1 {
            scene.answer("consent", "allow")?;
        }
        scene.until_order(&order, "joined").await?;
        let order = scene.order("disconnect", json!({})).await?;
        scene.until_order(&order, "disconnected").await?;
        scene.until_over(round).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_denied_check_keeps_the_client_closed_and_tells_every_reason() -> Result<()> {
    let scene = Scene::prepared(sample(), harness::TestAgent::new()?).await?;
    let deny = |code: &str, message: &str| {
        format!(
            "deskhook.on(\"session.request\", function(ctx) return deskhook.deny{{ code = \"{code}\", message = \"{message}\" }} end)"
        )
    };
    scene.agent.package_of(
        "quiet-hours",
        &["session.request"],
        &deny("quiet", "The desk is closed on Sundays."),
    )?;
    scene.agent.package_of(
        "backup-first",
        &["session.request"],
        &deny("backup", "Please run the backup first."),
    )?;
    let mut scene = scene;
    scene.agent.start()?;
    let said = scene.start(&[])?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    for reason in [
        "The desk is closed on Sundays.",
        "Please run the backup first.",
    ] {
        assert!(said.stderr.contains(reason), "{}", said.stderr);
    }
    let status = scene.agent.status()?;
    assert_eq!(
        (&status["phase"], &status["last_outcome"]),
        (&json!("idle"), &json!("denied"))
    );
    assert!(
        status["address"].is_null() && status["client"].is_null(),
        "{status:#}"
    );
    let past = scene.until_over(1).await?;
    assert_eq!(past[0]["outcome"], "denied", "{past:#?}");
    assert_eq!(
        past[0]["reasons"].as_array().map(Vec::len),
        Some(2),
        "{past:#?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shipped_package_asks_for_a_ticket_in_words_that_people_understand() -> Result<()> {
    let policy = json!({
        "TicketRequired": { "Pattern": "^INC%d+$" },
        "Extensions.Packages.ticket-required.Capabilities": ["policy:TicketRequired"],
    });
    let mut scene = Scene::prepared(over(sample(), &policy), harness::TestAgent::new()?).await?;
    scene.agent.package("scripts/packages/ticket-required")?;
    scene.agent.start()?;
    let without = scene.start(&[])?;
    assert_eq!(without.code, Some(1), "{}", without.stderr);
    assert!(
        without.stderr.contains("needs a ticket"),
        "{}",
        without.stderr
    );
    let with = scene.start(&["--ticket", "INC0012345"])?;
    assert_eq!(with.code, Some(0), "{}", with.stderr);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_breaks_while_the_agent_runs_changes_nothing_but_is_told() -> Result<()> {
    let scene = Scene::with_policy(sample()).await?;
    let before = scene.agent.status()?;
    scene
        .agent
        .policy_text("tenant.json", "{\"scope\": \"tenant\", \"settings\": {")?;
    let told = scene
        .agent
        .until_status("the problem should be told", |status| {
            status["policy_problems"]
                .as_array()
                .is_some_and(|problems| !problems.is_empty())
        })?;
    assert!(
        told["policy_problems"][0]
            .as_str()
            .is_some_and(|problem| problem.contains("tenant.json"))
    );
    assert_eq!(
        told["policy_version"], before["policy_version"],
        "the last good policy stays"
    );
    scene.report()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_changes_while_the_agent_runs_counts_at_once() -> Result<()> {
    let scene = Scene::with_policy(json!({})).await?;
    let nothing = scene.start(&[])?;
    assert_ne!(nothing.code, Some(0), "no client is enabled yet");
    let before = scene.agent.status()?["policy_version"].clone();
    scene.settings(sample())?;
    scene
        .agent
        .until_status("the new policy should count", |status| {
            status["policy_version"] != before
        })?;
    scene.report()?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_records_of_device_and_portal_hold_and_show_a_change() -> Result<()> {
    let mut scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    assert_eq!(scene.agent.deskhook(&["session", "stop"])?.code, Some(0));
    scene
        .agent
        .until_status("the session should be over", |status| {
            status["phase"] == "idle"
        })?;
    scene.agent.stop()?;
    let state = scene.agent.state();
    let record = std::fs::read_dir(&state)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|kind| kind == "jsonl"))
        .with_context(|| format!("no record in {}", state.display()))?;
    let verify = || {
        scene
            .agent
            .deskhook(&["audit", "verify", &record.display().to_string()])
    };
    let whole = verify()?;
    assert_eq!(whole.code, Some(0), "{}{}", whole.stdout, whole.stderr);
    let looked = || scene.agent.deskhook(&["doctor"]);
    let healthy = looked()?;
    assert!(healthy.stdout.contains("nothing changed"), "{healthy:?}");
    let text = std::fs::read_to_string(&record)?;
    std::fs::write(&record, text.replacen("session", "Session", 1))?;
    let changed = verify()?;
    assert_eq!(
        changed.code,
        Some(1),
        "{}{}",
        changed.stdout,
        changed.stderr
    );
    let ill = looked()?;
    assert!(ill.stdout.contains("problem record "), "{ill:?}");
    Ok(())
}
