//! What a device's reports change: the one place where sessions move on.

use std::collections::BTreeMap;

use deskhook_wire::{AskOutcomeShape, Report};
use serde_json::Value;

use crate::clock::{self, Millis};
use crate::desk::{deed, deed_at};
use crate::hostile;
use crate::store::devices::StateReport;
use crate::store::orders::{Ending, KeptOrder};
use crate::store::sessions::{self, Session};
use crate::store::{StoreError, Unit, audit, devices, orders};

/// Phases that a device may report.
const PHASES: &[&str] = &[
    "checking",
    "launching",
    "reporting",
    "waiting",
    "joining",
    "connected",
];

/// Who told it and when, and which links are allowed.
pub(crate) struct Told<'a> {
    pub(crate) device: &'a str,
    pub(crate) at: Millis,
    pub(crate) schemes: &'a [String],
}

/// Applies one report. What cannot be believed of it is left out; what is left stands.
pub(crate) fn apply(
    unit: &mut Unit<'_>,
    told: &Told<'_>,
    report: &Report,
) -> Result<(), StoreError> {
    match report {
        Report::Address { session, .. } | Report::Phase { session, .. } => {
            let Some(mut session) = going_on(unit, told, session)? else {
                return Ok(());
            };
            let before = session.phase.clone();
            let note = amend(&mut session, told, report);
            attribute(unit, &mut session)?;
            sessions::save(unit, &session)?;
            record_progress(unit, told, &session, (&before, note))
        }
        Report::Ended {
            session,
            outcome,
            reasons,
            ..
        } => {
            let Some(session) = going_on(unit, told, session)? else {
                return Ok(());
            };
            let ended = Session {
                outcome: Some(hostile::name(outcome)),
                reasons: hostile::reasons(reasons),
                ..session
            };
            end(unit, told, ended)
        }
        Report::Reply { order, outcome } => reply(unit, told, order, outcome),
        Report::State { .. } => set_state(unit, told, report),
    }
}

/// The session that a report is about; none where it is over. A device has one session at a
/// time: a new one ends what the device never told the end of.
fn going_on(unit: &mut Unit<'_>, told: &Told<'_>, id: &str) -> Result<Option<Session>, StoreError> {
    let known = sessions::by_name(unit, told.device, id)?;
    let device = devices::find(unit, told.device, &devices::Reach::All)?;
    if let Some(session) = known {
        let other = device.and_then(|device| device.session);
        return take_up(unit, session, other);
    }
    let person = device
        .as_ref()
        .and_then(|device| device.person_name().map(str::to_owned));
    if let Some(old) = device.and_then(|device| device.session) {
        let lost = Session {
            outcome: Some("lost".to_owned()),
            ..old
        };
        end(unit, told, lost)?;
    }
    let mut session = sessions::begin(unit, (told.device, id), person.as_deref(), told.at)?;
    devices::set_session(unit, told.device, Some(session.number))?;
    // In no phase yet: the report that began it brings the first.
    session.phase.clear();
    Ok(Some(session))
}

/// A session that the device still speaks of. One that was given up as lost goes on, unless
/// another has begun meanwhile; any other end is one.
fn take_up(
    unit: &mut Unit<'_>,
    session: Session,
    other: Option<Session>,
) -> Result<Option<Session>, StoreError> {
    if session.ended_at.is_none() {
        return Ok(Some(session));
    }
    if session.outcome.as_deref() != Some("lost") || other.is_some() {
        return Ok(None);
    }
    devices::set_session(unit, &session.device, Some(session.number))?;
    let mut entry = deed("portal", "session.resumed", &session.device);
    entry.session = Some(session.id.clone());
    audit::append(unit, &entry)?;
    Ok(Some(Session {
        ended_at: None,
        outcome: None,
        ..session
    }))
}

/// What the record says beside the phase.
type Note = BTreeMap<String, Value>;

