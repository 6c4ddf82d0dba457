use askama::Template;

use crate::clock::Millis;
use crate::desk::Desk;
use crate::pages::{Moment, assets};
use crate::shapes::{self, Standing};
use crate::store::devices::Device;
use crate::visitor::Visitor;

/// A device in the list.
#[derive(Template)]
#[template(path = "parts/row.html")]
pub(crate) struct Row {
    pub(crate) id: String,
    /// Sorts the list: the most urgent first.
    pub(crate) key: String,
    pub(crate) standing: Standing,
    pub(crate) person: Option<String>,
    pub(crate) verified: bool,
    pub(crate) device: String,
    pub(crate) os: String,
    /// Beside the state: what goes on, who is in.
    pub(crate) note: String,
    pub(crate) since: Option<Moment>,
    /// Why somebody waits, and their ticket: for who may connect.
    pub(crate) reason: Option<String>,
    pub(crate) ticket: Option<String>,
    pub(crate) address: Option<(String, String)>,
    pub(crate) client: String,
    pub(crate) group: String,
    pub(crate) seen: Moment,
    pub(crate) may_connect: bool,
    pub(crate) asking: bool,
    pub(crate) form_token: String,
    pub(crate) icons: String,
}

impl Row {
    pub(crate) fn of(device: &Device, desk: &Desk, visitor: &Visitor, now: Millis) -> Self {
        let (standing, since) = shapes::standing(device, &desk.hub, now);
        let session = device.session.as_ref();
        let phase = session.map(|session| session.phase.as_str());
        let address = session.and_then(|session| session.address.as_deref());
        let may_connect = shapes::may_connect(visitor);
        let told = session.filter(|_| may_connect && standing == Standing::Waiting);
        Self {
            id: device.id.clone(),
            key: key(device, standing, since),
            standing,
            person: device
                .person_name()
                .filter(|name| !name.is_empty())
                .map(str::to_owned),
            verified: device.is_verified(),
            device: device.about.name.clone(),
            os: os_title(&device.about.os).to_owned(),
            note: note(device, standing),
            since: since.map(|since| Moment::of(since, now)),
            reason: told.and_then(|session| session.reason.clone()),
            ticket: told.and_then(|session| session.ticket.clone()),
            address: address.map(|address| (grouped(address), address.to_owned())),
            client: session
                .and_then(|s| s.client.as_deref())
                .map(client_title)
                .unwrap_or_default(),
            group: device.group.clone().unwrap_or_default(),
            seen: Moment::of(shapes::last_seen(device, &desk.hub, now), now),
            may_connect,
            asking: phase == Some("joining"),
            form_token: visitor.form_token().to_owned(),
            icons: assets::path("icons.svg"),
        }
    }
}

/// Whether what somebody types into the finder is in a device's row.
pub(crate) fn has(device: &Device, wanted: &str) -> bool {
    let wanted = wanted.to_lowercase();
    let session = device.session.as_ref();
    let address = session.and_then(|session| session.address.as_deref());
    let texts = [
        Some(device.about.name.as_str()),
        device.group.as_deref(),
        device.person.as_ref().map(|person| person.name.as_str()),
        device.person_name(),
        session.and_then(|session| session.client.as_deref()),
        address,
    ];
    let plain: String = wanted.split_whitespace().collect();
    let is_number = plain.bytes().all(|byte| byte.is_ascii_digit());
    let stands = |word: &str| {
        let mut texts = texts.iter().flatten();
        texts.any(|text| text.to_lowercase().contains(word))
    };
    wanted.split_whitespace().all(stands)
        || (is_number && address.is_some_and(|address| address.contains(&plain)))
}

/// Sorts the list: who waits longest first, then by name.
pub(crate) fn key(device: &Device, standing: Standing, since: Option<Millis>) -> String {
    let name = device.about.name.to_lowercase();
    match standing {
        Standing::Waiting | Standing::InSession => {
            format!("{}{:015}{name}", standing as u8, since.unwrap_or(0))
        }
        Standing::Online | Standing::Offline => format!("{}{name}", standing as u8),
    }
}

fn note(device: &Device, standing: Standing) -> String {
    let Some(session) = &device.session else {
        return String::new();
    };
    let claimed = session.claimed.as_deref();
    let claimed = claimed.map(|name| format!("the device says: {name}"));
    let supporter = session.supporter.as_deref();
    match (standing, session.phase.as_str()) {
        (Standing::InSession, _) => supporter
            .map(|name| format!("with {name}"))
            .or(claimed)
            .unwrap_or_default(),
        (Standing::Waiting, "joining") => supporter
            .map(|name| format!("{name} is asking"))
            .or(claimed)
            .unwrap_or_else(|| "is being asked".to_owned()),
        (Standing::Online, "checking") => "checks run".to_owned(),
        (Standing::Online, _) => "starting a session".to_owned(),
        _ => String::new(),
    }
}

/// An address as people read it.
pub(crate) fn grouped(address: &str) -> String {
    match deskhook_policy::Address::parse(address) {
        Ok(address) => address.grouped(),
        Err(_) => address.to_owned(),
    }
}

/// A client's name as people write it.
pub(crate) fn client_title(name: &str) -> String {
    match name {
        "anydesk" => "AnyDesk".to_owned(),
        "rustdesk" => "RustDesk".to_owned(),
        "vnc" => "VNC".to_owned(),
        other => other.to_owned(),
    }
}

/// An operating system's name as people write it.
pub(crate) fn os_title(name: &str) -> &str {
    match name {
        "linux" => "Linux",
        "windows" => "Windows",
        "macos" => "macOS",
        other => other,
    }
}
