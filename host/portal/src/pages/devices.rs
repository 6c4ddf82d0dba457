use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use serde::Deserialize;

use crate::clock;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::pages::row::Row;
use crate::pages::{Frame, Page, filled, show};
use crate::rights::{Right, Section};
use crate::shapes::Standing;
use crate::store::devices;
use crate::visitor::Visitor;

/// Rows of one page.
const ROWS: usize = 200;

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
    pub(crate) fn fits(&self, row: &Row) -> bool {
        let state = self.state.as_deref().unwrap_or_default();
        let words = self.q.as_deref().unwrap_or_default();
        (state.is_empty() || row.standing.word() == state) && row.has(words)
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
    may_enrol: bool,
}

/// The list of devices: who waits for help first.
pub(crate) async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Query(wanted): Query<Wanted>,
    headers: HeaderMap,
) -> Page {
    let (rows, tally) = rows(&desk, &visitor, &wanted).await?;
    let (found, pages) = (rows.len(), rows.len().div_ceil(ROWS).max(1));
    let page = wanted.page.unwrap_or(1).clamp(1, pages);
    show(&Devices {
        frame: Frame::of(&desk, &visitor, &headers, "/devices").await?,
        rows: rows
            .into_iter()
            .skip((page - 1) * ROWS)
            .take(ROWS)
            .collect(),
        tally,
        q: filled(wanted.q).unwrap_or_default(),
        state: filled(wanted.state).unwrap_or_default(),
        found,
        page,
        pages,
        may_enrol: visitor.may(Right::edit(Section::Clients)),
    })
}

async fn rows(
    desk: &Desk,
    visitor: &Visitor,
    wanted: &Wanted,
) -> Result<(Vec<Row>, Tally), Failure> {
    let reach = visitor.reach();
    let found = desk
        .store
        .read(move |connection| devices::list(connection, &reach))
        .await?;
    let (now, mut tally) = (clock::now(), Tally::default());
    let mut rows = Vec::new();
    for device in &found {
        let row = Row::of(device, desk, visitor, now);
        tally.count(row.standing);
        if wanted.fits(&row) {
            rows.push(row);
        }
    }
    rows.sort_by(|one, other| one.key.cmp(&other.key));
    Ok((rows, tally))
}
