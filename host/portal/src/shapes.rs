//! What the database knows, as people and programs see it.

use deskhook_wire::{DeviceDetail, DeviceEntry, KeyEntry, OrderEntry, PersonEntry, SessionEntry};

use crate::clock::{Millis, rfc3339};
use crate::hub::Hub;
use crate::rights::{Right, Verb};
use crate::store::api_keys::ApiKey;
use crate::store::devices::Device;
use crate::store::orders::KeptOrder;
use crate::store::sessions::Past;
use crate::visitor::Visitor;

/// How a device stands, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Standing {
    Waiting,
    InSession,
    Online,
    Offline,
}

impl Standing {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::InSession => "in-session",
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }
}

/// How a device stands, and since when.
pub(crate) fn standing(device: &Device, hub: &Hub, now: Millis) -> (Standing, Option<Millis>) {
    if !hub.is_online(&device.id, now) {
        return (Standing::Offline, Some(last_seen(device, hub, now)));
    }
    let Some(session) = &device.session else {
        return (Standing::Online, None);
    };
    match session.phase.as_str() {
        "connected" => (Standing::InSession, session.connected_at),
        "waiting" | "joining" => (Standing::Waiting, session.waiting_at),
        _ => (Standing::Online, None),
    }
}

pub(crate) fn last_seen(device: &Device, hub: &Hub, now: Millis) -> Millis {
    let here = hub.last_seen(&device.id, now).unwrap_or(0);
    device.last_seen.max(here)
}

/// Who may connect sees the link, and why help is wanted.
pub(crate) fn may_connect(visitor: &Visitor) -> bool {
    visitor.may(Right::Verb(Verb::SessionConnect))
}

pub(crate) fn device_entry(
    device: &Device,
    hub: &Hub,
    visitor: &Visitor,
    now: Millis,
) -> DeviceEntry {
    let (standing, since) = standing(device, hub, now);
    let session = device.session.as_ref();
    let person = device
        .person
        .as_ref()
        .filter(|person| !person.name.is_empty());
    DeviceEntry {
        id: device.id.clone(),
        name: device.about.name.clone(),
        person: person.map(|person| PersonEntry {
            name: person.name.clone(),
            display_name: person.display_name.clone(),
            verified: device.is_verified(),
        }),
        state: standing.word().to_owned(),
        since: since.map(rfc3339),
        address: session.and_then(|session| session.address.clone()),
        client: session.and_then(|session| session.client.clone()),
        link: session
            .filter(|_| may_connect(visitor))
            .and_then(|session| session.link.clone()),
        session: session.map(|session| session.id.clone()),
        phase: session.map(|session| session.phase.clone()),
        group: device.group.clone(),
        last_seen: rfc3339(last_seen(device, hub, now)),
    }
}

pub(crate) fn device_detail(
    device: &Device,
    hub: &Hub,
    visitor: &Visitor,
    now: Millis,
) -> DeviceDetail {
    let session = device.session.as_ref();
    let told = session.filter(|_| may_connect(visitor));
    DeviceDetail {
        entry: device_entry(device, hub, visitor, now),
        os: device.about.os.clone(),
        os_version: device.about.os_version.clone(),
        agent_version: device.about.agent_version.clone(),
        policy_version: device.policy_version.clone(),
        policy: device.policy.read(),
        reason: told.and_then(|session| session.reason.clone()),
        ticket: told.and_then(|session| session.ticket.clone()),
        checks: session
            .map(|session| session.checks.clone())
            .unwrap_or_default(),
        facts: device.facts.read(),
        fields: session
            .map(|session| session.fields.clone())
            .unwrap_or_default(),
        extensions: device.extensions.read(),
        elevation: device.elevation.read(),
    }
}

pub(crate) fn session_entry(past: &Past) -> SessionEntry {
    let session = past.session.clone();
    SessionEntry {
        number: session.number,
        id: session.id,
        device: session.device,
        device_name: past.device_name.clone(),
        person: session.person,
        supporter: session.supporter,
        phase: session.phase,
        client: session.client,
        address: session.address,
        reason: session.reason,
        ticket: session.ticket,
        started: rfc3339(session.started_at),
        ended: session.ended_at.map(rfc3339),
        outcome: session.outcome,
        reasons: session.reasons,
    }
}

/// An order; `link` is the session's, for who may connect.
pub(crate) fn order_entry(order: &KeptOrder, link: Option<String>, now: Millis) -> OrderEntry {
    let state = order.state(now);
    OrderEntry {
        id: order.id.clone(),
        kind: order.kind_name().to_owned(),
        device: order.device.clone(),
        session: order.session.clone(),
        supporter: order.supporter.clone(),
        state: state.to_owned(),
        reasons: order.reasons.clone(),
        code: order.code,
        link: link.filter(|_| state == "joined"),
        created: rfc3339(order.created_at),
        expires: rfc3339(order.expires_at),
    }
}

pub(crate) fn key_entry(key: &ApiKey) -> KeyEntry {
    KeyEntry {
        id: key.id,
        name: key.name.clone(),
        scopes: key.scopes.iter().map(ToString::to_string).collect(),
        created: rfc3339(key.created_at),
        expires: rfc3339(key.expires_at),
        used: key.used_at.map(rfc3339),
    }
}
