use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use super::key::{Key, split};
use crate::problem::concealed;
use crate::schema::{self, Complaint, Leaf, Merge, Names, Openness, ROOT, Section, Shape};
use crate::syntax::{Kind as Written, MAX_LEVELS, Node, duplicate};
use crate::{Place, Problem, Source, vendor};

/// A layer's settings, one for each leaf of its tree, whatever form they were written in.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flat {
    pub(crate) settings: Vec<Setting>,
    pub(crate) refused: Vec<Refused>,
    /// What is wrong with, or strange about, single keys.
    pub(crate) findings: Vec<Problem>,
}

/// A value for one leaf, in canonical form.
#[derive(Clone)]
pub(crate) struct Setting {
    pub(crate) key: Key,
    pub(crate) value: Value,
    pub(crate) span: Range<usize>,
    pub(crate) merge: Merge,
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} = {}", self.key, self.value)
    }
}

/// A value that its key cannot have.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) key: Key,
    pub(crate) value: Value,
    pub(crate) span: Range<usize>,
}

/// A position in the tree: the path so far, and what may stand there.
#[derive(Clone)]
struct At {
    key: Key,
    /// None outside what Deskhook knows.
    shape: Option<Shape>,
    span: Range<usize>,
}

/// Turns written keys and values into a [`Flat`].
pub(super) struct Flattening<'a> {
    source: &'a Arc<Source>,
    flat: Flat,
    /// Reasons to refuse the whole file.
    fatal: Vec<Problem>,
    /// Unknown keys that were told already.
    told: HashSet<Key>,
}

impl<'a> Flattening<'a> {
    pub(super) fn new(source: &'a Arc<Source>) -> Self {
        Self {
            source,
            flat: Flat::default(),
            fatal: vec![],
            told: HashSet::new(),
        }
    }

    /// A key as it stands in the file, with its value.
    pub(super) fn setting(&mut self, name: &str, span: &Range<usize>, node: &Node) {
        if let Some(at) = self.root(name, span) {
            self.value(at, node);
        }
    }

    /// A key that is to be removed.
    pub(super) fn removal(
        &mut self,
        name: &str,
        span: &Range<usize>,
    ) -> Option<(Key, Range<usize>)> {
        let at = self.root(name, span)?;
        Some((at.key, span.clone()))
    }

    fn root(&mut self, name: &str, span: &Range<usize>) -> Option<At> {
        let name = name.trim();
        if name.is_empty() || name.split('.').any(|part| part.trim().is_empty()) {
            let message = "a key is names parted by single dots, such as Session.MaxMinutes";
            let problem = Problem::error("bad-key", self.place(span.clone()), message);
            self.flat.findings.push(problem.with_key(name));
            return None;
        }
        let at = At {
            key: Key::default(),
            shape: Some(Shape::Section(&ROOT)),
            span: span.clone(),
        };
        self.enter(at, name, span)
    }

    /// What is left when the whole file was read, and the reasons to refuse it whole.
    pub(super) fn finish(mut self, removals: &[(Key, Range<usize>)]) -> (Flat, Vec<Problem>) {
        let mut seen: HashMap<&str, usize> = HashMap::new();
        let settings = self
            .flat
            .settings
            .iter()
            .map(|s| (&s.key, &s.span, s.value == empty()));
        let refused = self.flat.refused.iter().map(|r| (&r.key, &r.span, false));
        let removals = removals.iter().map(|(key, span)| (key, span, false));
        let mut twice = vec![];
        for (key, span, is_empty) in settings.chain(refused).chain(removals) {
            if is_empty {
                continue;
            }
            if let Some(first) = seen.insert(key.path(), span.start) {
                twice.push(duplicate(self.source, &key.to_string(), span, first));
            }
        }
        for setting in self
            .flat
            .settings
            .iter()
            .filter(|s| !matches!(s.merge, Merge::FalseWins))
        {
            let mut parents = setting.key.parents();
            if let Some(first) = parents.find_map(|path| seen.get(path)) {
                let (line, column) = self.source.position(*first);
                let message = format!(
                    "{} is inside a key that was given a value of its own in line {line}, column {column}",
                    setting.key
                );
                let problem = Problem::error("conflict", self.place(setting.span.clone()), message);
                twice.push(problem.with_key(setting.key.to_string()));
            }
        }
        self.fatal.extend(twice);
        self.flat.findings = concealed(self.flat.findings);
        (self.flat, self.fatal)
    }

