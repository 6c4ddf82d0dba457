use std::sync::Arc;

use askama::Template;
use axum::Extension;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use deskhook_wire::ReasonShape;
use serde::Deserialize;

use crate::clock::{self, Millis, SECOND};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::hub::Hub;
use crate::pages::audit::Line;
use crate::pages::device_view::Check;
use crate::pages::request_view::told;
use crate::pages::row::{client_title, grouped};
use crate::pages::{Frame, Moment, Page, show};
use crate::store::sessions::{Past, Session};
use crate::store::{audit, sessions};
use crate::visitor::Visitor;

/// Rows of one page.
const ROWS: u32 = 100;

/// A session in a table.
pub(crate) struct SessionRow {
    pub(crate) number: i64,
    pub(crate) device_id: String,
    pub(crate) device: String,
    pub(crate) person: String,
    pub(crate) supporter: String,
    pub(crate) client: String,
    pub(crate) address: String,
    pub(crate) reason: String,
    pub(crate) ticket: String,
    pub(crate) started: Moment,
    pub(crate) lasted: String,
    /// How it ended, or how it stands.
    pub(crate) outcome: String,
    /// Since when the device is away, while the session goes on as far as anybody knows.
    pub(crate) away: Option<Moment>,
    /// `ok`, `bad`, `quiet`, `busy`.
    pub(crate) tone: &'static str,
    pub(crate) reasons: Vec<ReasonShape>,
}

impl SessionRow {
    pub(crate) fn of(past: &Past, hub: &Hub, now: Millis) -> Self {
        let session = &past.session;
        let away =
            (session.ended_at.is_none() && !hub.is_online(&session.device, now)).then(|| {
                past.device_seen
                    .max(hub.last_seen(&session.device, now).unwrap_or(0))
            });
        let (outcome, tone) = match (session.outcome.as_deref(), away) {
            (Some(outcome), _) => outcome_words(outcome),
            (None, Some(_)) => ("Device offline", "quiet"),
            (None, None) => phase_words(&session.phase),
        };
        // What is not heard of is not told on.
        let until = session.ended_at.or(away).unwrap_or(now);
        let lasted = session.connected_at.map(|from| lasted(until - from));
        Self {
            number: session.number,
            device_id: session.device.clone(),
            device: past.device_name.clone(),
            person: session.person.clone().unwrap_or_default(),
            supporter: supporter(session).unwrap_or_default(),
            client: session
                .client
                .as_deref()
                .map(client_title)
                .unwrap_or_default(),
            address: session.address.as_deref().map(grouped).unwrap_or_default(),
            reason: session.reason.clone().unwrap_or_default(),
            ticket: session.ticket.clone().unwrap_or_default(),
            started: Moment::of(session.started_at, now),
            lasted: lasted.unwrap_or_default(),
            outcome: outcome.to_owned(),
            away: away.map(|since| Moment::of(since, now)),
            tone,
            reasons: told(&session.reasons),
        }
    }
}

/// Who helped; where only the device names somebody, that it is the device's word.
fn supporter(session: &Session) -> Option<String> {
    let claimed = session.claimed.as_ref();
    let claimed = claimed.map(|name| format!("The device says: {name}"));
    session.supporter.clone().or(claimed)
}

/// `4:05`, `1:02:09`: aligned in a column.
fn lasted(length: Millis) -> String {
    let seconds = (length / SECOND).max(0);
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

fn outcome_words(outcome: &str) -> (&str, &'static str) {
    match outcome {
        "disconnected" => ("Ended by the supporter", "ok"),
        "stopped" => ("Stopped by the person", "ok"),
        "client-exited" => ("Client closed", "ok"),
        "time-limit" => ("Time was up", "quiet"),
        "policy" => ("Ended by policy", "quiet"),
        "agent-stopped" => ("Agent stopped", "quiet"),
        "lost" => ("Lost", "quiet"),
        "removed" => ("Device removed", "quiet"),
        "denied" => ("Denied by a check", "bad"),
        "failed" => ("Failed", "bad"),
        other => (other, "quiet"),
    }
}

fn phase_words(phase: &str) -> (&str, &'static str) {
    match phase {
        "checking" => ("Checks run", "busy"),
        "launching" => ("Client starts", "busy"),
        "reporting" => ("Address is reported", "busy"),
        "waiting" => ("Waiting for help", "busy"),
        "joining" => ("Person is asked", "busy"),
        "connected" => ("In session", "ok"),
        other => (other, "busy"),
    }
}

#[derive(Template)]
#[template(path = "sessions.html")]
struct Sessions {
    frame: Frame,
    rows: Vec<SessionRow>,
    older: Option<i64>,
}

/// Where the page begins.
#[derive(Debug, Deserialize)]
pub(crate) struct Part {
    before: Option<i64>,
}

/// The history, newest first.
pub(crate) async fn page(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Query(part): Query<Part>,
    headers: HeaderMap,
) -> Page {
    let before = part.before.unwrap_or(i64::MAX);
    let found = desk
        .store
        .read(move |connection| sessions::newest(connection, None, before, ROWS));
    let (found, now) = (found.await?, clock::now());
    let full = found.len() == ROWS as usize;
    show(&Sessions {
        frame: Frame::of(&desk, &visitor, &headers, "/sessions").await?,
        older: found
            .last()
            .filter(|_| full)
            .map(|past| past.session.number),
        rows: found
            .iter()
            .map(|past| SessionRow::of(past, &desk.hub, now))
            .collect(),
    })
}

#[derive(Template)]
#[template(path = "session.html")]
struct One {
    frame: Frame,
    row: SessionRow,
    checks: Vec<Check>,
    record: Vec<Line>,
}

/// One session with its checks and its part of the record.
pub(crate) async fn one(
    State(desk): State<Arc<Desk>>,
    Extension(visitor): Extension<Visitor>,
    Path(number): Path<i64>,
    headers: HeaderMap,
) -> Page {
    let found = desk.store.read(move |connection| {
        let Some(past) = sessions::newest(connection, None, number.saturating_add(1), 1)?
            .pop()
            .filter(|past| past.session.number == number)
        else {
            return Ok(None);
        };
        let about = audit::About::Session {
            device: past.session.device.clone(),
            session: past.session.id.clone(),
        };
        let record = audit::newest(connection, &about, u64::MAX, 500)?;
        Ok(Some((past, record)))
    });
    let (past, record) = found.await?.ok_or(Failure::NotFound)?;
    let now = clock::now();
    show(&One {
        frame: Frame::of(&desk, &visitor, &headers, "/sessions").await?,
        row: SessionRow::of(&past, &desk.hub, now),
        checks: past.session.checks.iter().map(Check::of).collect(),
        record: Line::all(&record, now).into_iter().rev().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::MINUTE;

    #[test]
    fn a_session_counts_no_time_while_its_device_is_not_heard_of() {
        let past = Past {
            session: Session {
                device: "d-1".into(),
                phase: "connected".into(),
                connected_at: Some(0),
                ..Session::default()
            },
            device_name: "jo-laptop".into(),
            device_seen: 2 * MINUTE,
        };
        let hub = Hub::new();
        let row = SessionRow::of(&past, &hub, 60 * MINUTE);
        assert_eq!(
            (row.outcome.as_str(), row.lasted.as_str()),
            ("Device offline", "2:00")
        );
        assert!(row.away.is_some());
        hub.seen("d-1", 60 * MINUTE);
        let row = SessionRow::of(&past, &hub, 60 * MINUTE);
        assert_eq!(
            (row.outcome.as_str(), row.lasted.as_str()),
            ("In session", "1:00:00")
        );
    }
}
