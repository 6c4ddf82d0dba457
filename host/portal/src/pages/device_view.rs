use std::collections::BTreeMap;

use deskhook_wire::{CheckShape, ExtensionHealth};
use serde_json::Value;

use crate::clock::Millis;
use crate::desk::Desk;
use crate::pages::Moment;
use crate::pages::audit::Line;
use crate::pages::request_view::RequestView;
use crate::pages::row::{Row, os_title};
use crate::pages::sessions::SessionRow;
use crate::rights::{Right, Section, Verb};
use crate::store::audit;
use crate::store::devices::Device;
use crate::store::orders::KeptOrder;
use crate::store::sessions::Past;
use crate::visitor::Visitor;

/// What the database knows for a device's page.
pub(crate) struct Known {
    pub(crate) device: Device,
    pub(crate) orders: Vec<KeptOrder>,
    pub(crate) sessions: Option<Vec<Past>>,
    pub(crate) record: Option<audit::Part>,
}

/// A device's page.
pub(crate) struct DeviceView {
    /// As in the list.
    pub(crate) row: Row,
    pub(crate) reason: Option<String>,
    pub(crate) ticket: Option<String>,
    pub(crate) can_connect: bool,
    pub(crate) can_disconnect: bool,
    pub(crate) can_elevate: bool,
    pub(crate) can_remove: bool,
    /// Why elevated rights cannot be asked for just now; none where the role may not at all.
    pub(crate) no_elevation: Option<&'static str>,
    pub(crate) requests: Vec<RequestView>,
    pub(crate) checks: Vec<Check>,
    pub(crate) about: Vec<(&'static str, String)>,
    pub(crate) facts: Vec<(String, String)>,
    /// When the device said so.
    pub(crate) as_of: Option<Moment>,
    pub(crate) extensions: Vec<ExtensionHealth>,
    pub(crate) programs: Vec<String>,
    pub(crate) sessions: Option<Vec<SessionRow>>,
    pub(crate) record: Option<Vec<Line>>,
    pub(crate) enrolled: Moment,
}

/// One voice of the checks.
pub(crate) struct Check {
    pub(crate) by: String,
    pub(crate) verdict: String,
    pub(crate) word: &'static str,
    pub(crate) message: String,
    pub(crate) took: String,
}

impl DeviceView {
    pub(crate) fn of(known: Known, desk: &Desk, visitor: &Visitor, now: Millis) -> Self {
        let device = known.device;
        let row = Row::of(&device, desk, visitor, now);
        let session = device.session.as_ref();
        let phase = session.map_or("", |session| session.phase.as_str());
        let may = |verb| visitor.may(Right::Verb(verb));
        let told = session.filter(|_| may(Verb::SessionConnect));
        let is_asking = known
            .orders
            .iter()
            .any(|o| o.kind_name() == "join" && o.is_open(now));
        let reachable = matches!(phase, "waiting" | "joining" | "connected");
        let requests = known.orders.iter();
        let requests = requests.map(|order| RequestView::of(order, &row, (session, visitor), now));
        let programs: Vec<String> = device.elevation_programs.read();
        Self {
            reason: told.and_then(|session| session.reason.clone()),
            ticket: told.and_then(|session| session.ticket.clone()),
            can_connect: may(Verb::SessionConnect) && phase == "waiting" && !is_asking,
            can_disconnect: may(Verb::SessionDisconnect) && session.is_some(),
            can_elevate: may(Verb::ElevationRequest) && reachable && !programs.is_empty(),
            can_remove: visitor.may(Right::edit(Section::Clients)),
            no_elevation: may(Verb::ElevationRequest)
                .then(|| no_elevation(phase, &programs))
                .flatten(),
            requests: requests.collect(),
            checks: session
                .map(|s| s.checks.iter().map(Check::of).collect())
                .unwrap_or_default(),
            about: about(&device),
            facts: facts(&device),
            as_of: device.state_at.map(|at| Moment::of(at, now)),
            extensions: device.extensions.read(),
            programs,
            sessions: known.sessions.map(|list| {
                list.iter()
                    .map(|s| SessionRow::of(s, &desk.hub, now))
                    .collect()
            }),
            record: known.record.map(|part| Line::all(&part, now)),
            enrolled: Moment::of(device.enrolled_at, now),
            row,
        }
    }
}

fn no_elevation(phase: &str, programs: &[String]) -> Option<&'static str> {
    if programs.is_empty() {
        Some("This device's policy allows no program to be run with elevated rights.")
    } else if !matches!(phase, "waiting" | "joining" | "connected") {
        Some("Elevated rights can be asked for while somebody waits or is helped.")
    } else {
        None
    }
}

fn about(device: &Device) -> Vec<(&'static str, String)> {
    let about = &device.about;
    let system = format!("{} {}", os_title(&about.os), about.os_version);
    let account = device.person.as_ref().map(|person| person.name.clone());
    let rows = [
        ("Device", about.name.clone()),
        ("System", system.trim().to_owned()),
        ("Account", account.unwrap_or_default()),
        ("Group", device.group.clone().unwrap_or_default()),
        ("Agent", about.agent_version.clone()),
        ("Policy", device.policy_version.clone()),
        ("Name here", device.id.clone()),
    ];
    rows.into_iter()
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn facts(device: &Device) -> Vec<(String, String)> {
    let fields = device.session.iter().flat_map(|session| &session.fields);
    let facts: BTreeMap<String, Value> = device.facts.read();
    let all = facts.iter().chain(fields);
    all.map(|(name, value)| (readable(name), fact(value)))
        .collect()
}

/// `disk_free` and `disk-free` as words.
fn readable(name: &str) -> String {
    let words = name.replace(['_', '-', '.'], " ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => words,
    }
}

fn fact(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(fact).collect::<Vec<_>>().join(", "),
        Value::Object(map) => {
            let pairs = map
                .iter()
                .map(|(name, value)| format!("{}: {}", readable(name), fact(value)));
            pairs.collect::<Vec<_>>().join(", ")
        }
        Value::Number(number) => number.to_string(),
    }
}

impl Check {
    pub(crate) fn of(check: &CheckShape) -> Self {
        let word = match check.verdict.as_str() {
            "allow" => "Passed",
            "deny" => "Denied",
            "ask" => "Asked",
            _ => "No opinion",
        };
        let took = match check.micros {
            0 => String::new(),
            micros if micros < 1_000 => format!("{micros} µs"),
            micros if micros < 1_000_000 => format!("{} ms", micros / 1_000),
            micros => format!("{:.1} s", micros as f64 / 1e6),
        };
        Self {
            by: check.by.clone(),
            verdict: check.verdict.clone(),
            word,
            message: check.message.clone().unwrap_or_default(),
            took,
        }
    }
}
