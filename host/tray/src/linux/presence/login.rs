use futures_util::StreamExt as _;
use zbus::fdo::PropertiesProxy;
use zbus::names::InterfaceName;
use zbus::proxy::CacheProperties;
use zbus::zvariant::{ObjectPath, OwnedObjectPath};
use zbus::{Connection, Proxy};

use super::signs::{Sign, Source};
use super::{PAUSE, Told};

/// org.freedesktop.login1(5).
const NAME: &str = "org.freedesktop.login1";
const MANAGER: &str = "/org/freedesktop/login1";
/// The account that asks.
const OWN_USER: &str = "/org/freedesktop/login1/user/self";

/// Tells for ever whether the person's login session is in the foreground and not locked.
pub(super) async fn watch(told: &Told) {
    loop {
        if let Err(error) = follow(told).await {
            tracing::debug!(%error, "the login session is not seen");
        }
        say(told, Sign::Unknown).await;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Until the system bus is gone.
async fn follow(told: &Told) -> zbus::Result<()> {
    let bus = Connection::system().await?;
    let manager = object(&bus, MANAGER.try_into()?, "Manager").await?;
    let mut begun = manager.receive_signal("SessionNew").await?;
    let mut ended = manager.receive_signal("SessionRemoved").await?;
    let mut owners = manager.receive_owner_changed().await?;
    loop {
        let session = async {
            if let Some(path) = session(&manager).await {
                return follow_session(&bus, path, told).await;
            }
            say(told, Sign::Unknown).await;
            std::future::pending().await
        };
        // The person may sign in again, or logind start anew: then another one is theirs.
        let goes_on = tokio::select! {
            followed = session => return followed,
            begun = begun.next() => begun.is_some(),
            ended = ended.next() => ended.is_some(),
            owner = owners.next() => owner.is_some(),
        };
        if !goes_on {
            return Ok(());
        }
    }
}

/// The session of this process; that of the person's desktop, where it belongs to none, as under
/// the person's service manager.
async fn session(manager: &Proxy<'_>) -> Option<OwnedObjectPath> {
    if let Some(id) = std::env::var("XDG_SESSION_ID")
        .ok()
        .filter(|id| !id.is_empty())
    {
        let own = manager.call("GetSession", &(id,)).await;
        if let Ok(path) = own {
            return Some(path);
        }
    }
    let user = object(manager.connection(), OWN_USER.try_into().ok()?, "User").await;
    let shown = user.ok()?.get_property("Display").await;
    let (id, path): (String, OwnedObjectPath) = shown.ok()?;
    (!id.is_empty()).then_some(path)
}

async fn follow_session(bus: &Connection, path: OwnedObjectPath, told: &Told) -> zbus::Result<()> {
    let properties = PropertiesProxy::builder(bus)
        .destination(NAME)?
        .path(path.clone())?
        .cache_properties(CacheProperties::No)
        .build()
        .await?;
    let mut changes = properties.receive_properties_changed().await?;
    let session = object(bus, path.into(), "Session").await?;
    loop {
        say(told, sign(&session).await).await;
        if changes.next().await.is_none() {
            return Ok(());
        }
    }
}

/// A session that went away meanwhile cannot say.
async fn sign(session: &Proxy<'_>) -> Sign {
    let active = session.get_property("Active").await;
    let locked = session.get_property("LockedHint").await;
    match (active, locked) {
        (Ok(false), _) | (_, Ok(true)) => Sign::Away,
        (Ok(true), _) => Sign::There,
        (Err(_), _) => Sign::Unknown,
    }
}

async fn object(
    bus: &Connection,
    path: ObjectPath<'static>,
    kind: &str,
) -> zbus::Result<Proxy<'static>> {
    let interface = InterfaceName::try_from(format!("{NAME}.{kind}"))?;
    zbus::proxy::Builder::new(bus)
        .destination(NAME)?
        .path(path)?
        .interface(interface)?
        .cache_properties(CacheProperties::No)
        .build()
        .await
}

async fn say(told: &Told, sign: Sign) {
    // Nobody listens any more when the agent has stopped.
    let _ = told.send((Source::Login, sign)).await;
}
