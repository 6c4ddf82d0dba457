use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::join_all;
use zbus::proxy::{Builder, CacheProperties, MethodFlags};
use zbus::{Connection, Proxy};

use super::signs::{Sign, Source};
use super::{PAUSE, Told};

/// Screen savers that speak gnome-screensaver's interface, by name and object path: `GetActive`,
/// `ActiveChanged`. The first is also that of the Idle Inhibition Service Draft.
const SAVERS: [(&str, &str); 5] = [
    (
        "org.freedesktop.ScreenSaver",
        "/org/freedesktop/ScreenSaver",
    ),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
];

/// How long a screen saver may take to say whether it is on.
const ANSWER: Duration = Duration::from_secs(5);

/// Tells for ever whether the desktop's screen savers are on.
pub(super) async fn watch(told: &Told) {
    loop {
        match Connection::session().await {
            Ok(bus) => watch_all(&bus, told).await,
            Err(error) => {
                tracing::debug!(%error, "no session bus: screen savers are not seen");
            }
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Until the bus is gone.
async fn watch_all(bus: &Connection, told: &Told) {
    let mut all = vec![];
    for (name, path) in SAVERS {
        let saver = Saver { told, name, path };
        all.push(saver.watch(bus));
    }
    join_all(all).await;
}

struct Saver<'a> {
    told: &'a Told,
    name: &'static str,
    path: &'static str,
}

impl Saver<'_> {
    async fn watch(self, bus: &Connection) {
        if let Err(error) = self.follow(bus).await {
            tracing::debug!(%error, name = self.name, "a screen saver is not seen");
        }
        self.say(Sign::Unknown).await;
    }

    /// It may start, end and be replaced at any time.
    async fn follow(&self, bus: &Connection) -> zbus::Result<()> {
        let proxy: Proxy<'_> = Builder::new(bus)
            .destination(self.name)?
            .path(self.path)?
            .interface(self.name)?
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        let mut owners = proxy.receive_owner_changed().await?;
        let mut changes = proxy.receive_signal("ActiveChanged").await?;
        self.say(ask(&proxy).await).await;
        loop {
            tokio::select! {
                // The other way round, the last word of one that ended would count after its end.
                biased;
                change = changes.next() => {
                    let Some(change) = change else { return Ok(()) };
                    self.say(sign(change.body().deserialize().ok())).await;
                }
                owner = owners.next() => {
                    if owner.is_none() { return Ok(()) }
                    self.say(ask(&proxy).await).await;
                }
            }
        }
    }

    async fn say(&self, sign: Sign) {
        // Nobody listens any more when the agent has stopped.
        let _ = self.told.send((Source::Saver(self.name), sign)).await;
    }
}

/// As it is now; none is started for the question, and one that does not answer is not waited for:
/// its changes would go unseen meanwhile.
async fn ask(proxy: &Proxy<'_>) -> Sign {
    let flags = MethodFlags::NoAutoStart.into();
    let answer = proxy.call_with_flags("GetActive", flags, &());
    let answer = tokio::time::timeout(ANSWER, answer).await;
    sign(answer.ok().and_then(Result::ok).flatten())
}

fn sign(active: Option<bool>) -> Sign {
    match active {
        Some(true) => Sign::Away,
        Some(false) => Sign::There,
        None => Sign::Unknown,
    }
}
