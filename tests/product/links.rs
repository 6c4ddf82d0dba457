//! Links that ask for support, clicked on a desktop: its own programs find who follows them.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use harness::{Display, Home, SessionBus, need, run, until};
use serde_json::{Value, json};

use crate::scene::{Scene, over, sample};

/// A device with a screen, whose agent runs.
struct Seat {
    scene: Scene,
    _display: Display,
    _bus: SessionBus,
}

impl Seat {
    async fn taken(settings: &Value, mut home: Home) -> Result<Self> {
        let display = Display::start()?;
        home.set("DISPLAY", display.name());
        let bus = SessionBus::start(&home)?;
        home.set("DBUS_SESSION_BUS_ADDRESS", bus.address());
        // A link that nobody follows is not for a browser of this machine.
        home.set("BROWSER", "false");
        Ok(Self {
            scene: Scene::at_home(home, over(sample(), settings)).await?,
            _display: display,
            _bus: bus,
        })
    }

    fn entry(&self) -> PathBuf {
        let home = self.scene.agent.home().path();
        home.join("data/applications/org.deskhook.links.desktop")
    }

    /// Waits until the desktop has been told who follows links of that scheme.
    fn until_known(&self, scheme: &str) -> Result<()> {
        let known = format!("x-scheme-handler/{scheme}=org.deskhook.links.desktop");
        let list = self.scene.agent.home().path().join("config/mimeapps.list");
        until(&known, || {
            std::fs::read_to_string(&list).is_ok_and(|list| list.lines().any(|line| line == known))
        })
    }

    /// Clicks on a link.
    fn open(&self, link: &str) -> Result<Option<i32>> {
        let opened = run(self.scene.agent.home().command("xdg-open").arg(link))?;
        Ok(opened.code)
    }

    /// A click on that link brings an address to the portal; then the session is stopped.
    fn starts_a_session(&self, link: &str) -> Result<()> {
        ensure!(self.open(link)? == Some(0), "{link} is not opened");
        let agent = &self.scene.agent;
        agent.until_status("the portal has the address", |now| now["reported"] == true)?;
        let stopped = agent.deskhook(&["session", "stop"])?;
        ensure!(stopped.code == Some(0), "{}", stopped.stderr);
        agent.until_status("the session is over", |now| now["phase"] == "idle")?;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_a_link_starts_a_session_and_policy_adds_a_scheme_at_run_time() -> Result<()> {
    need!("Xvfb", "dbus", "xdg-open", "desktop-file-utils");
    let seat = Seat::taken(&json!({}), Home::new()?).await?;
    seat.until_known("deskhook")?;
    let validate = &mut seat.scene.agent.home().command("desktop-file-validate");
    let valid = run(validate.arg(seat.entry()))?;
    assert_eq!((valid.code, valid.stdout.as_str()), (Some(0), ""));
    seat.starts_a_session("deskhook:remotesupport")?;
    assert_ne!(seat.open("acme:remotesupport")?, Some(0));

    let own = over(sample(), &json!({ "Links.Scheme": "acme" }));
    seat.scene.settings(own)?;
    seat.until_known("acme")?;
    seat.starts_a_session("acme:remotesupport:default")?;
    seat.starts_a_session("deskhook:remotesupport")?;

    seat.scene.settings(sample())?;
    until("the scheme should be given back", || {
        std::fs::read_to_string(seat.entry()).is_ok_and(|entry| !entry.contains("acme"))
    })?;
    let attempts = seat.scene.agent.status()?["attempts"].clone();
    assert_ne!(seat.open("acme:remotesupport")?, Some(0));
    assert_eq!(seat.scene.agent.status()?["attempts"], attempts);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_is_right_is_left_alone() -> Result<()> {
    need!("Xvfb", "dbus", "xdg-open", "desktop-file-utils");
    let mut seat = Seat::taken(&json!({}), Home::new()?).await?;
    seat.until_known("deskhook")?;
    let before = std::fs::metadata(seat.entry())?;
    seat.scene.agent.stop()?;
    seat.scene.agent.start()?;
    let own = over(sample(), &json!({ "Session.MaxMinutes": 30 }));
    seat.scene.settings(own)?;
    seat.scene.report()?;
    assert_eq!(
        std::fs::metadata(seat.entry())?.modified()?,
        before.modified()?
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_display_or_against_the_settings_no_link_is_registered() -> Result<()> {
    need!("Xvfb", "dbus");
    let mut home = Home::new()?;
    home.set("DESKHOOK_LINKS", "false");
    let seat = Seat::taken(&json!({ "Links.Scheme": "acme" }), home).await?;
    seat.scene.report()?;
    assert!(!seat.entry().exists());

    let scene = Scene::with_policy(sample()).await?;
    scene.report()?;
    let data = scene.agent.home().path().join("data");
    assert_eq!(std::fs::read_dir(data)?.count(), 0);
    Ok(())
}
