use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use askama::Template as _;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use crate::clock;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::hub::Change;
use crate::pages::devices::Wanted;
use crate::pages::row::Row;
use crate::rights::Section;
use crate::shapes::Standing;
use crate::store::devices;
use crate::visitor::{self, Visitor};

/// Changes of so short a time are told together.
const TOGETHER: Duration = Duration::from_millis(120);

/// What a page shows, and so wants to be told of.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Shown {
    /// One device.
    device: Option<String>,
    /// The list, as it is filtered there.
    list: Option<String>,
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
}

/// What changes under the eye, as server-sent events: `waiting` (how many wait), `row` (one row
/// of the list), `changed` (the device of the page), `again` (too much was missed: load the
/// page anew), `gone` (nobody is signed in any more).
pub(crate) async fn live(
    State(desk): State<Arc<Desk>>,
    Query(shown): Query<Shown>,
    headers: HeaderMap,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watch = Watch {
        changes: desk.hub.watch(),
        desk,
        headers,
        shown,
        begun: false,
    };
    let events = stream::unfold(Some(watch), |watch| async move {
        let mut watch = watch?;
        let desk = watch.desk.clone();
        let told = tokio::select! {
            told = watch.next() => told,
            // The portal stops; the browser will come back.
            () = desk.hub.closed() => return None,
        };
        let (events, goes_on) = match told {
            Ok(events) => (events, Some(watch)),
            Err(_) => (vec![Event::default().event("gone").data("-")], None),
        };
        Some((stream::iter(events.into_iter().map(Ok)), goes_on))
    });
    let events = futures_util::StreamExt::flatten(events);
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// Somebody is at the page: the sign-in does not run out. Asking is what does it.
pub(crate) async fn awake() -> StatusCode {
    StatusCode::NO_CONTENT
}

impl Watch {
    /// The events of the next change; an error where the visitor may no longer see them.
    async fn next(&mut self) -> Result<Vec<Event>, Failure> {
        let changed = if std::mem::replace(&mut self.begun, true) {
            self.changed().await
        } else {
            let missed = self.shown.since != Some(self.desk.hub.revision());
            (!missed).then(BTreeSet::new)
        };
        let visitor = visitor::identify(&self.desk, &self.headers).await?;
        visitor.need(crate::rights::Right::view(Section::Clients))?;
        let Some(changed) = changed else {
            let again = Event::default().event("again").data("-");
            return Ok(vec![self.waiting(&visitor).await?, again]);
        };
        let mut events = vec![self.waiting(&visitor).await?];
        if self
            .shown
            .device
            .as_ref()
            .is_some_and(|device| changed.contains(device))
        {
            events.push(Event::default().event("changed").data("-"));
        }
        if self.shown.list.is_some() {
            for device in changed {
                events.extend(self.row(&visitor, device).await?);
            }
        }
        Ok(events)
    }

    /// Which devices changed; none where some were missed.
    async fn changed(&mut self) -> Option<BTreeSet<String>> {
        let mut devices = BTreeSet::new();
        loop {
            match self.changes.recv().await {
                Ok(Change::Device(device)) => {
                    devices.insert(device);
                    break;
                }
                Ok(Change::Order(_)) => {}
                Err(RecvError::Lagged(_)) => return None,
                Err(RecvError::Closed) => return None,
            }
        }
        tokio::time::sleep(TOGETHER).await;
        loop {
            match self.changes.try_recv() {
                Ok(Change::Device(device)) => {
                    devices.insert(device);
                }
                Ok(Change::Order(_)) => {}
                Err(TryRecvError::Lagged(_)) => return None,
                Err(TryRecvError::Empty | TryRecvError::Closed) => return Some(devices),
            }
        }
    }

    async fn waiting(&self, visitor: &Visitor) -> Result<Event, Failure> {
        let count = super::frame::waiting(&self.desk, visitor).await?;
        Ok(Event::default().event("waiting").data(count.to_string()))
    }

    async fn row(&self, visitor: &Visitor, id: String) -> Result<Option<Event>, Failure> {
        let (reach, name) = (visitor.reach(), id.clone());
        let read =
            move |connection: &rusqlite::Connection| devices::find(connection, &name, &reach);
        let Some(device) = self.desk.store.read(read).await? else {
            let gone = json!({"id": id, "key": "", "html": "", "person": "", "waiting": false});
            return Ok(Some(Event::default().event("row").data(gone.to_string())));
        };
        let row = Row::of(&device, &self.desk, visitor, clock::now());
        let html = match self.shown.wanted().fits(&device, row.standing) {
            true => row.render().map_err(|_| Failure::Unavailable)?,
            false => String::new(),
        };
        let data = json!({
            "id": id,
            "key": row.key,
            "html": html,
            "person": row.person.as_deref().unwrap_or(&row.device),
            "waiting": row.standing == Standing::Waiting,
        });
        Ok(Some(Event::default().event("row").data(data.to_string())))
    }
}
