//! What happened on a device, told to a server of the organisation's that fails first.

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use harness::{Posted, Receiver, TestAgent, eventually};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::scene::{Scene, over, sample};

const SECRET: &str = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn policy(server: &Receiver) -> Value {
    let address = server.address();
    let hook = json!({
        "EventsWebhook": {
            "Url": format!("http://{address}/deskhook"),
            "Secret": format!("whsec_{SECRET}"),
            "RetrySeconds": 1,
        },
        "Extensions.Packages.events-webhook": {
            "Capabilities": ["policy:EventsWebhook", format!("net:{address}")],
            "Budget": 10_000,
        },
    });
    over(sample(), &hook)
}

/// The event, once its signature is seen to be right: <https://www.standardwebhooks.com>.
fn verified(posted: &Posted) -> Result<Value> {
    let header = |name: &str| {
        let line = posted.headers.get(name);
        line.with_context(|| format!("no {name} in {posted:#?}"))
    };
    let signed = format!(
        "{}.{}.{}",
        header("webhook-id")?,
        header("webhook-timestamp")?,
        posted.body
    );
    let given = header("webhook-signature")?;
    let given = BASE64.decode(given.strip_prefix("v1,").context("version 1")?)?;
    let mac = Hmac::<Sha256>::new_from_slice(&BASE64.decode(SECRET)?)?;
    mac.chain_update(signed).verify_slice(&given)?;
    let event: Value = serde_json::from_str(&posted.body)?;
    assert_eq!(event["id"], header("webhook-id")?.as_str());
    Ok(event)
}

/// Waits until an event of that type was taken; everything that came, verified.
async fn until_taken(server: &Receiver, what: &str) -> Result<Vec<(u16, Value)>> {
    let seen = eventually(what, async || {
        let all: Result<Vec<_>> = server
            .posted()
            .iter()
            .map(|posted| Ok((posted.status, verified(posted)?)))
            .collect();
        let taken = |(status, event): &(u16, Value)| *status == 204 && event["type"] == what;
        match all {
            Ok(all) if !all.iter().any(taken) => None,
            other => Some(other),
        }
    });
    seen.await?
}

#[tokio::test(flavor = "multi_thread")]
async fn events_reach_a_server_that_fails_first_in_order_signed_and_without_names() -> Result<()> {
    let server = Receiver::answering(&[503])?;
    let mut scene = Scene::prepared(policy(&server), TestAgent::new()?).await?;
    scene.agent.package("scripts/packages/events-webhook")?;
    scene.agent.start()?;
    let address = scene.report()?["address"].clone();
    assert_eq!(scene.agent.deskhook(&["session", "stop"])?.code, Some(0));
    let all = until_taken(&server, "session.ended").await?;

    let (status, first) = &all[0];
    assert_eq!(*status, 503);
    assert_eq!(first["type"], "agent.started");
    assert_eq!(
        all[1],
        (204, first.clone()),
        "the same again, under the same id"
    );
    let taken: Vec<&Value> = all[1..].iter().map(|(_, event)| event).collect();
    let numbers = taken.iter().map(|event| event["sequence"].as_u64());
    assert!(numbers.eq((1..=taken.len() as u64).map(Some)), "{taken:#?}");
    let told = |name: &str| taken.iter().any(|event| event["type"] == name);
    assert!(told("address.reported"), "{taken:#?}");
    let ended = taken.iter().find(|event| event["type"] == "session.ended");
    let ended = ended.context("until_taken saw it")?;
    assert_eq!(ended["data"]["outcome"], "stopped");
    let whole = json!(taken).to_string();
    let address = address.as_str().context("an address")?;
    assert!(!whole.contains(address), "nobody switched it on: {whole}");
    assert!(taken.iter().all(|event| event["personal"] == json!({})));

    // What the agent could not send before it ended waits for the next one.
    scene.agent.stop()?;
    scene.agent.start()?;
    let all = until_taken(&server, "agent.stopping").await?;
    let stopping = all
        .iter()
        .find(|(_, event)| event["type"] == "agent.stopping");
    let (_, stopping) = stopping.context("until_taken saw it")?;
    assert_eq!(stopping["sequence"], taken.len() + 1);
    let path = format!("devices/{}", scene.device().await?);
    let shown = eventually("the device's page should tell", async || {
        let device = scene.api.get(&path).await.ok()?;
        (device["facts"]["webhook_dead"] == 0).then_some(device)
    });
    assert!(shown.await?["facts"]["webhook_waiting"].is_number());
    Ok(())
}
