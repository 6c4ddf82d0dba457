//! A real VNC server over the person's own screen.

use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use harness::{Display, Home, handshake, need, vnc_password};
use serde_json::{Value, json};

use crate::scene::Scene;

async fn walk(name: &str) -> Result<()> {
    let mut home = Home::new()?;
    let display = Display::start()?;
    home.set("DISPLAY", display.name());
    let scene = Scene::at_home(home, json!({ "Integration.Vnc.Enabled": true })).await?;
    let said = scene.start(&["--client", name, "--json"])?;
    assert_eq!(
        said.code,
        Some(0),
        "{}\n{}",
        said.stderr,
        scene.agent.output()
    );
    let status: Value = serde_json::from_str(&said.stdout)?;
    let address = status["address"].as_str().context("an address")?;
    let address: SocketAddr = address.strip_prefix("vnc://").context("vnc://")?.parse()?;
    assert!(address.ip().is_loopback(), "{address}");

    let password = vnc_password(&scene.agent.state())?;
    assert!(
        password.len() == 8,
        "VNC's passwords have eight characters: {password:?}"
    );
    let greeting = handshake(address, &password)?;
    assert_eq!(greeting.size, (1280, 800), "it is the person's own screen");
    assert!(
        handshake(address, "password").is_err(),
        "a wrong password opens nothing"
    );

    assert_eq!(scene.agent.deskhook(&["session", "stop"])?.code, Some(0));
    harness::until("the server should be gone", || {
        handshake(address, &password).is_err()
    })?;
    harness::until("the password should go with its server", || {
        vnc_password(&scene.agent.state()).is_err()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn x11vnc_is_started_over_the_persons_screen_and_lets_in_who_has_the_password() -> Result<()>
{
    need!("Xvfb", "x11vnc");
    walk("vnc").await
}

#[tokio::test(flavor = "multi_thread")]
async fn tigervnc_is_started_over_the_persons_screen_and_lets_in_who_has_the_password() -> Result<()>
{
    need!("Xvfb", "x0vncserver");
    walk("vnc-tigervnc").await
}