    fn place(&self, span: Range<usize>) -> Place {
        Place::new(self.source, span)
    }

    /// Goes down along a written name, which may be a dotted path.
    fn enter(&mut self, mut at: At, name: &str, span: &Range<usize>) -> Option<At> {
        at.span = span.clone();
        let mut rest = Some(name);
        while let Some(name) = rest {
            if at.key.len() >= MAX_LEVELS {
                let message = format!("this key has more than {MAX_LEVELS} levels");
                let problem = Problem::error("too-deep", self.place(span.clone()), message);
                self.fatal.push(problem);
                return None;
            }
            rest = match at.shape {
                Some(Shape::Section(section)) => self.known(&mut at, section, name),
                Some(Shape::Names(names)) => named(&mut at, names, name),
                Some(Shape::LeafOrNames(leaf)) => {
                    at.key.push(name);
                    at.shape = Some(Shape::Leaf(leaf));
                    None
                }
                Some(Shape::Leaf(_)) => {
                    let message = format!("{} has a value and no keys inside it", at.key);
                    let problem = Problem::error("wrong-type", self.place(span.clone()), message);
                    let key = format!("{}.{name}", at.key);
                    self.flat.findings.push(problem.with_key(key));
                    return None;
                }
                None => {
                    let (head, rest) = split(name);
                    at.key.push(head);
                    rest
                }
            };
        }
        Some(at)
    }

