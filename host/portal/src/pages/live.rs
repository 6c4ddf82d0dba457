use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template as _;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;
use tokio::time::{Instant, timeout_at};

use crate::clock::{self, Millis};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::hub::{Change, Hub};
use crate::pages::devices::{Tally, Wanted};
use crate::pages::row::Row;
use crate::rights::{Right, Section};
use crate::shapes::Standing;
use crate::store::StoreError;
use crate::store::devices::{self, Device, Reach};
use crate::visitor::{self, Visitor};

/// Changes of so short a time are told together.
const TOGETHER: Duration = Duration::from_millis(120);

/// How often it is asked whether the visitor is still signed in, where nothing changes.
const RECHECK: Duration = Duration::from_secs(60);

/// When somebody who holds too many streams open may ask again, in seconds.
const AGAIN: u64 = 10;

/// Devices that change together at most; where more do, the page is read anew.
const MOST: usize = 200;

/// What a page shows, and so wants to be told of.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Shown {
    /// One device.
    device: Option<String>,
    /// The list, as it is filtered there.
    list: Option<String>,
    /// The history.
    sessions: Option<String>,
    q: Option<String>,
    state: Option<String>,
    /// The revision that the page was read at.
    since: Option<u64>,
}

impl Shown {
    fn wanted(&self) -> Wanted {
        Wanted {
            q: self.q.clone(),
            state: self.state.clone(),
            ..Wanted::default()
        }
    }
}

struct Watch {
    /// Subscribed before the revision is looked at: no change slips between the two.
    changes: Receiver<Change>,
    desk: Arc<Desk>,
    headers: HeaderMap,
    shown: Shown,
    begun: bool,
    /// How many wait, as it was told last.
    told: Option<usize>,
    recheck: Duration,
}

/// What the database says of a change, as far as the visitor may see it.
struct Part {
    changed: Vec<Device>,
    gone: Vec<String>,
    /// Of which a session goes on.
    busy: Vec<Device>,
    /// How many there are, and how many of them are online, where the page counts them.
    all: usize,
    online: usize,
}

/// What changes under the eye, as server-sent events: `waiting` (how many wait), `list` (rows of
/// the list with how many devices stand how), `changed` (what the page shows), `again` (too much
/// was missed: load the page anew), `gone` (nobody is signed in any more).
pub(crate) async fn live(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Failure> {
    let open = desk.streams.open(visitor.account.id);
    let open = open.ok_or(Failure::TooMany(AGAIN))?;
    let watch = Watch::new(desk, shown, headers);
    let events = stream::unfold(Some((watch, open)), |watch| async move {
        let (mut watch, open) = watch?;
        let desk = watch.desk.clone();
        let told = tokio::select! {
            told = watch.next() => told,
            // The portal stops; the browser will come back.
            () = desk.hub.closed() => return None,
        };
        let (events, goes_on) = match told {
            Ok(events) => (events, Some((watch, open))),
            Err(Failure::NotSignedIn | Failure::NotAllowed(_)) => (vec![bare("gone")], None),
            // The browser comes back by itself, and says meanwhile that nobody answers.
            Err(_) => return None,
        };
        Some((stream::iter(events.into_iter().map(Ok)), goes_on))
    });
    let events = futures_util::StreamExt::flatten(events);
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))))
}

/// Somebody is at the page: the sign-in does not run out. Asking is what does it.
pub(crate) async fn awake() -> StatusCode {
    StatusCode::NO_CONTENT
}

fn bare(name: &str) -> Event {
    Event::default().event(name).data("-")
}

/// How many devices there are within reach, and how many of them are online. Of all devices of a
/// large organisation none is looked at.
fn counted(
    connection: &Connection,
    reach: &Reach,
    hub: &Hub,
) -> Result<(usize, usize), StoreError> {
    let now = clock::now();
    if matches!(reach, Reach::All) {
        let all = devices::count(connection)?;
        return Ok((all, hub.online(now).min(all)));
    }
    let names = devices::names_within(connection, reach)?;
    let online = names.iter().filter(|name| hub.is_online(name, now));
    Ok((names.len(), online.count()))
}

