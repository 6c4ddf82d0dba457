//! The way to the portal goes wrong: nothing is lost, and nothing is told twice.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use harness::Fault;

use crate::scene::{Scene, sample};

const OUTAGES: &[Fault] = &[
    Fault::Refuse,
    Fault::Swallow,
    Fault::Reset,
    Fault::HalfClose(20),
    Fault::Delay(Duration::from_millis(300)),
];

#[tokio::test(flavor = "multi_thread")]
async fn an_address_waits_for_the_portal_to_come_back_and_is_told_once() -> Result<()> {
    let (mut scene, link) = Scene::behind_a_link(sample()).await?;
    scene.agent.start()?;
    for (round, outage) in OUTAGES.iter().enumerate() {
        link.set(*outage);
        assert_eq!(scene.agent.deskhook(&["session", "start"])?.code, Some(0));
        let status = scene
            .agent
            .until_status("the client should run", |status| {
                status["address"].is_string()
            })?;
        if !matches!(outage, Fault::Delay(_)) {
            assert_eq!(
                status["reported"], false,
                "{outage:?}: only the portal's word counts"
            );
        }
        link.set(Fault::None);
        scene
            .agent
            .until_status("the portal should have it", |status| {
                status["reported"] == true
            })?;
        assert_eq!(scene.agent.deskhook(&["session", "stop"])?.code, Some(0));
        let past = scene.until_over(round + 1).await?;
        assert_eq!(past.len(), round + 1, "{outage:?}: {past:#?}");
        assert_eq!(past[0]["outcome"], "stopped", "{outage:?}: {past:#?}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_the_portal_was_down_is_told_when_it_is_back() -> Result<()> {
    let mut scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    scene.portal.kill()?;
    assert_eq!(scene.agent.deskhook(&["session", "stop"])?.code, Some(0));
    scene
        .agent
        .until_status("the end should wait for the portal", |status| {
            status["unacknowledged"] != 0
        })?;
    scene.portal.run().await?;
    let past = scene.until_over(1).await?;
    assert_eq!(past[0]["outcome"], "stopped", "{past:#?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_asked_to_end_tells_the_portal_first() -> Result<()> {
    let mut scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    scene.agent.stop()?;
    let past = scene.api.get("sessions").await?;
    assert_eq!(past[0]["outcome"], "agent-stopped", "{past:#}");
    Ok(())
}

/// 1,000 rounds under `tests/run --long`.
fn rounds() -> u32 {
    if std::env::var_os("DESKHOOK_LONG").is_some() {
        1000
    } else {
        30
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_killed_at_any_moment_loses_and_doubles_nothing() -> Result<()> {
    let mut scene = Scene::prepared(sample(), harness::TestAgent::new()?).await?;
    let mut reported = Vec::new();
    for round in 0..rounds() {
        // A device may begin 120 sessions at once, and all of them anew when the portal starts.
        if round % 100 == 99 {
            scene.portal.stop()?;
            scene.portal.run().await?;
        }
        scene.agent.start()?;
        scene
            .agent
            .deskhook(&["session", "start", "--reason", &format!("round {round}")])?;
        // Each round is killed at another state of its way.
        let way = |what: &str| match what {
            "client" | "address" => scene
                .agent
                .until_status(what, |status| status[what].is_string()),
            _ => scene
                .agent
                .until_status(what, |status| status["reported"] == true),
        };
        match round % 4 {
            0 => {}
            1 => drop(way("client")?),
            2 => drop(way("address")?),
            _ => reported.push((round, way("reported")?["address"].clone())),
        }
        scene.agent.kill()?;
    }
    scene.agent.start()?;
    scene.agent.until_status("all should be told", |status| {
        status["unacknowledged"] == 0 && status["online"] == true
    })?;
    let past = harness::eventually("sessions that died with their agent are over", async || {
        let past = scene.api.get("sessions").await.ok()?.as_array().cloned()?;
        past.iter()
            .all(|past| past["outcome"].is_string())
            .then_some(past)
    });
    let past = past.await?;
    let told: BTreeSet<_> = past.iter().map(|past| past["id"].to_string()).collect();
    assert_eq!(told.len(), past.len(), "a session is told once: {past:#?}");
    // The portal lists the newest hundred.
    for (round, address) in reported.iter().rev().take(20) {
        let reason = format!("round {round}");
        let of_round = past.iter().filter(|past| past["reason"] == reason);
        let kept: Vec<_> = of_round.map(|past| &past["address"]).collect();
        assert_eq!(
            kept,
            [address],
            "what the portal acknowledged it kept: {past:#?}"
        );
    }
    Ok(())
}
