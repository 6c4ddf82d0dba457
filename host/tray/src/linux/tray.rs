mod look;

use std::time::{Duration, Instant};

use deskhook_agent::AgentHandle;
use deskhook_session::{Origin, Request};
use ksni::{OfflineReason, Status, ToolTip, TrayMethods as _};
use tokio::sync::mpsc;
use tokio::time::timeout;

use look::Look;

/// How often an icon that is not there is tried again.
const PAUSE: Duration = Duration::from_secs(3);

type Icon = ksni::Handle<TrayIcon>;

/// Keeps the icon as the snapshots say, and asks for what is picked in its menu. Neither waits
/// for the other: a panel that is slow to draw never holds up a click.
pub(super) async fn run(handle: AgentHandle) {
    let (picks, picked) = mpsc::unbounded_channel();
    tokio::join!(show(handle.clone(), picks), obey(handle, picked));
}

async fn show(handle: AgentHandle, picks: mpsc::UnboundedSender<String>) {
    let mut place = Place {
        picks,
        icon: None,
        failed: None,
    };
    let mut changes = handle.changes();
    loop {
        let look = Look::of(&changes.borrow_and_update());
        place.show(look).await;
        // Without a change it is looked whether the icon is still there.
        if let Ok(Err(_)) = timeout(PAUSE, changes.changed()).await {
            return place.clear().await;
        }
    }
}

/// Until the icon and its place are gone.
async fn obey(handle: AgentHandle, mut picked: mpsc::UnboundedReceiver<String>) {
    while let Some(item) = picked.recv().await {
        handle
            .request(Request::Click { item }, Origin::Person)
            .await;
    }
}

/// Where the icon is, or is not.
struct Place {
    picks: mpsc::UnboundedSender<String>,
    icon: Option<(Icon, Look)>,
    failed: Option<Instant>,
}

impl Place {
    /// Makes the icon look like that; none is no icon.
    async fn show(&mut self, look: Option<Look>) {
        let Some(look) = look else {
            return self.clear().await;
        };
        match &mut self.icon {
            Some((icon, _)) if icon.is_closed() => {
                self.icon = None;
                self.failed = Some(Instant::now());
            }
            Some((_, shown)) if *shown == look => return,
            Some((icon, shown)) => {
                *shown = look.clone();
                icon.update(|tray| tray.look = look).await;
                return;
            }
            None => {}
        }
        if self.failed.is_none_or(|at| at.elapsed() >= PAUSE) {
            self.open(look).await;
        }
    }

    async fn open(&mut self, look: Look) {
        let tray = TrayIcon {
            look: look.clone(),
            picks: self.picks.clone(),
        };
        match tray.assume_sni_available(true).spawn().await {
            Ok(icon) => {
                self.failed = None;
                self.icon = Some((icon, look));
            }
            Err(error) => {
                if self.failed.is_none() {
                    tracing::warn!(%error, "there is no tray icon: the session bus or the panel does not take it");
                }
                self.failed = Some(Instant::now());
            }
        }
    }

    async fn clear(&mut self) {
        if let Some((icon, _)) = self.icon.take() {
            icon.shutdown().await;
        }
    }
}

/// What the session bus is told.
struct TrayIcon {
    look: Look,
    picks: mpsc::UnboundedSender<String>,
}

impl TrayIcon {
    fn pick(&self, id: &str) {
        // The agent has stopped when nobody receives.
        let _ = self.picks.send(id.to_owned());
    }
}

impl ksni::Tray for TrayIcon {
    fn id(&self) -> String {
        "deskhook".to_owned()
    }

    fn title(&self) -> String {
        self.look.title.clone()
    }

    fn status(&self) -> Status {
        self.look.status()
    }

    fn icon_name(&self) -> String {
        self.look.theme_icon()
    }

    fn icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.look.pictures()
    }

    fn attention_icon_pixmap(&self) -> Vec<ksni::Icon> {
        self.look.pictures()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip {
            title: self.look.menu.tooltip.clone(),
            ..ToolTip::default()
        }
    }

    fn menu(&self) -> Vec<ksni::MenuItem<Self>> {
        look::entries(&self.look.menu.items)
    }

    /// A left click answers the open question, else starts a session, where the menu has either.
    fn activate(&mut self, _x: i32, _y: i32) {
        let wanted = ["question", "start"].into_iter();
        if let Some(id) = wanted
            .into_iter()
            .find(|id| self.look.menu.find(id).is_some())
        {
            self.pick(id);
        }
    }

    fn watcher_online(&self) {
        tracing::debug!("the panel shows tray icons again");
    }

    /// The icon waits where nobody shows icons. A panel that is there and does not take it is
    /// still starting, or the bus is gone: then it is given up, and made anew a little later.
    fn watcher_offline(&self, reason: OfflineReason) -> bool {
        tracing::info!(?reason, "no panel shows the icon at the moment");
        match reason {
            OfflineReason::Error(ksni::Error::Watcher(error)) => {
                matches!(error, zbus::fdo::Error::ServiceUnknown(_))
            }
            OfflineReason::Error(_) => false,
            _ => true,
        }
    }
}
