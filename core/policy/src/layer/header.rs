use std::ops::Range;
use std::sync::Arc;

use super::{Filters, Scope};
use crate::schema;
use crate::syntax::{Kind as Written, Member, Node};
use crate::{LayerName, Place, Problem, Source};

/// What stands around a layer's settings.
pub(super) struct Header<'n> {
    pub(super) name: LayerName,
    pub(super) filters: Filters,
    pub(super) settings: &'n [Member],
    pub(super) remove: Vec<(String, Range<usize>)>,
}

const KEYS: [&str; 8] = [
    "scope",
    "name",
    "priority",
    "filters",
    "settings",
    "remove",
    "description",
    "$schema",
];

impl<'n> Header<'n> {
    /// Reads the outer object of a layer file. Anything that is not understood here refuses
    /// the whole file: a misread header would give a layer to the wrong people.
    pub(super) fn read(source: &Arc<Source>, root: &'n Node) -> Result<Self, Vec<Problem>> {
        let mut reading = Reading {
            source,
            problems: vec![],
            header: Header {
                name: LayerName {
                    scope: Scope::Tenant,
                    name: String::new(),
                    priority: 0,
                    file: source.name().to_owned(),
                },
                filters: Filters::default(),
                settings: &[],
                remove: vec![],
            },
        };
        reading.root(root);
        if reading.problems.is_empty() {
            Ok(reading.header)
        } else {
            Err(reading.problems)
        }
    }
}

struct Reading<'a, 'n> {
    source: &'a Arc<Source>,
    problems: Vec<Problem>,
    header: Header<'n>,
}

impl<'n> Reading<'_, 'n> {
    fn refuse(&mut self, span: &Range<usize>, message: impl Into<String>, help: &str) {
        let place = Place::new(self.source, span.clone());
        let problem = Problem::error("layer-header", place, message).with_help(help);
        self.problems.push(problem);
    }

    fn root(&mut self, root: &'n Node) {
        let Written::Object(members) = &root.kind else {
            let message = format!("a layer file is an object, not {}", root.type_name());
            let help = "write {\"scope\": \"tenant\", \"settings\": {...}}";
            return self.refuse(&root.span, message, help);
        };
        for member in members {
            self.member(member);
        }
        let has = |key: &str| members.iter().any(|m| m.key.eq_ignore_ascii_case(key));
        let start = root.span.start..root.span.start + 1;
        if !has("scope") {
            let help = "write \"scope\": one of tenant, all-users, group, user, device";
            self.refuse(&start, "the layer has no scope", help);
        }
        let named = matches!(
            self.header.name.scope,
            Scope::Group | Scope::User | Scope::Device
        );
        if named && self.header.name.name.is_empty() {
            let message = format!("a layer for a {} has no name", self.header.name.scope);
            self.refuse(&start, message, "write \"name\": which one it is for");
        }
    }

    fn member(&mut self, member: &'n Member) {
        let value = &member.value;
        match (member.key.to_ascii_lowercase().as_str(), &value.kind) {
            ("scope", Written::Text(text)) => self.scope(text, value),
            ("name", Written::Text(text)) => self.header.name.name = text.trim().to_owned(),
            ("priority", Written::Number(number)) => match number.as_i64() {
                Some(priority) => self.header.name.priority = priority,
                None => self.refuse(&value.span, "a priority is a whole number", "write 0"),
            },
            ("filters", _) => match Filters::read(self.source, value) {
                Ok(filters) => self.header.filters = filters,
                Err(problems) => self.problems.extend(problems),
            },
            ("settings", Written::Object(members)) => self.header.settings = members,
            ("remove", Written::List(items)) => self.remove(items),
            ("description" | "$schema", Written::Text(_)) => {}
            ("settings", _) => self.wrong(member, "an object of keys and values"),
            ("remove", _) => self.wrong(member, "a list of keys"),
            ("priority", _) => self.wrong(member, "a whole number"),
            ("scope" | "name" | "description" | "$schema", _) => self.wrong(member, "a text"),
            _ => self.unknown(member),
        }
    }

    fn wrong(&mut self, member: &Member, expected: &str) {
        let message = format!("{} is {}", member.key, member.value.type_name());
        self.refuse(&member.value.span, message, &format!("write {expected}"));
    }

    fn unknown(&mut self, member: &Member) {
        let setting = schema::ROOT.field(member.key.split('.').next().unwrap_or_default());
        let help = match (setting, schema::nearest(&member.key, KEYS)) {
            (Some(_), _) => "settings stand inside \"settings\": {...}".to_owned(),
            (None, Some(name)) => format!("did you mean {name}?"),
            (None, None) => format!("a layer has {}", KEYS.join(", ")),
        };
        let message = format!("{} is no part of a layer that Deskhook knows", member.key);
        self.refuse(&member.key_span, message, &help);
    }

    fn scope(&mut self, text: &str, node: &Node) {
        let mut scopes = Scope::NAMES.iter();
        let names = Scope::NAMES.map(|(name, _)| name);
        match scopes.find(|(name, _)| name.eq_ignore_ascii_case(text)) {
            Some((_, scope)) => self.header.name.scope = *scope,
            None => {
                let help = match schema::nearest(text, names) {
                    Some(name) => format!("did you mean {name}?"),
                    None => format!("a scope is one of {}", names.join(", ")),
                };
                self.refuse(&node.span, format!("\"{text}\" is no scope"), &help);
            }
        }
    }

    fn remove(&mut self, items: &[Node]) {
        for item in items {
            match &item.kind {
                Written::Text(key) => {
                    self.header.remove.push((key.clone(), item.span.clone()));
                }
                _ => self.refuse(&item.span, "remove lists keys", "write the key as a text"),
            }
        }
    }
}
