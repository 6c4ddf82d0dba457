//! Questions as windows on a real desktop: what a person clicks, types, closes or leaves alone.

use anyhow::{Context as _, Result, ensure};
use harness::{Desktop, Home, need, run, until, until_some};
use serde_json::{Value, json};

use crate::scene::{Scene, over, sample};

/// A device with a desktop, whose person has asked for support.
struct Seat {
    desktop: Desktop,
    scene: Scene,
}

impl Seat {
    async fn taken(settings: &Value) -> Result<Self> {
        let mut home = Home::new()?;
        let desktop = Desktop::start(&mut home).await?;
        let scene = Scene::at_home(home, over(sample(), settings)).await?;
        Ok(Self { desktop, scene })
    }

    /// A supporter asks to connect; the order's number and the dialog's window.
    async fn asked(&self) -> Result<(String, String)> {
        let waits = |device: &Value| device["state"] == "waiting";
        self.scene
            .api
            .until_device("the person should wait", waits)
            .await?;
        let wish = json!({ "reason": "the printer", "ticket": "INC-7" });
        let order = self.scene.order("connect", wish).await?;
        let window = self.window("Ada Owner asks")?;
        Ok((order, window))
    }

    fn xdotool(&self, arguments: &[&str]) -> Result<String> {
        let done = run(self.scene.agent.home().command("xdotool").args(arguments))?;
        ensure!(
            done.code == Some(0),
            "xdotool {arguments:?}: {}",
            done.stderr
        );
        Ok(done.stdout)
    }

    /// Waits for a window whose title begins like that, and has the keyboard.
    fn window(&self, title: &str) -> Result<String> {
        let name = format!("^{title}");
        let window = until_some(title, || {
            let found = self
                .xdotool(&["search", "--onlyvisible", "--name", &name])
                .ok()?;
            found.lines().next().map(str::to_owned)
        })?;
        self.xdotool(&["windowactivate", "--sync", &window])?;
        Ok(window)
    }

    fn is_gone(&self, window: &str) -> Result<()> {
        until("the dialog should be gone", || {
            self.xdotool(&["getwindowname", window]).is_err()
        })
    }

    /// Clicks so many pixels from the window's lower right corner.
    fn click(&self, window: &str, (right, bottom): (i64, i64)) -> Result<()> {
        let told = self.xdotool(&["getwindowgeometry", "--shell", window])?;
        let number = |name: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|value| value.parse::<i64>().ok())
                .context(told.clone())
        };
        let (x, y) = (number("WIDTH=")? - right, number("HEIGHT=")? - bottom);
        self.xdotool(&[
            "mousemove",
            "--window",
            window,
            &x.to_string(),
            &y.to_string(),
        ])?;
        self.xdotool(&["click", "1"]).map(drop)
    }

    fn phase(&self, phase: &str) -> Result<Value> {
        self.scene
            .agent
            .until_status(phase, |status| status["phase"] == phase)
    }
}

/// The middle of the last button, Allow, from the lower right corner.
const LAST_BUTTON: (i64, i64) = (51, 26);

