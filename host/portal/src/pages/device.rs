use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Redirect;
use deskhook_policy::ElevationMethod;
use deskhook_wire::{ConnectRequest, ElevateRequest};
use serde::Deserialize;

use crate::clock;
use crate::desk::{Desk, deed};
use crate::endings::{self, Ending};
use crate::failure::Failure;
use crate::hub::Change;
use crate::pages::device_view::{DeviceView, Known};
use crate::pages::{Frame, Page, filled, show};
use crate::requests;
use crate::rights::Section;
use crate::store::orders::KeptOrder;
use crate::store::{audit, devices, orders, sessions};
use crate::visitor::Visitor;

/// Sessions and entries of the record that the page shows.
const SHOWN: u32 = 10;

/// What the page was opened for.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct About {
    /// An order that was made here.
    order: Option<String>,
}

#[derive(Template)]
#[template(path = "device.html")]
struct DevicePage {
    frame: Frame,
    view: DeviceView,
}

/// One device: how it stands, what may be done, what is known.
pub(crate) async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    (Path(id), Query(about)): (Path<String>, Query<About>),
    headers: HeaderMap,
) -> Page {
    let known = read(&desk, &visitor, id, about.order).await?;
    show(&DevicePage {
        frame: Frame::of(&desk, &visitor, &headers, "/devices").await?,
        view: DeviceView::of(known, &desk, &visitor, clock::now()),
    })
}

async fn read(
    desk: &Desk,
    visitor: &Visitor,
    id: String,
    order: Option<String>,
) -> Result<Known, Failure> {
    let reach = visitor.reach();
    let sees_sessions = visitor.may_view(Section::Sessions);
    let found = desk.store.read(move |connection| {
        let Some(device) = devices::find(connection, &id, &reach)? else {
            return Ok(None);
        };
        let mut made: Vec<KeptOrder> = match &device.session {
            Some(session) => orders::of_session(connection, &id, &session.id)?,
            None => vec![],
        };
        let own = order
            .map(|order| orders::find(connection, &order))
            .transpose()?
            .flatten();
        let own =
            own.filter(|own| own.device == id && !made.iter().any(|order| order.id == own.id));
        made.extend(own);
        let history = match sees_sessions {
            true => Some(sessions::newest(connection, Some(&id), i64::MAX, SHOWN)?),
            false => None,
        };
        let record = match sees_sessions {
            true => {
                let about = audit::About::Device(id.clone());
                Some(audit::newest(connection, &about, u64::MAX, SHOWN)?)
            }
            false => None,
        };
        Ok(Some(Known {
            device,
            orders: made,
            sessions: history,
            record,
        }))
    });
    found.await?.ok_or(Failure::NotFound)
}

/// The form beside Connect.
#[derive(Debug, Deserialize)]
pub(crate) struct Connecting {
    reason: Option<String>,
    ticket: Option<String>,
}

pub(crate) async fn connect(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Form(form): Form<Connecting>,
) -> Result<Redirect, Failure> {
    let asked = ConnectRequest {
        reason: filled(form.reason),
        ticket: filled(form.ticket),
        permissions: vec![],
    };
    let order = requests::connect(&desk, &visitor, &id, asked).await?;
    Ok(back(&id, &order))
}

pub(crate) async fn disconnect(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Redirect, Failure> {
    let order = requests::disconnect(&desk, &visitor, &id).await?;
    Ok(back(&id, &order))
}

/// The form that asks for elevated rights.
#[derive(Debug, Deserialize)]
pub(crate) struct Elevating {
    program: String,
    /// One argument a line.
    arguments: Option<String>,
    reason: Option<String>,
    /// Empty is the usual time.
    minutes: Option<String>,
    method: Option<ElevationMethod>,
}

pub(crate) async fn elevate(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
    Form(form): Form<Elevating>,
) -> Result<Redirect, Failure> {
    let lines = form.arguments.unwrap_or_default();
    let arguments = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    let asked = ElevateRequest {
        program: form.program,
        arguments: arguments.map(str::to_owned).collect(),
        reason: filled(form.reason),
        minutes: minutes(form.minutes)?,
        method: form.method,
    };
    let order = requests::elevate(&desk, &visitor, &id, asked).await?;
    Ok(back(&id, &order))
}

fn minutes(text: Option<String>) -> Result<Option<u32>, Failure> {
    let wrong = |_| Failure::Invalid("The minutes are a whole number.".to_owned());
    filled(text)
        .map(|text| text.parse().map_err(wrong))
        .transpose()
}

/// Takes a device out, because it was lost or is no longer used.
pub(crate) async fn remove(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(id): Path<String>,
) -> Result<Redirect, Failure> {
    let removed = desk.store.write(move |unit| {
        let Some(device) = devices::find(unit, &id, &visitor.reach())? else {
            return Ok(None);
        };
        let (now, actor) = (clock::now(), visitor.actor());
        let ending = Ending {
            outcome: "removed",
            at: now,
            actor: &actor,
        };
        endings::end(unit, &device, &ending)?;
        devices::remove(unit, &id, now)?;
        let mut entry = deed(&actor, "device.removed", &id);
        entry.fields.insert("name".into(), device.about.name.into());
        audit::append(unit, &entry)?;
        unit.tell(Change::Device(id));
        Ok(Some(()))
    });
    removed.await?.ok_or(Failure::NotFound)?;
    Ok(Redirect::to("/devices"))
}

fn back(device: &str, order: &str) -> Redirect {
    Redirect::to(&format!("/devices/{device}?order={order}"))
}
