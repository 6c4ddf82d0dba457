use std::ops::Range;
use std::sync::Arc;

use crate::resolve::same;
use crate::syntax::{Kind as Written, Node};
use crate::{Place, Problem, Source, Subject, schema};

/// On which devices a layer counts.
///
/// `only-on`: at least one condition of each kind that is named must hold. `ignore-on`: none
/// may hold. A fact that nobody knows filters nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filters {
    only_on: Vec<Condition>,
    ignore_on: Vec<Condition>,
    /// What is strange about them, and refuses nothing.
    pub(crate) findings: Vec<Problem>,
}

/// Something that a device is or is not.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Vdi,
    HybridJoined,
    PrivateDevice,
    Os(String),
    DeviceGroup(String),
}

/// The systems that devices have.
const SYSTEMS: [&str; 3] = ["linux", "windows", "macos"];

const KINDS: &str = "vdi, hybrid-joined, private-device, os:NAME, device-group:NAME";

impl Condition {
    fn parse(kind: &str, name: Option<&str>) -> Option<Self> {
        let name = name.map(str::trim).filter(|name| !name.is_empty());
        match (kind.trim().to_ascii_lowercase().as_str(), name) {
            ("vdi", None) => Some(Self::Vdi),
            ("hybrid-joined", None) => Some(Self::HybridJoined),
            ("private-device", None) => Some(Self::PrivateDevice),
            ("os", Some(name)) => Some(Self::Os(name.to_lowercase())),
            ("device-group", Some(name)) => Some(Self::DeviceGroup(name.to_lowercase())),
            _ => None,
        }
    }

    /// Whether it holds; none where that is not known.
    fn holds(&self, subject: &Subject) -> Option<bool> {
        match self {
            Self::Vdi => subject.vdi,
            Self::HybridJoined => subject.hybrid_joined,
            Self::PrivateDevice => subject.private_device,
            Self::Os(name) => subject.platform.as_ref().map(|own| same(own, name)),
            Self::DeviceGroup(name) => {
                let groups = subject.device_groups.as_ref()?;
                Some(groups.iter().any(|group| same(group, name)))
            }
        }
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Vdi => f.write_str("vdi"),
            Self::HybridJoined => f.write_str("hybrid-joined"),
            Self::PrivateDevice => f.write_str("private-device"),
            Self::Os(name) => write!(f, "os:{name}"),
            Self::DeviceGroup(name) => write!(f, "device-group:{name}"),
        }
    }
}

impl Filters {
    /// Reads `{"only-on": [...], "ignore-on": [...]}`. Conditions are texts, `"vdi"` or
    /// `"os:windows"`, alone or in a list, or an object such as
    /// `{"vdi": true, "os": ["windows", "macos"]}`.
    pub(super) fn read(source: &Arc<Source>, node: &Node) -> Result<Self, Vec<Problem>> {
        let mut reading = Reading {
            source,
            problems: vec![],
            findings: vec![],
        };
        let mut filters = reading.filters(node);
        let both = filters
            .only_on
            .iter()
            .find(|c| filters.ignore_on.contains(c));
        if let Some(both) = both {
            let message = format!("{both} stands in only-on and in ignore-on");
            reading.refuse(node.span.clone(), message, "keep one of them");
        }
        filters.findings = reading.findings;
        if reading.problems.is_empty() {
            Ok(filters)
        } else {
            Err(reading.problems)
        }
    }

    /// The filter that leaves `subject` out, if one does.
    pub(crate) fn leave_out(&self, subject: &Subject) -> Option<String> {
        let ignored = self
            .ignore_on
            .iter()
            .find(|c| c.holds(subject) == Some(true));
        if let Some(condition) = ignored {
            return Some(format!("ignore-on {condition}"));
        }
        let kind = |c: &Condition| std::mem::discriminant(c);
        let unmet = self.only_on.iter().find(|condition| {
            let mut alike = self.only_on.iter().filter(|c| kind(c) == kind(condition));
            alike.all(|c| c.holds(subject) == Some(false))
        });
        unmet.map(|condition| format!("only-on {condition}"))
    }
}

struct Reading<'a> {
    source: &'a Arc<Source>,
    problems: Vec<Problem>,
    findings: Vec<Problem>,
}

impl Reading<'_> {
    fn refuse(&mut self, span: Range<usize>, message: impl Into<String>, help: &str) {
        let place = Place::new(self.source, span);
        let problem = Problem::error("bad-filter", place, message).with_help(help);
        self.problems.push(problem.with_key("filters"));
    }

    fn filters(&mut self, node: &Node) -> Filters {
        let mut filters = Filters::default();
        let Written::Object(members) = &node.kind else {
            self.refuse(
                node.span.clone(),
                "filters are an object",
                "write {\"only-on\": [\"vdi\"]}",
            );
            return filters;
        };
        for member in members {
            let conditions = match member.key.to_ascii_lowercase().as_str() {
                "only-on" => &mut filters.only_on,
                "ignore-on" => &mut filters.ignore_on,
                _ => {
                    let message = format!("{} is no filter", member.key);
                    self.refuse(
                        member.key_span.clone(),
                        message,
                        "write only-on or ignore-on",
                    );
                    continue;
                }
            };
            self.conditions(&member.value, conditions);
        }
        filters
    }

    fn conditions(&mut self, node: &Node, found: &mut Vec<Condition>) {
        match &node.kind {
            Written::List(items) => {
                for item in items {
                    self.condition(item, found);
                }
            }
            Written::Object(members) => {
                for member in members {
                    self.named(&member.key, &member.value, found);
                }
            }
            _ => self.condition(node, found),
        }
    }

    fn condition(&mut self, node: &Node, found: &mut Vec<Condition>) {
        let condition = match &node.kind {
            Written::Text(text) => match text.split_once(':') {
                Some((kind, name)) => Condition::parse(kind, Some(name)),
                None => Condition::parse(text, None),
            },
            _ => None,
        };
        match condition {
            Some(condition) => self.found(condition, node, found),
            None => self.unknown(node.span.clone()),
        }
    }

    fn named(&mut self, kind: &str, node: &Node, found: &mut Vec<Condition>) {
        let items = match &node.kind {
            Written::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        for item in items {
            let condition = match &item.kind {
                Written::Bool(true) => Condition::parse(kind, None),
                Written::Text(name) => Condition::parse(kind, Some(name)),
                _ => None,
            };
            match condition {
                Some(condition) => self.found(condition, item, found),
                None => self.unknown(item.span.clone()),
            }
        }
    }

    /// A system that no device has is most likely a slip: what it restricts would hold nowhere.
    fn found(&mut self, condition: Condition, node: &Node, found: &mut Vec<Condition>) {
        if let Condition::Os(name) = &condition
            && !SYSTEMS.contains(&name.as_str())
        {
            let message = format!("no device that Deskhook knows has the system \"{name}\"");
            let help = match schema::nearest(name, SYSTEMS) {
                Some(system) => format!("did you mean os:{system}?"),
                None => format!("systems are {}", SYSTEMS.join(", ")),
            };
            let place = Place::new(self.source, node.span.clone());
            let problem = Problem::warning("unknown-system", place, message).with_help(help);
            self.findings.push(problem.with_key("filters"));
        }
        found.push(condition);
    }

    fn unknown(&mut self, span: Range<usize>) {
        let message = "this is no condition that Deskhook knows";
        self.refuse(span, message, &format!("conditions are {KINDS}"));
    }
}