fn amend(session: &mut Session, told: &Told<'_>, report: &Report) -> Note {
    let mut note = Note::new();
    match report {
        Report::Address {
            client,
            address,
            link,
            fields,
            ..
        } => {
            session.client = Some(hostile::name(client));
            session.address = Some(address.as_str().to_owned());
            let judged = hostile::link(link, address.as_str(), told.schemes);
            session.link_refused = judged.as_ref().err().cloned();
            session.link = judged.ok();
            session.fields = hostile::facts(fields);
            note.insert("address".into(), address.as_str().into());
            if session.link.is_none() {
                note.insert("link_refused".into(), hostile::line(link, 128).into());
            }
        }
        Report::Phase {
            phase,
            reason,
            ticket,
            supporter,
            checks,
            ..
        } => {
            if PHASES.contains(&phase.as_str()) && *phase != session.phase {
                session.phase.clone_from(phase);
                session.phase_at = told.at;
            }
            if reason.is_some() {
                session.reason = hostile::some_sentence(reason.as_deref());
            }
            if ticket.is_some() {
                session.ticket = hostile::some_sentence(ticket.as_deref());
            }
            if let Some(supporter) = supporter {
                session.claimed = Some(hostile::name(&supporter.name));
            }
            if !checks.is_empty() {
                session.checks = hostile::checks(checks);
            }
        }
        _ => {}
    }
    if session.phase.is_empty() {
        "reporting".clone_into(&mut session.phase);
    }
    if session.phase == "waiting" {
        session.waiting_at.get_or_insert(told.at);
    }
    if session.phase == "connected" {
        session.connected_at.get_or_insert(told.at);
    }
    note
}

/// Keeps apart which supporter this portal knows of and whom the device alone names: else a device
/// could put anybody on the record. Known is who was let in by an answered request in this session,
/// and while one is open, who is asking.
fn attribute(unit: &Unit<'_>, session: &mut Session) -> Result<(), StoreError> {
    let named = session.claimed.take().or_else(|| session.supporter.take());
    session.supporter = orders::last_joined(unit, &session.device, &session.id)?;
    let Some(named) = named.filter(|named| session.supporter.as_ref() != Some(named)) else {
        return Ok(());
    };
    let asks = is_asking(unit, session, &named)?;
    match session.phase.as_str() {
        "joining" if asks => session.supporter = Some(named),
        // An agent says so just before it answers, and its answer will name them.
        "connected" if asks => {}
        "joining" | "connected" => session.claimed = Some(named),
        _ => {}
    }
    Ok(())
}

fn is_asking(unit: &Unit<'_>, session: &Session, supporter: &str) -> Result<bool, StoreError> {
    let now = clock::now();
    let orders = orders::of_session(unit, &session.device, &session.id)?;
    let mut joins = orders.iter().filter(|order| order.kind_name() == "join");
    Ok(joins.any(|order| order.is_open(now) && order.supporter == supporter))
}

fn record_progress(
    unit: &Unit<'_>,
    told: &Told<'_>,
    session: &Session,
    (before, mut note): (&str, Note),
) -> Result<(), StoreError> {
    let action = match session.phase.as_str() {
        _ if note.contains_key("address") => "address.reported",
        phase if phase == before => return Ok(()),
        _ if before.is_empty() => "session.requested",
        "connected" => "session.connected",
        "waiting" => "session.waiting",
        "joining" => "session.joining",
        _ => return Ok(()),
    };
    for (name, value) in [
        ("client", &session.client),
        ("reason", &session.reason),
        ("ticket", &session.ticket),
        ("supporter", &session.supporter),
        ("supporter_named_by_device", &session.claimed),
    ] {
        if let Some(value) = value {
            note.insert(name.to_owned(), value.as_str().into());
        }
    }
    write(unit, told, (action, Some(&session.id)), note)
}

fn write(
    unit: &Unit<'_>,
    told: &Told<'_>,
    (action, session): (&str, Option<&str>),
    mut fields: Note,
) -> Result<(), StoreError> {
    let now = clock::now();
    let mut entry = deed_at(now, &format!("device:{}", told.device), action, told.device);
    if now - told.at > clock::MINUTE {
        fields.insert("happened".into(), clock::rfc3339(told.at).into());
    }
    entry.session = session.map(str::to_owned);
    entry.fields = fields;
    audit::append(unit, &entry)
}

