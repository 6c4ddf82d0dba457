//! Packages that ship, in a running agent: what they ask of the device and of servers is real here.

use anyhow::Result;
use harness::{Answer, FileServer, TestAgent};
use serde_json::json;

use crate::scene::{Scene, over, sample};

const TOKEN: &str = "t0ken-of-the-desk";

fn ticket(state: &str) -> Answer {
    let answer = json!({ "result": [{ "number": "INC1", "state": state }] });
    Answer::File(answer.to_string().into_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ticket_is_open_when_the_ticket_system_says_so_and_not_otherwise() -> Result<()> {
    let server = FileServer::start()?;
    let url = server.put("/tickets/INC1", ticket("In Progress"));
    let (base, _) = url.rsplit_once('/').unwrap_or_default();
    let host = base.trim_start_matches("http://").replace("/tickets", "");
    let settings = json!({
        "TicketRequired": {
            "Url": format!("{base}/{{ticket}}"),
            "Token": TOKEN,
            "StateField": "result[0].state",
            "OpenStates": ["in progress"],
        },
        "Extensions.Packages.ticket-required": {
            "Capabilities": ["policy:TicketRequired", format!("net:{host}")],
            "Budget": 12_000,
        },
    });
    let mut scene = Scene::prepared(over(sample(), &settings), TestAgent::new()?).await?;
    scene.agent.package("scripts/packages/ticket-required")?;
    scene.agent.start()?;
    for (state, reason) in [("resolved", "is closed"), ("nothing", "does not answer")] {
        match state {
            "nothing" => server.put("/tickets/INC1", Answer::Status(503)),
            state => server.put("/tickets/INC1", ticket(state)),
        };
        let said = scene.start(&["--ticket", "INC1"])?;
        assert_eq!(said.code, Some(1), "{}", said.stderr);
        assert!(said.stderr.contains(reason), "{}", said.stderr);
        assert!(!said.stderr.contains(TOKEN), "{}", said.stderr);
    }
    let unknown = scene.start(&["--ticket", "INC2"])?;
    assert!(
        unknown.stderr.contains("does not know INC2"),
        "{}",
        unknown.stderr
    );
    server.put("/tickets/INC1", ticket("In Progress"));
    let open = scene.start(&["--ticket", "INC1"])?;
    assert_eq!(open.code, Some(0), "{}", open.stderr);
    let logged = scene.agent.output();
    assert!(logged.contains("status 503"), "{logged}");
    assert!(!logged.contains(TOKEN), "{logged}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_not_in_order_says_all_of_it_at_once() -> Result<()> {
    let settings = json!({
        "DevicePosture": {
            "Checks": { "free-disk": "deny", "os_version": "warn", "updates": "off" },
            "MinFreeDiskMiB": 1_000_000_000_000_u64,
            "MinOsVersion": { "linux": "9999", "macos": "9999", "windows": "9999" },
            "Help": "Ask Ada.",
        },
        "Extensions.Packages.device-posture": {
            "Capabilities": ["policy:DevicePosture", "facts:*"],
            "Budget": 5000,
        },
    });
    let mut scene = Scene::prepared(over(sample(), &settings), TestAgent::new()?).await?;
    scene.agent.package("scripts/packages/device-posture")?;
    scene.agent.start()?;
    let said = scene.start(&[])?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    for part in [
        "does not meet",
        "disk space",
        "operating system",
        "Ask Ada.",
    ] {
        assert!(said.stderr.contains(part), "{part}: {}", said.stderr);
    }
    Ok(())
}
