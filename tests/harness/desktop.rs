use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use futures_util::StreamExt as _;
use zbus::proxy::SignalStream;
use zbus::zvariant::{OwnedValue, Value};
use zbus::{Connection, Proxy};

use crate::bus::SessionBus;
use crate::display::Display;
use crate::home::Home;
use crate::patience::{PATIENCE, eventually};
use crate::process::{Process, run};

/// A person's desktop: a screen, a session bus, a window manager, and a panel that shows tray
/// icons (a StatusNotifierHost).
pub struct Desktop {
    _panel: Process,
    _windows: Process,
    bus: SessionBus,
    display: Display,
}

/// One entry of a tray menu, as the session bus tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MenuEntry {
    /// Its number, for a click.
    pub id: i32,
    /// Its text; empty for a separator.
    pub label: String,
    /// Whether it can be picked.
    pub enabled: bool,
    /// The entries of its submenu.
    pub entries: Vec<MenuEntry>,
}

/// One bar at the bottom with nothing but the tray in it, so that no question is asked at the
/// panel's first start.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=8;x=640;y=784"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"#;

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCH: Place = ("/StatusNotifierWatcher", WATCHER);
const ITEM: Place = ("/StatusNotifierItem", "org.kde.StatusNotifierItem");
const MENU: Place = ("/MenuBar", "com.canonical.dbusmenu");

/// An object's path, and one of its interfaces.
type Place = (&'static str, &'static str);

/// Somebody on the bus, whose properties are what they are now.
async fn uncached(
    connection: &Connection,
    service: String,
    (path, interface): Place,
) -> Result<Proxy<'static>> {
    let proxy = zbus::proxy::Builder::<Proxy<'static>>::new(connection)
        .destination(service)?
        .path(path)?
        .interface(interface)?
        .cache_properties(zbus::proxy::CacheProperties::No);
    Ok(proxy.build().await?)
}

impl Desktop {
    /// The parts of `tests/parts.txt` that it is made of.
    pub const PARTS: [&'static str; 4] = ["Xvfb", "dbus", "openbox", "xfce4-panel"];

    /// Starts everything, and tells `home` where its screen and its bus are.
    ///
    /// # Errors
    /// When a part does not come up, or the panel never watches for tray icons.
    pub async fn start(home: &mut Home) -> Result<Self> {
        let display = Display::start()?;
        home.set("DISPLAY", display.name());
        let bus = SessionBus::start(home)?;
        home.set("DBUS_SESSION_BUS_ADDRESS", bus.address());
        home.write(
            "config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml",
            PANEL,
        )?;
        let windows = Process::start(&mut home.command("openbox"))?;
        let panel = Process::start(home.command("xfce4-panel").arg("--disable-wm-check"))?;
        let desktop = Self {
            _panel: panel,
            _windows: windows,
            bus,
            display,
        };
        let connection = desktop.bus.connect().await?;
        let names = zbus::fdo::DBusProxy::new(&connection).await?;
        eventually("a watcher for tray icons", async || {
            names
                .name_has_owner(WATCHER.try_into().ok()?)
                .await
                .ok()?
                .then_some(())
        })
        .await?;
        Ok(desktop)
    }

    /// Its screen.
    pub fn display(&self) -> &Display {
        &self.display
    }

    /// A picture of the screen; see [`Display::shot`].
    ///
    /// # Errors
    /// When it cannot be taken.
    pub fn shot(&self, name: &str) -> Result<PathBuf> {
        self.display.shot(name)
    }

    /// Clicks somewhere on the screen, as a hand on the mouse does. Button 1 is the left one.
    ///
    /// # Errors
    /// When xdotool cannot.
    pub fn click(&self, (x, y): (u16, u16), button: u8) -> Result<()> {
        let (x, y, button) = (x.to_string(), y.to_string(), button.to_string());
        self.hand(&["mousemove", &x, &y, "click", &button])
            .map(drop)
    }

    /// Presses keys one after the other, by their X names: `Tab`, `Return`, `Escape`.
    ///
    /// # Errors
    /// When xdotool cannot.
    pub fn press(&self, keys: &[&str]) -> Result<()> {
        self.hand(&[&["key", "--delay", "50"], keys].concat())
            .map(drop)
    }

    fn hand(&self, arguments: &[&str]) -> Result<String> {
        let mut command = Command::new("xdotool");
        let said = run(command.env("DISPLAY", self.display.name()).args(arguments))?;
        ensure!(
            said.code == Some(0),
            "xdotool {arguments:?}: {}",
            said.stderr
        );
        Ok(said.stdout)
    }

    /// Waits for the first tray icon.
    ///
    /// # Errors
    /// When none shows up.
    pub async fn tray_icon(&self) -> Result<TrayIcon> {
        self.tray().await?.icon().await
    }

    /// The part of the panel where tray icons are.
    ///
    /// # Errors
    /// When the panel is gone.
    pub async fn tray(&self) -> Result<Tray> {
        let connection = self.bus.connect().await?;
        let watcher = uncached(&connection, WATCHER.to_owned(), WATCH).await?;
        let news = watcher
            .receive_signal("StatusNotifierItemRegistered")
            .await?;
        Ok(Tray {
            connection,
            watcher,
            news,
        })
    }
}

/// Where tray icons are: icons that come are noticed from the moment that this is made.
pub struct Tray {
    connection: Connection,
    watcher: Proxy<'static>,
    news: SignalStream<'static>,
}

impl Tray {
    /// The first icon, as soon as there is one.
    ///
    /// # Errors
    /// When none shows up.
    pub async fn icon(&mut self) -> Result<TrayIcon> {
        let name = loop {
            if let Some(name) = self.names().await?.into_iter().next() {
                break name;
            }
            // News may be old: of an icon that is gone again.
            let news = tokio::time::timeout(PATIENCE, self.news.next()).await;
            news.context("waited in vain for a tray icon")?
                .context("the panel is gone")?;
        };
        // "org.kde.StatusNotifierItem-7-1", or a bus name with an object path behind it.
        let service = name.split('/').next().unwrap_or_default().to_owned();
        Ok(TrayIcon {
            connection: self.connection.clone(),
            service,
        })
    }