fn end(unit: &mut Unit<'_>, told: &Told<'_>, mut session: Session) -> Result<(), StoreError> {
    // A device answers before it tells of the end: what is open now, nobody answers any more.
    orders::end_open(unit, told.device, told.at)?;
    session.ended_at = Some(told.at);
    session.supporter = orders::last_joined(unit, told.device, &session.id)?;
    sessions::save(unit, &session)?;
    devices::set_session(unit, told.device, None)?;
    let mut note = Note::new();
    let outcome = session.outcome.as_deref().unwrap_or_default();
    note.insert("outcome".into(), outcome.into());
    let reasons: Vec<String> = session
        .reasons
        .iter()
        .map(|reason| reason.message.clone())
        .collect();
    if !reasons.is_empty() {
        note.insert("reasons".into(), reasons.into());
    }
    write(unit, told, ("session.ended", Some(&session.id)), note)
}

fn reply(
    unit: &mut Unit<'_>,
    told: &Told<'_>,
    order: &str,
    outcome: &AskOutcomeShape,
) -> Result<(), StoreError> {
    let (word, code, reasons) = match outcome {
        AskOutcomeShape::Joined => ("joined", None, vec![]),
        AskOutcomeShape::Refused { reasons } => ("refused", None, hostile::reasons(reasons)),
        AskOutcomeShape::Disconnected => ("disconnected", None, vec![]),
        AskOutcomeShape::Elevation {
            result,
            code,
            reasons,
        } => (elevation_word(result), *code, hostile::reasons(reasons)),
    };
    let ending = Ending {
        outcome: word,
        code,
        reasons: &reasons,
        at: told.at,
    };
    let Some(kept) = orders::end(unit, (told.device, order), &ending)? else {
        return Ok(());
    };
    if word == "joined" {
        let_in(unit, &kept)?;
    }
    let mut note = Note::new();
    note.insert("order".into(), order.into());
    note.insert("supporter".into(), kept.supporter.as_str().into());
    if let Some(code) = code {
        note.insert("code".into(), code.into());
    }
    let told_reasons: Vec<&str> = reasons
        .iter()
        .map(|reason| reason.message.as_str())
        .collect();
    if !told_reasons.is_empty() {
        note.insert("reasons".into(), told_reasons.into());
    }
    let action = format!("{}.{word}", kept.kind_name());
    write(unit, told, (&action, Some(&kept.session)), note)
}

/// Notes who was let in; the device may have said it before it answered.
fn let_in(unit: &Unit<'_>, join: &KeptOrder) -> Result<(), StoreError> {
    let Some(mut session) = sessions::by_name(unit, &join.device, &join.session)? else {
        return Ok(());
    };
    session.supporter = orders::last_joined(unit, &join.device, &join.session)?;
    session.claimed = session.claimed.filter(|named| *named != join.supporter);
    sessions::save(unit, &session)
}

fn elevation_word(result: &str) -> &'static str {
    let words = ["granted", "denied", "expired"];
    words
        .into_iter()
        .find(|word| *word == result)
        .unwrap_or("failed")
}

fn set_state(unit: &mut Unit<'_>, told: &Told<'_>, report: &Report) -> Result<(), StoreError> {
    let Report::State {
        device,
        person,
        policy_version,
        facts,
        extensions,
        policy,
        elevation,
    } = report
    else {
        return Ok(());
    };
    let person = person.as_ref().map(hostile::person);
    let state = StateReport {
        at: told.at,
        about: &hostile::about(device),
        person: person.as_ref(),
        policy_version: &hostile::name(policy_version),
        facts: &hostile::facts(facts),
        extensions: &hostile::extensions(extensions),
        policy: &hostile::policy(policy),
        elevation: &hostile::elevation(elevation),
    };
    devices::set_state(unit, told.device, &state)
}
