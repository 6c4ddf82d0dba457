//! The tray and its dialogs on this desktop, with a pretended client and no portal: for people
//! who translate texts or look at windows.
//!
//! `cargo run -p deskhook-tray --example desktop -- German`, then one word a line on standard
//! input: `start`, `stop`, `join` (a supporter asks), `unknown` (one whom nobody vouches for),
//! `elevate`, `click ID`, `quit`.

use std::io::BufRead as _;

use anyhow::{Context as _, Result};
use deskhook_agent::{Agent, AgentConfig, AgentHandle};
use deskhook_policy::{ElevationMethod, Language};
use deskhook_session::{AskId, ElevationAsk, JoinAsk, Origin, Request, Supporter};
use tokio::sync::mpsc;

const POLICY: &str = r#"{
  "scope": "tenant", "name": "Example GmbH", "settings": {
    "Integration.Clients.pretended": {
      "Enabled": true, "DisplayName": "Example Viewer",
      "Executables": [{"Path": "/bin/sh"}],
      "Launch": {"Arguments": ["-c", "echo ADDRESS=123456789; exec sleep 3600"]},
      "Address": [{"Output": {"Prefix": "ADDRESS=", "Template": "{value}"}}],
      "Link": {"Template": "example:{address}"}
    },
    "Session.Consent.TimeoutSeconds": 60,
    "Session.RequireReason": true,
    "Elevation.Enabled": true, "Elevation.Programs": ["/usr/bin/apt-get"],
    "WebLinks": [{"Name": {"en": "Help pages", "de": "Hilfeseiten"}, "Target": "https://help.example"}],
    "Tray.Quit": true,
    "Tray.Items": [{"Id": "more", "Kind": "submenu", "Text": "Tools", "Items": [{"Id": "vpn", "Text": "Reset_the VPN"}]}]
  }
}"#;

#[tokio::main]
async fn main() -> Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .init();
    let folder = tempfile::tempdir()?;
    let layer = folder.path().join("tenant.json");
    std::fs::write(&layer, POLICY)?;
    let mut config = AgentConfig::new(folder.path().join("state"), [layer]);
    config.menu = deskhook_tray::menu;
    if let Some(language) = std::env::args().nth(1) {
        config.person.language = Language::parse(&language);
    }
    let agent = Agent::start(config).await?;
    let handle = agent.handle();
    tokio::spawn(obey(handle.clone(), words()));
    tokio::spawn(deskhook_tray::run(handle));
    agent.ended().await;
    Ok(())
}

/// The lines of standard input.
fn words() -> mpsc::UnboundedReceiver<String> {
    let (sender, lines) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            // Nobody listens any more when the agent has stopped.
            let _ = sender.send(line);
        }
    });
    lines
}

async fn obey(handle: AgentHandle, mut lines: mpsc::UnboundedReceiver<String>) {
    while let Some(line) = lines.recv().await {
        if line == "quit" {
            return handle.stop().await;
        }
        match request(&line) {
            Ok((request, origin)) => handle.request(request, origin).await,
            Err(error) => tracing::warn!("{error:#}"),
        }
    }
}

fn request(line: &str) -> Result<(Request, Origin)> {
    Ok(match line {
        "start" => {
            let (reason, ticket, client) = (None, None, None);
            (
                Request::Start {
                    reason,
                    ticket,
                    client,
                },
                Origin::Person,
            )
        }
        "stop" => (Request::Stop, Origin::Person),
        "join" => (
            Request::Join(join(supporter("Ada Lovelace"))),
            Origin::Portal,
        ),
        "unknown" => {
            let unknown = Supporter {
                verified: false,
                ..supporter("<b>M</b> \\n _Nobody_")
            };
            (Request::Join(join(unknown)), Origin::Portal)
        }
        "elevate" => (Request::Elevate(elevation()), Origin::Portal),
        other => {
            let item = other
                .strip_prefix("click ")
                .context("no such word")?
                .to_owned();
            (Request::Click { item }, Origin::Person)
        }
    })
}

fn supporter(name: &str) -> Supporter {
    Supporter {
        name: name.to_owned(),
        organisation: "Example IT".to_owned(),
        verified: true,
        ..Supporter::default()
    }
}

fn join(supporter: Supporter) -> JoinAsk {
    JoinAsk {
        ask: AskId("1".to_owned()),
        supporter,
        reason: Some("The printer on floor 3 prints <i>nothing</i> & blinks".to_owned()),
        ticket: Some("INC-4711".to_owned()),
        permissions: ["screen", "input", "clipboard"].map(str::to_owned).into(),
        until: None,
    }
}

fn elevation() -> ElevationAsk {
    ElevationAsk {
        ask: AskId("2".to_owned()),
        supporter: supporter("Ada Lovelace"),
        program: "/usr/bin/apt-get".to_owned(),
        arguments: ["install", "printer driver\\n--force"]
            .map(str::to_owned)
            .into(),
        method: ElevationMethod::LocalApproval,
        reason: Some("The driver is missing".to_owned()),
        minutes: 10,
        order: String::new(),
        until: None,
    }
}