    /// Waits until there is no icon.
    ///
    /// # Errors
    /// When one stays.
    pub async fn emptied(&self) -> Result<()> {
        eventually("the icon should go", async || {
            self.names().await.ok()?.is_empty().then_some(())
        })
        .await
    }

    async fn names(&self) -> Result<Vec<String>> {
        let names = self.watcher.get_property("RegisteredStatusNotifierItems");
        Ok(names.await?)
    }
}

/// A tray icon on the session bus.
pub struct TrayIcon {
    connection: Connection,
    service: String,
}

type Layout = (i32, HashMap<String, OwnedValue>, Vec<OwnedValue>);

impl TrayIcon {
    /// A property of the icon, such as `Title` or `Status`.
    ///
    /// # Errors
    /// When the icon is gone or has no such text.
    pub async fn property(&self, name: &str) -> Result<String> {
        let item = self.proxy(ITEM).await?;
        Ok(item.get_property(name).await?)
    }

    /// Its menu as it is now.
    ///
    /// # Errors
    /// When the icon is gone or has none.
    pub async fn menu(&self) -> Result<Vec<MenuEntry>> {
        let menu = self.proxy(MENU).await?;
        let no_names: Vec<String> = Vec::new();
        let (_, root): (u32, Layout) = menu.call("GetLayout", &(0, -1, no_names)).await?;
        root.2.into_iter().map(entry).collect()
    }

    /// Waits until the menu has an entry whose text contains `text`, and returns it.
    ///
    /// # Errors
    /// With the menu as it is, when there is none within [`PATIENCE`].
    pub async fn entry(&self, text: &str) -> Result<MenuEntry> {
        let found = eventually(text, async || {
            let menu = self.menu().await.ok()?;
            find(&menu, text).cloned()
        });
        match found.await {
            Ok(entry) => Ok(entry),
            Err(_) => anyhow::bail!(
                "no entry {text:?} after {PATIENCE:?} in {:#?}",
                self.menu().await?
            ),
        }
    }

    /// Picks an entry, as the panel does when a person clicks it.
    ///
    /// # Errors
    /// When the icon is gone.
    pub async fn click(&self, entry: &MenuEntry) -> Result<()> {
        let menu = self.proxy(MENU).await?;
        let () = menu
            .call("Event", &(entry.id, "clicked", Value::from(0), 0_u32))
            .await?;
        Ok(())
    }

    async fn proxy(&self, place: Place) -> Result<Proxy<'static>> {
        uncached(&self.connection, self.service.clone(), place).await
    }
}

fn entry(value: OwnedValue) -> Result<MenuEntry> {
    let (id, properties, entries): Layout =
        value.try_into().context("a menu entry has three parts")?;
    let text = |name: &str| {
        properties
            .get(name)
            .and_then(|value| value.downcast_ref::<String>().ok())
    };
    let enabled = properties
        .get("enabled")
        .and_then(|value| value.downcast_ref::<bool>().ok());
    Ok(MenuEntry {
        id,
        label: text("label").unwrap_or_default(),
        enabled: enabled.unwrap_or(true),
        entries: entries.into_iter().map(entry).collect::<Result<_>>()?,
    })
}

fn find<'a>(entries: &'a [MenuEntry], text: &str) -> Option<&'a MenuEntry> {
    entries.iter().find_map(|entry| {
        if entry.label.contains(text) {
            Some(entry)
        } else {
            find(&entry.entries, text)
        }
    })
}
