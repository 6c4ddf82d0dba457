use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::clock::{self, Millis};
use crate::desk::Desk;
use crate::hub::Hub;
use crate::pages::row::{self, Row};
use crate::pages::{Frame, Page, filled, show};
use crate::rights::{Right, Section};
use crate::shapes::{self, Standing};
use crate::store::devices::{self, Device};
use crate::visitor::Visitor;

/// Rows of one page.
const ROWS: usize = 60;

/// What is looked for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Wanted {
    /// Words that stand anywhere in a row.
    pub(crate) q: Option<String>,
    /// `waiting`, `in-session`, `online`, `offline`.
    pub(crate) state: Option<String>,
    /// The page, from 1.
    pub(crate) page: Option<usize>,
}

impl Wanted {
    pub(crate) fn fits(&self, device: &Device, standing: Standing) -> bool {
        let state = self.state.as_deref().unwrap_or_default();
        let words = self.q.as_deref().unwrap_or_default();
        (state.is_empty() || standing.word() == state) && row::has(device, words)
    }
}

/// How many devices stand how.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) waiting: usize,
    pub(crate) in_session: usize,
    pub(crate) online: usize,
    pub(crate) offline: usize,
}

impl Tally {
    /// Of so many devices, of which so many are online, and these are in sessions.
    pub(crate) fn of(
        (all, online): (usize, usize),
        busy: &[Device],
        hub: &Hub,
        now: Millis,
    ) -> Self {
        let mut tally = Self {
            online,
            offline: all.saturating_sub(online),
            ..Self::default()
        };
        for device in busy {
            match shapes::standing(device, hub, now).0 {
                Standing::Waiting => tally.waiting += 1,
                Standing::InSession => tally.in_session += 1,
                Standing::Online | Standing::Offline => {}
            }
        }
        let busy = tally.waiting + tally.in_session;
        tally.online = tally.online.saturating_sub(busy);
        tally
    }

    /// For the script, by the word of each state.
    pub(crate) fn counts(&self) -> Value {
        json!({
            "": self.all(),
            Standing::Waiting.word(): self.waiting,
            Standing::InSession.word(): self.in_session,
            Standing::Online.word(): self.online,
            Standing::Offline.word(): self.offline,
        })
    }

    fn count(&mut self, standing: Standing) {
        match standing {
            Standing::Waiting => self.waiting += 1,
            Standing::InSession => self.in_session += 1,
            Standing::Online => self.online += 1,
            Standing::Offline => self.offline += 1,
        }
    }

    fn all(&self) -> usize {
        self.waiting + self.in_session + self.online + self.offline
    }
}

#[derive(Template)]
#[template(path = "devices.html")]
struct Devices {
    frame: Frame,
    rows: Vec<Row>,
    tally: Tally,
    q: String,
    state: String,
    found: usize,
    page: usize,
    pages: usize,
    /// Rows of one page.
    size: usize,
    may_enrol: bool,
}

/// The list of devices: who waits for help first.
pub(crate) async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Page {
    let reach = visitor.reach();
    let read = move |connection: &rusqlite::Connection| devices::list(connection, &reach);
    let all = desk.store.read(read).await?;
    let now = clock::now();
    let (fitting, tally) = sorted(&all, &desk, &wanted, now);
    let (found, pages) = (fitting.len(), fitting.len().div_ceil(ROWS).max(1));
    let page = wanted.page.unwrap_or(1).clamp(1, pages);
    let shown = fitting.into_iter().skip((page - 1) * ROWS).take(ROWS);
    show(&Devices {
        frame: Frame::of(&desk, &visitor, &headers, "/devices").await?,
        rows: shown
            .map(|device| Row::of(device, &desk, &visitor, now))
            .collect(),
        tally,
        q: filled(wanted.q).unwrap_or_default(),
        state: filled(wanted.state).unwrap_or_default(),
        found,
        page,
        pages,
        size: ROWS,
        may_enrol: visitor.may(Right::edit(Section::Clients)),
    })
}

/// The devices that are wanted, the most urgent first, and how all of them stand.
fn sorted<'d>(
    all: &'d [Device],
    desk: &Desk,
    wanted: &Wanted,
    now: Millis,
) -> (Vec<&'d Device>, Tally) {
    let mut tally = Tally::default();
    let mut keyed = Vec::new();
    for device in all {
        let (standing, since) = shapes::standing(device, &desk.hub, now);
        tally.count(standing);
        if wanted.fits(device, standing) {
            keyed.push((row::key(device, standing, since), device));
        }
    }
    keyed.sort_by(|one, other| one.0.cmp(&other.0));
    (keyed.into_iter().map(|(_, device)| device).collect(), tally)
}
