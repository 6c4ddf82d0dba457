use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use deskhook_record::Entry;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::clock::{self, Millis};
use crate::desk::Desk;
use crate::pages::{Frame, Moment, Page, show};
use crate::rights::{Right, Verb};
use crate::store::audit;
use crate::verification::Standing;
use crate::visitor::Visitor;

/// Rows of one page.
const ROWS: u32 = 100;

/// An entry of the record in a table.
pub(crate) struct Line {
    pub(crate) number: u64,
    pub(crate) at: Moment,
    pub(crate) actor: String,
    /// Beside the actor: what they are.
    pub(crate) kind: &'static str,
    pub(crate) action: String,
    pub(crate) subject: String,
    /// The subject's id, where it is a device.
    pub(crate) device: Option<String>,
    pub(crate) details: Vec<(String, String)>,
    /// `ok`, `bad`, `quiet`.
    pub(crate) tone: &'static str,
}

impl Line {
    /// The lines of a part of the record.
    pub(crate) fn all(part: &audit::Part, now: Millis) -> Vec<Self> {
        let lines = part.entries.iter();
        lines
            .map(|(number, entry)| Self::of(*number, entry, &part.devices, now))
            .collect()
    }

    fn of(number: u64, entry: &Entry, devices: &BTreeMap<String, String>, now: Millis) -> Self {
        let at = entry
            .at
            .parse::<Timestamp>()
            .map_or(0, Timestamp::as_millisecond);
        let (kind, actor) = match entry.actor.split_once(':') {
            Some(("device", id)) => ("device", devices.get(id).map_or(id, String::as_str)),
            Some(("account", name)) => ("account", name),
            _ => ("", entry.actor.as_str()),
        };
        let details = entry.fields.iter().filter(|(_, value)| !is_empty(value));
        Self {
            number,
            at: Moment::of(at, now),
            actor: actor.to_owned(),
            kind,
            action: entry.action.clone(),
            device: devices
                .contains_key(&entry.subject)
                .then(|| entry.subject.clone()),
            subject: devices
                .get(&entry.subject)
                .unwrap_or(&entry.subject)
                .clone(),
            details: details
                .map(|(name, value)| (name.replace('_', " "), text(value)))
                .collect(),
            tone: tone(&entry.action),
        }
    }
}

fn tone(action: &str) -> &'static str {
    match action.rsplit('.').next().unwrap_or_default() {
        "refused" | "denied" | "failed" | "disabled" | "sign_in_failed" => "bad",
        "joined" | "granted" | "connected" => "ok",
        _ => "quiet",
    }
}

fn is_empty(value: &Value) -> bool {
    value.is_null() || value.as_str() == Some("") || value.as_array().is_some_and(Vec::is_empty)
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(text).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[derive(Template)]
#[template(path = "audit.html")]
struct Audit {
    frame: Frame,
    lines: Vec<Line>,
    older: Option<u64>,
    may_export: bool,
    standing: Standing,
    verified: Option<Moment>,
}

/// Where the page begins.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    before: Option<u64>,
}

/// The record, newest first, and whether it holds.
pub(crate) async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Page {
    let standing = desk.verification.advance(&desk.store).await?;
    let before = part.before.unwrap_or(u64::MAX);
    let found = desk
        .store
        .read(move |connection| audit::newest(connection, &audit::About::All, before, ROWS));
    let (found, now) = (found.await?, clock::now());
    let full = found.entries.len() == ROWS as usize;
    show(&Audit {
        frame: Frame::of(&desk, &visitor, &headers, "/audit").await?,
        older: found
            .entries
            .last()
            .filter(|_| full)
            .map(|(number, _)| *number),
        lines: Line::all(&found, now),
        may_export: visitor.may(Right::Verb(Verb::AuditExport)),
        verified: standing.begun_at.map(|at| Moment::of(at, now)),
        standing,
    })
}