impl Watch {
    fn new(desk: Arc<Desk>, shown: Shown, headers: HeaderMap) -> Self {
        Self {
            changes: desk.hub.watch(),
            desk,
            headers,
            shown,
            begun: false,
            told: None,
            recheck: RECHECK,
        }
    }

    /// The events of the next change; an error where the visitor may no longer see them.
    async fn next(&mut self) -> Result<Vec<Event>, Failure> {
        let changed = if std::mem::replace(&mut self.begun, true) {
            self.changed().await
        } else {
            let missed = self.shown.since != Some(self.desk.hub.revision());
            (!missed).then(BTreeSet::new)
        };
        let visitor = visitor::identify(&self.desk, &self.headers).await?;
        visitor.need(Right::view(Section::Clients))?;
        let missed = changed.is_none();
        let part = self.read(&visitor, changed.unwrap_or_default()).await?;
        let (now, mut events) = (clock::now(), Vec::new());
        let tally = Tally::of((part.all, part.online), &part.busy, &self.desk.hub, now);
        if missed {
            events.push(bare("again"));
        } else if self.is_shown(&part) {
            events.push(bare("changed"));
        }
        if self.shown.list.is_some() && !(part.changed.is_empty() && part.gone.is_empty()) {
            let rows = self.rows(&visitor, &part, now)?;
            let list = json!({ "tally": tally.counts(), "rows": rows });
            events.push(Event::default().event("list").data(list.to_string()));
        } else if self.told != Some(tally.waiting) {
            let count = tally.waiting.to_string();
            events.push(Event::default().event("waiting").data(count));
        }
        self.told = Some(tally.waiting);
        Ok(events)
    }

    /// Which devices changed; none where some were missed. Nothing, now and then, where nothing
    /// does.
    async fn changed(&mut self) -> Option<BTreeSet<String>> {
        let deadline = Instant::now() + self.recheck;
        let mut devices = BTreeSet::new();
        while devices.is_empty() {
            match timeout_at(deadline, self.changes.recv()).await {
                Ok(Ok(Change::Device(device))) => _ = devices.insert(device),
                Ok(Ok(Change::Order(_))) => {}
                Ok(Err(_)) => return None,
                Err(_) => return Some(devices),
            }
        }
        tokio::time::sleep(TOGETHER).await;
        loop {
            match self.changes.try_recv() {
                Ok(Change::Device(device)) => _ = devices.insert(device),
                Ok(Change::Order(_)) => {}
                Err(TryRecvError::Lagged(_)) => return None,
                Err(TryRecvError::Empty | TryRecvError::Closed) => break,
            }
        }
        Some(devices).filter(|devices| devices.len() <= MOST)
    }

    /// One look at the database, so that rows and counts agree. Of devices that the visitor may
    /// not see nothing is read, not even that they changed.
    async fn read(&self, visitor: &Visitor, names: BTreeSet<String>) -> Result<Part, Failure> {
        let (reach, counts) = (visitor.reach(), self.shown.list.is_some());
        let hub = self.desk.hub.clone();
        let read = self.desk.store.read(move |connection| {
            let (mut changed, mut gone) = (Vec::new(), Vec::new());
            for name in names {
                match devices::find(connection, &name, &reach)? {
                    Some(device) => changed.push(device),
                    None if devices::was_within(connection, &name, &reach)? => gone.push(name),
                    None => {}
                }
            }
            let (all, online) = match counts {
                true => counted(connection, &reach, &hub)?,
                false => (0, 0),
            };
            Ok(Part {
                changed,
                gone,
                busy: devices::in_sessions(connection, &reach)?,
                all,
                online,
            })
        });
        Ok(read.await?)
    }

    /// Whether what the page shows changed.
    fn is_shown(&self, part: &Part) -> bool {
        let mut changed = part.changed.iter().map(|device| &device.id);
        let history = self.shown.sessions.is_some() && !part.changed.is_empty();
        let device = self.shown.device.as_ref().is_some_and(|shown| {
            changed.any(|changed| changed == shown) || part.gone.contains(shown)
        });
        history || device
    }

