//! What the desktop is told in passing, and what only a desktop can do: notifications, the
//! clipboard, a click on the icon itself, a panel that comes back.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use anyhow::{Context as _, Result};
use futures_util::StreamExt as _;
use harness::{Desktop, Home, Process, TestAgent, eventually, need, run, until_some};
use serde_json::{Value, json};
use zbus::zvariant::OwnedValue;

use crate::scene::{over, sample};

type Seen = Arc<Mutex<Vec<(String, String)>>>;

const NOTIFICATIONS: &str = "org.freedesktop.Notifications";
const PANEL: &str = "org.xfce.Panel";
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// What `Notify` takes (Desktop Notifications Specification 1.3): the title and the text are the
/// fourth and the fifth.
type Notification = (
    String,
    u32,
    String,
    String,
    String,
    Vec<String>,
    HashMap<String, OwnedValue>,
    i32,
);

/// A desktop's notification server, which reads markup; it writes down what it should show.
async fn serve(bus: zbus::Connection, seen: Seen) -> Result<()> {
    let mut messages = zbus::MessageStream::from(&bus);
    // By hand: a name that zbus asks for is answered by its own objects, and there are none.
    let names = zbus::fdo::DBusProxy::new(&bus).await?;
    let flags = zbus::fdo::RequestNameFlags::DoNotQueue.into();
    names.request_name(NOTIFICATIONS.try_into()?, flags).await?;
    while let Some(message) = messages.next().await {
        let message = message?;
        let header = message.header();
        let member = header.member().map(ToString::to_string);
        match member.as_deref() {
            Some("GetCapabilities") => bus.reply(&header, &vec!["body", "body-markup"]).await?,
            Some("Notify") => {
                let told: Notification = message.body().deserialize()?;
                seen.lock()
                    .expect("nobody panics with it")
                    .push((told.3, told.4));
                bus.reply(&header, &1_u32).await?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// An agent on a desktop, without a portal.
struct Seat {
    agent: TestAgent,
    desktop: Desktop,
    seen: Seen,
    bus: zbus::Connection,
}

impl Seat {
    async fn taken(settings: &Value, language: &str) -> Result<Self> {
        let mut home = Home::new()?;
        let desktop = Desktop::start(&mut home).await?;
        home.set("LANG", language);
        let address = home.path().join("bus").display().to_string();
        let seen = Seen::default();
        let address = format!("unix:path={address}");
        let bus = zbus::connection::Builder::address(address.as_str())?
            .build()
            .await?;
        tokio::spawn(serve(bus.clone(), Arc::clone(&seen)));
        let mut agent = TestAgent::living_in(home)?;
        let layer = json!({ "scope": "tenant", "settings": over(sample(), settings) });
        agent.policy("tenant.json", &layer)?;
        speak(&agent)?;
        agent.start()?;
        Ok(Self {
            agent,
            desktop,
            seen,
            bus,
        })
    }

    /// Who has a name on the bus at the moment.
    async fn owner(&self, name: &'static str) -> Result<String> {
        let names = zbus::fdo::DBusProxy::new(&self.bus).await?;
        Ok(names.get_name_owner(name.try_into()?).await?.to_string())
    }

    /// The icons that they show, asked anew each time.
    async fn watched(&self) -> Result<Vec<String>> {
        let (kind, get) = (Some("org.freedesktop.DBus.Properties"), "Get");
        let which = (WATCHER, "RegisteredStatusNotifierItems");
        let path = "/StatusNotifierWatcher";
        let answer = self
            .bus
            .call_method(Some(WATCHER), path, kind, get, &which)
            .await?;
        let items: OwnedValue = answer.body().deserialize()?;
        Ok(items.try_into()?)
    }

    fn told(&self, title: &str) -> Result<String> {
        until_some(title, || {
            let seen = self.seen.lock().ok()?;
            seen.iter()
                .find(|(told, _)| told == title)
                .map(|(_, body)| body.clone())
        })
        .with_context(|| format!("{:#?}", self.seen))
    }
}

/// The language of the environment, not that of the settings.
fn speak(agent: &TestAgent) -> Result<()> {
    let path = agent.home().path().join("config/deskhook/agent.toml");
    let settings = std::fs::read_to_string(&path)?;
    let kept: Vec<&str> = settings
        .lines()
        .filter(|line| !line.starts_with("language"))
        .collect();
    Ok(std::fs::write(path, kept.join("\n"))?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_notified_in_the_persons_language_and_is_no_markup() -> Result<()> {
    need!("Xvfb", "dbus", "openbox", "xfce4-panel");
    let seat = Seat::taken(&json!({}), "de_AT.UTF-8").await?;
    let script = "deskhook.on(\"session.request\", function() return deskhook.deny{ code = \"closed\", message = \"Zu. <b>0800</b> & mehr\" } end)";
    seat.agent
        .package_of("closed", &["session.request"], script)?;
    let layer = json!({ "scope": "tenant", "settings": over(sample(), &json!({ "Session.MaxMinutes": 30 })) });
    seat.agent.policy("tenant.json", &layer)?;
    let runs = |status: &Value| {
        status["extensions"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    };
    seat.agent.until_status("the package should run", runs)?;
    let icon = seat.desktop.tray_icon().await?;
    icon.click(&icon.entry("Fernwartung starten").await?)
        .await?;
    let body = seat.told("Die Sitzung wurde nicht gestartet")?;
    assert_eq!(body, "Zu. &lt;b&gt;0800&lt;/b&gt; &amp; mehr");
    icon.entry("Nicht gestartet: Zu. <b>0800</b> & mehr")
        .await?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_click_on_the_address_puts_it_on_the_clipboard_and_says_so() -> Result<()> {
    need!("Xvfb", "dbus", "openbox", "xfce4-panel", "xclip");
    let seat = Seat::taken(&json!({}), "C.UTF-8").await?;
    let icon = seat.desktop.tray_icon().await?;
    icon.click(&icon.entry("Start remote session").await?)
        .await?;
    let has = |status: &Value| status["address"].is_string();
    let status = seat.agent.until_status("an address", has)?;
    icon.click(&icon.entry("Address: ").await?).await?;
    seat.told("Address copied")?;
    let mut xclip = seat.agent.home().command("xclip");
    let pasted = run(xclip.args(["-out", "-selection", "clipboard"]))?;
    assert_eq!(
        Some(pasted.stdout.trim_end()),
        status["address"].as_str(),
        "{}",
        pasted.stderr
    );
    icon.click(&icon.entry("Stop the session").await?).await?;
    assert_eq!(seat.told("The session has ended")?, "It was stopped.");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_comes_back_with_the_panel_and_a_left_click_starts() -> Result<()> {
    need!("Xvfb", "dbus", "openbox", "xfce4-panel");
    let seat = Seat::taken(&json!({}), "C.UTF-8").await?;
    seat.desktop.tray_icon().await?;
    let before = seat.owner(WATCHER).await?;
    run(seat.agent.home().command("xfce4-panel").arg("--quit"))?;
    eventually("the panel should go", async || {
        seat.owner(PANEL).await.err()
    })
    .await?;
    let mut panel = seat.agent.home().command("xfce4-panel");
    let _panel = Process::start(panel.arg("--disable-wm-check"))?;
    let shown = eventually("the icon in the new panel", async || {
        let after = seat.owner(WATCHER).await.ok()?;
        let items = seat.watched().await.ok()?;
        items.into_iter().next().filter(|_| after != before)
    });
    let shown = shown.await?;
    let item = shown.split('/').next().unwrap_or_default();
    let kind = "org.kde.StatusNotifierItem";
    seat.bus
        .call_method(
            Some(item),
            "/StatusNotifierItem",
            Some(kind),
            "Activate",
            &(0, 0),
        )
        .await?;
    let started = |status: &Value| status["session"].is_string();
    seat.agent
        .until_status("a left click should start a session", started)
        .map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_icon_that_the_organisation_hides_comes_up_with_a_session() -> Result<()> {
    need!("Xvfb", "dbus", "openbox", "xfce4-panel");
    let seat = Seat::taken(&json!({ "Tray.HideWhen": ["idle"] }), "C.UTF-8").await?;
    let started = seat.agent.deskhook(&["session", "start", "--json"])?;
    assert_eq!(started.code, Some(0), "{}", started.stderr);
    let icon = seat.desktop.tray_icon().await?;
    icon.entry("Stop the session").await?;
    let stopped = seat.agent.deskhook(&["session", "stop"])?;
    assert_eq!(stopped.code, Some(0), "{}", stopped.stderr);
    eventually("the icon should go", async || {
        icon.property("Id").await.err()
    })
    .await?;
    Ok(())
}
