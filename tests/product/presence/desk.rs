//! Stand-ins for what a desktop and a login manager say on a bus of their own.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use futures_util::StreamExt as _;
use harness::SessionBus;
use tokio::task::JoinHandle;
use zbus::object_server::InterfaceRef;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, MessageStream};

/// A screen saver that speaks gnome-screensaver's interface under some name. It starts switched
/// on.
pub(crate) struct Saver {
    bus: Connection,
    name: &'static str,
    is_on: Arc<AtomicBool>,
    answering: JoinHandle<Result<()>>,
}

impl Saver {
    pub(crate) async fn start_on(bus: &SessionBus, name: &'static str) -> Result<Self> {
        let bus = bus.connect().await?;
        let is_on = Arc::new(AtomicBool::new(true));
        // It must hear every question from the moment that it has its name.
        let questions = MessageStream::from(&bus);
        let answering = tokio::spawn(answer(bus.clone(), questions, Arc::clone(&is_on)));
        // By hand: a name that zbus asks for is answered by its own objects, and there are none.
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        let flags = zbus::fdo::RequestNameFlags::DoNotQueue.into();
        names.request_name(name.try_into()?, flags).await?;
        Ok(Self {
            bus,
            name,
            is_on,
            answering,
        })
    }

    pub(crate) async fn turn_on(&self) -> Result<()> {
        self.is_on.store(true, Ordering::SeqCst);
        self.tell().await
    }

    pub(crate) async fn turn_off(&self) -> Result<()> {
        self.is_on.store(false, Ordering::SeqCst);
        self.tell().await
    }

    /// Leaves the bus.
    pub(crate) async fn end(self) -> Result<()> {
        self.answering.abort();
        Ok(self.bus.close().await?)
    }

    async fn tell(&self) -> Result<()> {
        let path = format!("/{}", self.name.replace('.', "/"));
        let now = self.is_on.load(Ordering::SeqCst);
        let to: Option<&str> = None;
        let (name, what) = (self.name, "ActiveChanged");
        Ok(self.bus.emit_signal(to, path, name, what, &now).await?)
    }
}

async fn answer(
    bus: Connection,
    mut questions: MessageStream,
    is_on: Arc<AtomicBool>,
) -> Result<()> {
    while let Some(message) = questions.next().await {
        let message = message?;
        let header = message.header();
        if header.member().is_some_and(|member| member == "GetActive") {
            bus.reply(&header, &is_on.load(Ordering::SeqCst)).await?;
        }
    }
    Ok(())
}

/// The ids of two sessions: the desktop's, and another.
const SHOWN: &str = "2";
pub(crate) const OTHER: &str = "c7";

/// logind with one account in it (org.freedesktop.login1(5)).
pub(crate) struct Login {
    bus: Connection,
    shown: InterfaceRef<Session>,
    other: InterfaceRef<Session>,
}

const TOP: &str = "/org/freedesktop/login1";

struct Logins;

#[zbus::interface(name = "org.freedesktop.login1.Manager")]
impl Logins {
    fn get_session(&self, id: &str) -> zbus::fdo::Result<OwnedObjectPath> {
        if [SHOWN, OTHER].contains(&id) {
            return Ok(path_of(id));
        }
        Err(zbus::fdo::Error::Failed("no such session".to_owned()))
    }
}

struct User {
    shown: &'static str,
}

#[zbus::interface(name = "org.freedesktop.login1.User")]
impl User {
    #[zbus(property)]
    fn display(&self) -> (String, OwnedObjectPath) {
        (self.shown.to_owned(), path_of(self.shown))
    }
}

struct Session {
    active: bool,
    locked: bool,
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn active(&self) -> bool {
        self.active
    }

    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        self.locked
    }
}

impl Login {
    pub(crate) async fn start(bus: &SessionBus) -> Result<Self> {
        let bus = bus.connect().await?;
        let objects = bus.object_server();
        objects.at(TOP, Logins).await?;
        let user = User { shown: SHOWN };
        objects.at(format!("{TOP}/user/self"), user).await?;
        for id in [SHOWN, OTHER] {
            let session = Session {
                active: true,
                locked: false,
            };
            objects.at(path_of(id), session).await?;
        }
        bus.request_name("org.freedesktop.login1").await?;
        Ok(Self {
            shown: objects.interface(path_of(SHOWN)).await?,
            other: objects.interface(path_of(OTHER)).await?,
            bus,
        })
    }

    pub(crate) async fn lock(&self) -> Result<()> {
        self.shown.get_mut().await.locked = true;
        locked_hint(&self.shown).await
    }

    pub(crate) async fn unlock(&self) -> Result<()> {
        self.shown.get_mut().await.locked = false;
        locked_hint(&self.shown).await
    }

    /// Locks the session that is not the desktop's.
    pub(crate) async fn lock_other(&self) -> Result<()> {
        self.other.get_mut().await.locked = true;
        locked_hint(&self.other).await
    }

    /// Somebody else's session comes to the foreground.
    pub(crate) async fn switch_away(&self) -> Result<()> {
        self.shown.get_mut().await.active = false;
        let session = self.shown.get().await;
        Ok(session.active_changed(self.shown.signal_emitter()).await?)
    }

    /// The other session becomes that of the person's desktop.
    pub(crate) async fn sign_in_anew(&self) -> Result<()> {
        let user: InterfaceRef<User> = self
            .bus
            .object_server()
            .interface(format!("{TOP}/user/self"))
            .await?;
        user.get_mut().await.shown = OTHER;
        let (to, kind): (Option<&str>, _) = (None, "org.freedesktop.login1.Manager");
        let body = (OTHER, path_of(OTHER));
        Ok(self
            .bus
            .emit_signal(to, TOP, kind, "SessionNew", &body)
            .await?)
    }
}

async fn locked_hint(session: &InterfaceRef<Session>) -> Result<()> {
    let now = session.get().await;
    Ok(now.locked_hint_changed(session.signal_emitter()).await?)
}

fn path_of(id: &str) -> OwnedObjectPath {
    let path = format!("{TOP}/session/_3{id}");
    path.try_into().expect("letters and digits make a path")
}
