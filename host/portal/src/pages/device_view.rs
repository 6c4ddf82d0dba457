use std::collections::BTreeMap;

use deskhook_policy::{ElevationMethod, built_in_checks};
use deskhook_wire::{CheckShape, ElevationOffer, ExtensionHealth, PolicyEntry};
use serde_json::Value;

use crate::clock::Millis;
use crate::desk::Desk;
use crate::pages::audit::Line;
use crate::pages::request_view::RequestView;
use crate::pages::row::{Row, os_title};
use crate::pages::sessions::SessionRow;
use crate::pages::{Moment, fact};
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
    pub(crate) no_elevation: Option<String>,
    pub(crate) requests: Vec<RequestView>,
    pub(crate) checks: Vec<Check>,
    pub(crate) about: Vec<(&'static str, String)>,
    pub(crate) facts: Vec<(String, String)>,
    /// When the device said so.
    pub(crate) as_of: Option<Moment>,
    pub(crate) policy: Vec<PolicyEntry>,
    pub(crate) extensions: Vec<ExtensionHealth>,
    pub(crate) elevation: ElevationOffer,
    pub(crate) sessions: Option<Vec<SessionRow>>,
    pub(crate) record: Option<Vec<Line>>,
    pub(crate) enrolled: Moment,
}

/// One voice of the checks.
pub(crate) struct Check {
    pub(crate) by: String,
    pub(crate) word: &'static str,
    /// `allow`, `deny`, `ask`, `none`.
    pub(crate) tone: &'static str,
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
        let requests = known.orders.iter();
        let requests = requests.map(|order| RequestView::of(order, &row, (session, visitor), now));
        let elevation: ElevationOffer = device.elevation.read();
        let no_elevation = no_elevation(phase, &elevation);
        Self {
            reason: told.and_then(|session| session.reason.clone()),
            ticket: told.and_then(|session| session.ticket.clone()),
            can_connect: may(Verb::SessionConnect) && phase == "waiting" && !is_asking,
            can_disconnect: may(Verb::SessionDisconnect) && session.is_some(),
            can_elevate: may(Verb::ElevationRequest) && no_elevation.is_none(),
            can_remove: visitor.may(Right::edit(Section::Clients)),
            no_elevation: no_elevation.filter(|_| may(Verb::ElevationRequest)),
            requests: requests.collect(),
            checks: session
                .map(|s| s.checks.iter().map(Check::of).collect())
                .unwrap_or_default(),
            about: about(&device),
            facts: facts(&device),
            as_of: device.state_at.map(|at| Moment::of(at, now)),
            policy: device.policy.read(),
            extensions: device.extensions.read(),
            elevation,
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

impl DeviceView {
    /// The minutes that the form begins with.
    pub(crate) fn usual_minutes(&self) -> u32 {
        self.elevation.minutes.clamp(1, 15)
    }

    /// The ways to elevated rights: value and words.
    pub(crate) fn methods(&self) -> Vec<(&'static str, &'static str)> {
        let words = |method: &ElevationMethod| match method {
            ElevationMethod::LocalApproval => (
                "local-approval",
                "The system asks for approval at the device",
            ),
            ElevationMethod::BrokeredAction => (
                "brokered-action",
                "The device runs it by its administrator's rule",
            ),
            ElevationMethod::TransmittedCredentials => {
                ("transmitted-credentials", "With credentials of yours")
            }
        };
        self.elevation.methods.iter().map(words).collect()
    }
}

/// Why elevated rights cannot be asked for just now.
fn no_elevation(phase: &str, offer: &ElevationOffer) -> Option<String> {
    if offer.programs.is_empty() || offer.methods.is_empty() {
        Some("This device's policy allows no program to be run with elevated rights.".to_owned())
    } else if let Some(obstacle) = &offer.obstacle {
        Some(obstacle.clone())
    } else if phase != "connected" {
        Some("Elevated rights can be asked for while a supporter is connected.".to_owned())
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
    all.map(|(name, value)| fact::told(name, value)).collect()
}

impl Check {
    pub(crate) fn of(check: &CheckShape) -> Self {
        let message = check.message.clone().unwrap_or_default();
        // A built-in check never allows: where it says nothing it found nothing wrong, and what
        // it notes is a warning.
        let built_in = built_in_checks().contains(&check.by);
        let (word, tone) = match check.verdict.as_str() {
            "allow" => ("Passed", "allow"),
            "deny" => ("Denied", "deny"),
            "ask" => ("Asked", "ask"),
            _ if built_in && message.is_empty() => ("OK", "allow"),
            _ if built_in => ("Warning", "ask"),
            _ => ("No opinion", "none"),
        };
        let took = match check.micros {
            0 => String::new(),
            micros if micros < 1_000 => format!("{micros} µs"),
            micros if micros < 1_000_000 => format!("{} ms", micros / 1_000),
            micros => format!("{:.1} s", micros as f64 / 1e6),
        };
        Self {
            by: check.by.clone(),
            word,
            tone,
            message,
            took,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_built_in_check_that_found_nothing_wrong_is_no_lack_of_opinion() {
        let word = |by: &str, verdict: &str, message: Option<&str>| {
            let check = CheckShape {
                by: by.to_owned(),
                verdict: verdict.to_owned(),
                message: message.map(str::to_owned),
                ..CheckShape::default()
            };
            Check::of(&check).word
        };
        assert_eq!(word("firewall", "abstain", None), "OK");
        assert_eq!(word("power", "abstain", Some("On battery.")), "Warning");
        assert_eq!(word("business-hours", "abstain", None), "No opinion");
        assert_eq!(word("business-hours", "allow", None), "Passed");
        assert_eq!(word("firewall", "deny", Some("It is off.")), "Denied");
    }
}
