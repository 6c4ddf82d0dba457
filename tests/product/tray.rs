//! The tray icon on a real session bus, with a panel that shows it.

use anyhow::Result;
use harness::{Desktop, Home, need};
use serde_json::json;

use crate::scene::{Scene, over, sample};

#[tokio::test(flavor = "multi_thread")]
async fn a_person_starts_and_stops_a_session_from_the_tray() -> Result<()> {
    need!(
        "Xvfb",
        "dbus",
        "openbox",
        "xfce4-panel",
        "xdotool",
        "imagemagick"
    );
    let mut home = Home::new()?;
    let desktop = Desktop::start(&mut home).await?;
    let texts = json!({
        "Integration.Clients.sample.Ui.TrayMenuTextEnglish": "Get help from Example",
        "Tray.Tooltip": "Example support",
    });
    let scene = Scene::at_home(home, over(sample(), &texts)).await?;
    let icon = desktop.tray_icon().await?;
    let start = icon.entry("Get help from Example").await?;
    assert!(start.enabled);
    harness::until("the icon should be drawn", || {
        desktop
            .display()
            .colours((0, 770, 32, 28))
            .is_ok_and(|colours| colours > 2)
    })?;
    // As a hand does it: the menu opens by the right button, and keys pick the first entry.
    desktop.click((16, 784), 3)?;
    harness::until("the menu should be open", || {
        desktop
            .display()
            .colours((20, 700, 100, 60))
            .is_ok_and(|colours| colours > 2)
    })?;
    desktop.shot("tray-idle")?;
    desktop.press(&["Down", "Return"])?;
    let status = scene
        .agent
        .until_status("the portal should have the address", |status| {
            status["reported"] == true
        })?;
    let address = status["address"].as_str().unwrap_or_default();
    let grouped = format!("{} {} {}", &address[..3], &address[3..6], &address[6..]);
    icon.entry(&grouped).await?;
    desktop.shot("tray-waiting")?;

    let stop = icon.entry("Stop").await?;
    icon.click(&stop).await?;
    scene
        .agent
        .until_status("the session should be over", |status| {
            status["phase"] == "idle"
        })?;
    icon.entry("Get help from Example").await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_menu_is_the_same_in_a_terminal_without_a_display() -> Result<()> {
    let scene = Scene::with_policy(sample()).await?;
    let shown = scene.agent.deskhook(&["tray", "show"])?;
    assert_eq!(shown.code, Some(0), "{}", shown.stderr);
    let line = shown
        .stdout
        .lines()
        .find(|line| line.contains("Start remote session"));
    let id = line
        .and_then(|line| line.rsplit_once('['))
        .map(|(_, id)| id.trim_end_matches(']'));
    let id = id.unwrap_or_else(|| panic!("no entry that starts a session in\n{}", shown.stdout));
    let clicked = scene.agent.deskhook(&["tray", "click", id])?;
    assert_eq!(clicked.code, Some(0), "{}", clicked.stderr);
    scene
        .agent
        .until_status("the portal should have the address", |status| {
            status["reported"] == true
        })?;
    Ok(())
}