macro_rules! need_a_desktop {
    () => {
        need!(
            "Xvfb",
            "dbus",
            "openbox",
            "xfce4-panel",
            "zenity",
            "xdotool",
            "imagemagick",
            "fonts"
        )
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_allow_lets_the_supporter_in() -> Result<()> {
    need_a_desktop!();
    let seat = Seat::taken(&json!({})).await?;
    seat.scene.report()?;
    let (order, window) = seat.asked().await?;
    seat.desktop.shot("dialog-consent")?;
    seat.click(&window, LAST_BUTTON)?;
    seat.scene.until_order(&order, "joined").await?;
    seat.phase("connected")?;
    seat.is_gone(&window)?;
    let icon = seat.desktop.tray_icon().await?;
    let line = icon.entry("Ada Owner is connected since").await?;
    assert!(!line.enabled, "it only says something");
    seat.desktop.shot("tray-connected")?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_goes_on_typing_refuses() -> Result<()> {
    need_a_desktop!();
    let seat = Seat::taken(&json!({})).await?;
    seat.scene.report()?;
    for key in ["Return", "space", "Escape"] {
        let (order, _) = seat.asked().await?;
        seat.xdotool(&["key", key])?;
        let refused = seat
            .scene
            .until_order(&order, "refused")
            .await
            .context(key)?;
        assert_eq!(
            refused["reasons"][0]["code"], "consent-refused",
            "{key}: {refused:#}"
        );
        seat.phase("waiting")?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_window_that_another_program_destroys_is_no_consent() -> Result<()> {
    need_a_desktop!();
    let seat = Seat::taken(&json!({})).await?;
    seat.scene.report()?;
    for way in ["windowclose", "windowkill"] {
        let (order, window) = seat.asked().await?;
        seat.xdotool(&[way, &window])?;
        let refused = seat
            .scene
            .until_order(&order, "refused")
            .await
            .context(way)?;
        assert_eq!(
            refused["reasons"][0]["code"], "consent-refused",
            "{way}: {refused:#}"
        );
        seat.phase("waiting")?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn silence_is_a_refusal_and_takes_the_window_away() -> Result<()> {
    need_a_desktop!();
    let seat = Seat::taken(&json!({ "Session.Consent.TimeoutSeconds": 5 })).await?;
    seat.scene.report()?;
    let (order, window) = seat.asked().await?;
    let counts = |title: &str| title.contains("s left)");
    until("the title should count down", || {
        seat.xdotool(&["getwindowname", &window])
            .is_ok_and(|title| counts(&title))
    })?;
    let refused = seat.scene.until_order(&order, "refused").await?;
    assert_eq!(
        refused["reasons"][0]["code"], "consent-timeout",
        "{refused:#}"
    );
    seat.is_gone(&window)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_the_terminal_closes_the_window() -> Result<()> {
    need_a_desktop!();
    let seat = Seat::taken(&json!({})).await?;
    seat.scene.report()?;
    let (order, window) = seat.asked().await?;
    seat.scene.answer("consent", "allow")?;
    seat.scene.until_order(&order, "joined").await?;
    seat.is_gone(&window)?;
    seat.phase("connected").map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_reason_is_typed_into_a_form() -> Result<()> {
    need_a_desktop!();
    let seat = Seat::taken(&json!({ "Session.RequireReason": true })).await?;
    let icon = seat.desktop.tray_icon().await?;
    icon.click(&icon.entry("Start remote session").await?)
        .await?;
    let window = seat.window("Why do you need support")?;
    seat.desktop.shot("dialog-details")?;
    assert_eq!(icon.property("Status").await?, "NeedsAttention");
    seat.xdotool(&["type", "the printer | again"])?;
    seat.click(&window, LAST_BUTTON)?;
    seat.is_gone(&window)?;
    let reported = |status: &Value| status["reported"] == true;
    seat.scene
        .agent
        .until_status("the portal should have the address", reported)?;
    let order = seat.scene.order("disconnect", json!({})).await?;
    seat.scene.until_order(&order, "disconnected").await?;
    let past = seat.scene.api.get("sessions").await?;
    assert_eq!(past[0]["reason"], "the printer | again", "{past:#}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_notifications_a_refusal_opens_a_window_with_every_reason() -> Result<()> {
    need_a_desktop!();
    let seat = Seat::taken(&json!({})).await?;
    let package = |name: &str, message: &str| {
        let script = format!(
            "deskhook.on(\"session.request\", function() return deskhook.deny{{ code = \"no\", message = \"{message}\" }} end)"
        );
        seat.scene
            .agent
            .package_of(name, &["session.request"], &script)
    };
    package("closed", "The desk is closed. Call <0800>.")?;
    package("backup", "Please run the backup first.")?;
    // A new policy has the packages looked at again.
    seat.scene
        .settings(over(sample(), &json!({ "Session.MaxMinutes": 30 })))?;
    let two = |status: &Value| {
        status["extensions"]
            .as_array()
            .is_some_and(|all| all.len() >= 2)
    };
    seat.scene
        .agent
        .until_status("both packages should run", two)?;
    let icon = seat.desktop.tray_icon().await?;
    icon.click(&icon.entry("Start remote session").await?)
        .await?;
    let window = seat.window("The session did not start")?;
    seat.desktop.shot("dialog-refused")?;
    icon.entry("Not started: The desk is closed. Call <0800>.")
        .await?;
    icon.entry("Not started: Please run the backup first.")
        .await?;
    seat.xdotool(&["key", "Return"])?;
    seat.is_gone(&window)
}