    fn known<'n>(
        &mut self,
        at: &mut At,
        section: &'static Section,
        name: &'n str,
    ) -> Option<&'n str> {
        // A key of ours is one whatever the names inside it are: `unattended access` is a profile.
        let (head, rest) = match name.split_once('.') {
            Some((head, rest)) if section.field(head).is_some() => (head, Some(rest)),
            _ => split(name),
        };
        if let Some((spelling, shape)) = section.field(head) {
            at.key.push(&spelling);
            at.shape = Some(shape);
            return rest;
        }
        let parent = at.key.to_string();
        at.key.push(head);
        at.shape = None;
        if section.openness == Openness::Open {
            return rest;
        }
        let names = section.names();
        let near = schema::nearest(head, &names);
        let tell = section.openness == Openness::Closed || near.is_some();
        if tell && self.told.insert(at.key.clone()) {
            let message = format!("{} is no key that Deskhook knows", at.key);
            let place = self.place(at.span.clone());
            let problem =
                Problem::warning("unknown-key", place, message).with_key(at.key.to_string());
            self.flat.findings.push(match near {
                Some(name) => problem.with_help(format!("did you mean {parent}.{name}?")),
                None => problem,
            });
        }
        rest
    }

    fn value(&mut self, at: At, node: &Node) {
        match (at.shape, &node.kind) {
            (Some(Shape::Leaf(leaf)), _) => self.leaf(at, leaf, node),
            (Some(Shape::Section(_) | Shape::Names(_)) | None, Written::Object(members))
                if members.is_empty() =>
            {
                self.put(at, empty(), node, Merge::Replace);
            }
            (_, Written::Object(members)) => {
                for member in members {
                    let at = at.clone();
                    if let Some(Shape::Names(names)) = at.shape
                        && names.is_prefix(&member.value)
                    {
                        self.joined(&at, names, &member.key, &member.value);
                    } else if let Some(at) = self.enter(at, &member.key, &member.key_span) {
                        self.value(at, &member.value);
                    }
                }
            }
            (Some(Shape::LeafOrNames(leaf)), _) => self.leaf(at, leaf, node),
            (None, _) => self.put(at, node.to_value(), node, Merge::Replace),
            (Some(Shape::Section(_) | Shape::Names(_)), _) => {
                let message = format!("an object is expected here, not {}", node.type_name());
                let complaint = Complaint {
                    span: node.span.clone(),
                    code: "wrong-type",
                    message,
                    help: None,
                };
                self.refuse(at, node, vec![complaint]);
            }
        }
    }

    /// A name with dots that was written as nested objects.
    fn joined(&mut self, at: &At, names: &'static Names, name: &str, node: &Node) {
        let Written::Object(members) = &node.kind else {
            return;
        };
        for member in members {
            let name = format!("{name}.{}", member.key);
            if names.is_prefix(&member.value) {
                self.joined(at, names, &name, &member.value);
                continue;
            }
            let mut at = at.clone();
            at.key.push(&name);
            at.shape = Some(names.value);
            at.span = member.key_span.clone();
            self.value(at, &member.value);
        }
    }

    fn leaf(&mut self, at: At, leaf: Leaf, node: &Node) {
        if let Some(said) = vendor::objection(&at.key, || node.to_value()) {
            return self.withhold(at, said);
        }
        let accepted = schema::accept(leaf.kind, node);
        let Some(value) = accepted.value else {
            if is_pin(&at.key) {
                return self.pin_nothing(at, (node, leaf.merge), accepted.complaints);
            }
            return self.refuse(at, node, accepted.complaints);
        };
        for complaint in accepted.complaints {
            let problem = self.problem(Problem::warning, &at.key, complaint);
            self.flat.findings.push(problem);
        }
        self.put(at, value, node, leaf.merge);
    }

    fn put(&mut self, at: At, value: Value, node: &Node, merge: Merge) {
        if vendor::names_secret(&at.key) {
            let said = format!("{} carries a secret, and a policy never does", at.key);
            return self.withhold(at, ("secret-key", said));
        }
        self.flat.settings.push(Setting {
            key: at.key,
            value,
            span: node.span.clone(),
            merge,
        });
    }

    /// A pin that is none is not taken for no pin: it stays, and no files are those that it names.
    fn pin_nothing(&mut self, at: At, (node, merge): (&Node, Merge), complaints: Vec<Complaint>) {
        self.complain(&at, complaints);
        let written = match node.to_value() {
            Value::String(text) => text,
            other => other.to_string(),
        };
        self.put(at, Value::String(written), node, merge);
    }

    fn complain(&mut self, at: &At, complaints: Vec<Complaint>) {
        for complaint in complaints {
            let problem = self.problem(Problem::error, &at.key, complaint);
            self.flat.findings.push(problem);
        }
    }

    fn refuse(&mut self, at: At, node: &Node, complaints: Vec<Complaint>) {
        self.complain(&at, complaints);
        // What is refused of a client's settings may be a secret in the wrong place.
        let written = &self.source.text()[node.span.clone()];
        let value = if vendor::is_settings(&at.key) || vendor::veil(written) != written {
            Value::String("(withheld)".to_owned())
        } else {
            node.to_value()
        };
        self.flat.refused.push(Refused {
            key: at.key,
            value,
            span: node.span.clone(),
        });
    }

    /// Refuses a setting without ever repeating its value: it may be a secret.
    fn withhold(&mut self, at: At, (code, message): (&'static str, String)) {
        let key = at.key.to_string().escape_debug().to_string();
        let help = match code {
            "secret-key" => "set it in the client itself, and take this line out of the file",
            _ => "each setting is a line key=value of the client's, and makes no second one",
        };
        let problem = Problem::error(code, self.place(at.span.clone()), message);
        self.flat
            .findings
            .push(problem.with_key(key).with_help(help));
        self.flat.refused.push(Refused {
            key: at.key,
            value: Value::String("(withheld)".to_owned()),
            span: at.span,
        });
    }

    fn problem(
        &self,
        new: fn(&'static str, Place, String) -> Problem,
        key: &Key,
        complaint: Complaint,
    ) -> Problem {
        let place = self.place(complaint.span);
        let problem = new(complaint.code, place, complaint.message);
        Problem {
            help: complaint.help,
            ..problem.with_key(key.to_string())
        }
    }
}

/// Whether it is the key that says which files a package or a plugin has to have.
fn is_pin(key: &Key) -> bool {
    let path: Vec<&str> = key.segments().map(|(lower, _)| lower).collect();
    matches!(path[..], ["extensions", "packages", _, "sha256"])
}

/// Goes down along a free name.
fn named<'n>(at: &mut At, names: &'static Names, name: &'n str) -> Option<&'n str> {
    let (name, rest) = names.part(name);
    at.key.push(name);
    at.shape = Some(names.value);
    rest
}

/// What stands where an object without keys was written.
pub(crate) fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}
