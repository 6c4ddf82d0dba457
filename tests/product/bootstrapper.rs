//! The organisation's own client, fetched, verified and started: AnyDesk by its stand-in.

use std::time::Duration;

use anyhow::Result;
use harness::{Answer, AnyDesk, FileServer};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::scene::{Scene, over};

fn program() -> Result<Vec<u8>> {
    Ok(std::fs::read(AnyDesk::program())?)
}

fn sum(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

fn anydesk(url: &str, more: &Value) -> Value {
    let base =
        json!({ "Integration.AnyDesk.Enabled": true, "Integration.AnyDesk.BootstrapperUrl": url });
    over(base, more)
}

fn pinned(url: &str, sha256: &str) -> Value {
    anydesk(
        url,
        &json!({ "Integration.AnyDesk.BootstrapperSha256": sha256 }),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pinned_client_is_fetched_started_and_its_number_reported() -> Result<()> {
    let server = FileServer::start()?;
    let bytes = program()?;
    let there = server.put("/files/AnyDesk.exe", Answer::File(bytes.clone()));
    let moved = server.put("/AnyDesk.exe", Answer::Redirect(there));
    let suffix = json!({
        "Integration.AnyDesk.BootstrapperSha256": [sum(&bytes)],
        "Integration.AnyDesk.CustomClientSuffix": "acme",
    });
    let scene = Scene::with_policy(anydesk(&moved, &suffix)).await?;
    let client = AnyDesk {
        id: "1234567890".to_owned(),
        alias: Some("desk@acme".to_owned()),
        ready_after: Duration::from_millis(700),
        fault: None,
    };
    client.settle(scene.agent.home())?;
    let status = scene.report()?;
    assert_eq!(status["address"], "1234567890", "{status:#}");
    let device = scene.api.until_device("somebody should wait", |device| {
        device["state"] == "waiting"
    });
    assert_eq!(device.await?["link"], "anydesk:AnyDesk-ad_acme:1234567890");

    assert_eq!(scene.agent.deskhook(&["session", "stop"])?.code, Some(0));
    scene
        .agent
        .until_status("the session should be over", |status| {
            status["phase"] == "idle"
        })?;
    let gone = harness::run(
        scene
            .agent
            .home()
            .command(AnyDesk::program())
            .arg("--get-id"),
    )?;
    assert_eq!(
        gone.stdout, "SERVICE_NOT_RUNNING\n",
        "a stopped session leaves no client behind"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_nothing_pins_is_never_run_and_the_line_to_paste_is_told() -> Result<()> {
    let server = FileServer::start()?;
    let bytes = program()?;
    let url = server.put("/AnyDesk.exe", Answer::File(bytes.clone()));
    let scene = Scene::with_policy(anydesk(&url, &json!({}))).await?;
    let said = scene.start(&[])?;
    assert_eq!(said.code, Some(3), "{}", said.stderr);
    assert!(
        said.stderr.contains("bootstrapper-not-pinned"),
        "{}",
        said.stderr
    );
    assert!(
        said.stderr.contains(&sum(&bytes)),
        "the computed sum:\n{}",
        said.stderr
    );
    let line = said
        .stderr
        .lines()
        .find(|line| line.contains("BootstrapperSha256"));
    assert!(line.is_some(), "the line to paste:\n{}", said.stderr);
    assert!(
        !scene.agent.home().path().join("home/.anydesk").exists(),
        "it was run"
    );

    let pin = scene.agent.deskhook(&["policy", "pin", &url])?;
    assert_eq!(pin.code, Some(0), "{}", pin.stderr);
    assert!(pin.stdout.contains(&sum(&bytes)), "{}", pin.stdout);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_download_that_is_not_the_pinned_one_is_never_run() -> Result<()> {
    let server = FileServer::start()?;
    let bytes = program()?;
    let right = sum(&bytes);
    let other = [bytes.as_slice(), b"more"].concat();
    let cap = json!({ "Integration.AnyDesk.BootstrapperMaxBytes": 1_000_000 });
    let answers = [
        ("wrong", Answer::File(other), json!({})),
        ("cut", Answer::Truncated(bytes), json!({})),
        ("gone", Answer::Status(404), json!({})),
        ("endless", Answer::Endless, cap),
        (
            "astray",
            Answer::Redirect("ftp://127.0.0.1/AnyDesk.exe".to_owned()),
            json!({}),
        ),
    ];
    let scene = Scene::with_policy(json!({})).await?;
    for (name, answer, more) in answers {
        let url = server.put(&format!("/{name}"), answer);
        let before = scene.agent.status()?["policy_version"].clone();
        scene.settings(over(pinned(&url, &right), &more))?;
        scene
            .agent
            .until_status("the policy should count", |status| {
                status["policy_version"] != before
            })?;
        let said = scene.start(&[])?;
        assert_eq!(said.code, Some(3), "{name}: {}", said.stderr);
        assert!(
            !scene.agent.home().path().join("home/.anydesk").exists(),
            "{name} was run"
        );
    }
    Ok(())
}

/// The organisation's own description of the client, with little patience.
fn impatient() -> Value {
    let query = json!({ "Query": {
        "Arguments": ["--get-id"], "NotReady": ["SERVICE_NOT_RUNNING", "0"], "PatienceSeconds": 2,
    }});
    json!({ "Integration.Clients.desk": {
        "DisplayName": "Desk",
        "Executables": [{ "Platform": "linux", "Path": AnyDesk::program() }],
        "Address": [query],
        "Link": { "Template": "anydesk:{address}" },
    }})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_fails_is_told_and_never_reported() -> Result<()> {
    let scene = Scene::with_policy(impatient()).await?;
    for fault in [
        "never-ready",
        "exits-at-once",
        "crashes-after-start",
        "prints-garbage",
        "hangs",
    ] {
        AnyDesk {
            fault: Some(fault),
            ready_after: Duration::from_millis(300),
            ..AnyDesk::default()
        }
        .settle(scene.agent.home())?;
        let said = scene.start(&[])?;
        if fault == "crashes-after-start" && said.code == Some(0) {
            // It had its number for a moment; then the session ends with its client.
            scene
                .agent
                .until_status("the crash should be seen", |status| {
                    status["last_outcome"] == "client-exited"
                })?;
            continue;
        }
        assert_eq!(said.code, Some(3), "{fault}: {}", said.stderr);
        let status = scene
            .agent
            .until_status("it should be over", |status| status["phase"] == "idle")?;
        assert_eq!(status["last_outcome"], "failed", "{fault}: {status:#}");
        assert_eq!(status["reported"], false, "{fault}");
    }
    AnyDesk {
        fault: Some("zero-until-ready"),
        ready_after: Duration::from_millis(300),
        ..AnyDesk::default()
    }
    .settle(scene.agent.home())?;
    assert_eq!(scene.report()?["address"], "123456789");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_ends_by_itself_ends_the_session() -> Result<()> {
    let scene = Scene::with_policy(impatient()).await?;
    AnyDesk::default().settle(scene.agent.home())?;
    scene.report()?;
    let stop = harness::run(
        scene
            .agent
            .home()
            .command(AnyDesk::program())
            .arg("--stop-service"),
    )?;
    assert_eq!(stop.code, Some(0), "{}", stop.stdout);
    let status = scene
        .agent
        .until_status("the session should be over", |status| {
            status["phase"] == "idle"
        })?;
    assert_eq!(status["last_outcome"], "client-exited", "{status:#}");
    scene
        .api
        .until_device("nobody should wait any more", |device| {
            device["state"] == "online"
        })
        .await?;
    Ok(())
}