    fn rows(&self, visitor: &Visitor, part: &Part, now: Millis) -> Result<Vec<Value>, Failure> {
        let wanted = self.shown.wanted();
        let mut rows: Vec<Value> = part
            .gone
            .iter()
            .map(|id| json!({ "id": id, "html": "" }))
            .collect();
        for device in &part.changed {
            let row = Row::of(device, &self.desk, visitor, now);
            let html = match wanted.fits(device, row.standing) {
                true => row.render().map_err(|_| Failure::Unavailable)?,
                false => String::new(),
            };
            rows.push(json!({
                "id": row.id,
                "key": row.key,
                "html": html,
                "person": row.person.as_deref().unwrap_or(&row.device),
                "waiting": row.standing == Standing::Waiting,
            }));
        }
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::{ACCEPT, COOKIE};

    use super::*;
    use crate::clock::MINUTE;
    use crate::rights::Role;
    use crate::secret::Secret;
    use crate::store::{accounts, sign_ins};
    use crate::{Portal, PortalConfig};

    /// A portal where a browser signed in ten minutes ago, and the headers of its stream.
    async fn signed_in() -> (tempfile::TempDir, Portal, HeaderMap, Secret) {
        let folder = tempfile::tempdir().unwrap();
        let config = PortalConfig {
            data_dir: folder.path().to_owned(),
            ..PortalConfig::default()
        };
        let portal = Portal::open(config).unwrap();
        let secret = Secret::fresh("b-");
        let hash = secret.fingerprint();
        let then = clock::now() - 10 * MINUTE;
        let added = portal.desk().store.write(move |unit| {
            let account = accounts::add(unit, "Sam", Role::SupportAgent, then)?;
            let browser = sign_ins::SignIn {
                hash,
                account: account.expect("a new name"),
                created_at: then,
                seen_at: then,
                browser: String::new(),
                origin: String::new(),
            };
            sign_ins::add(unit, &browser)
        });
        added.await.unwrap();
        let mut headers = HeaderMap::new();
        let cookie = format!(
            "{}={}",
            visitor::cookie_name(&portal.desk().config),
            secret.text()
        );
        headers.insert(COOKIE, cookie.parse().unwrap());
        headers.insert(ACCEPT, "text/event-stream".parse().unwrap());
        (folder, portal, headers, secret)
    }

    fn watch(portal: &Portal, headers: &HeaderMap) -> Watch {
        let shown = Shown {
            device: None,
            list: Some("all".into()),
            sessions: None,
            q: None,
            state: None,
            since: None,
        };
        Watch {
            recheck: Duration::ZERO,
            ..Watch::new(portal.desk().clone(), shown, headers.clone())
        }
    }

    #[tokio::test]
    async fn a_page_that_is_left_open_does_not_keep_anybody_signed_in() {
        let (_folder, portal, mut headers, secret) = signed_in().await;
        let mut watch = watch(&portal, &headers);
        watch.next().await.unwrap();
        watch.next().await.unwrap();
        let (desk, now) = (portal.desk(), clock::now());
        let hash = secret.fingerprint();
        let seen = async || {
            let read = desk
                .store
                .read(move |unit| sign_ins::find(unit, &hash, now));
            read.await.unwrap().unwrap().seen_at
        };
        assert!(now - seen().await > 9 * MINUTE);
        headers.remove(ACCEPT);
        visitor::identify(desk, &headers).await.unwrap();
        assert!(now - seen().await < MINUTE, "a hand does");
    }

    #[tokio::test]
    async fn a_stream_ends_soon_after_its_sign_in_does() {
        let (_folder, portal, headers, secret) = signed_in().await;
        let mut watch = watch(&portal, &headers);
        watch.next().await.unwrap();
        let hash = secret.fingerprint();
        let removed = portal
            .desk()
            .store
            .write(move |unit| sign_ins::remove(unit, &hash));
        removed.await.unwrap();
        assert!(matches!(watch.next().await, Err(Failure::NotSignedIn)));
    }
}
