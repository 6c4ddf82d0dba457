use std::collections::BTreeMap;
use std::ops::{Bound, Range};
use std::sync::Arc;

use serde_json::Value;

use super::provenance::{LayerName, Overridden, Provenance, Setting, Trail, Why};
use super::{Subject, order};
use crate::layer::{Key, LeafSetting, empty};
use crate::schema::Merge;
use crate::{Layer, Place, Problem, Scope};

/// The value that holds at a leaf so far.
pub(super) struct Held {
    pub(super) key: Key,
    pub(super) setting: Setting,
    merge: Merge,
}

/// All layers, applied.
#[derive(Default)]
pub(super) struct Merged {
    pub(super) held: BTreeMap<Key, Held>,
    /// The name of the narrowest tenant layer that has one.
    pub(super) organization: String,
    overridden: BTreeMap<Key, Vec<Overridden>>,
    /// How strict a removed key was at least, and who made it so: setting it anew, in the same
    /// layer or a later one, does not loosen it.
    floors: BTreeMap<Key, (i64, Arc<LayerName>)>,
    problems: Vec<Problem>,
}

/// Applies `layers`, which are in order.
pub(super) fn merge(layers: &[&Layer], subject: &Subject) -> Merged {
    let mut merged = Merged::default();
    for layer in layers {
        let why = left_out(layer, subject);
        if why != Some(Why::NotAssigned) {
            let found = layer.filters.findings.iter().cloned();
            merged.problems.extend(found);
        }
        match why {
            Some(why) => merged.leave_out(layer, &why),
            None => merged.apply(layer),
        }
    }
    merged.cover();
    merged
}

fn left_out(layer: &Layer, subject: &Subject) -> Option<Why> {
    let name = &layer.name.name;
    let meant = match layer.name.scope {
        Scope::Tenant | Scope::AllUsers => true,
        Scope::Group if layer.is_pairs => subject.takes_pairs_of(name),
        Scope::Group => subject.is_in_group(name),
        Scope::User => subject.is_user(name),
        Scope::Device => subject.is_device(name),
    };
    if !meant {
        return Some(Why::NotAssigned);
    }
    layer.filters.leave_out(subject).map(Why::Filtered)
}

impl Merged {
    /// The trails and the problems.
    pub(super) fn finish(self) -> (Provenance, Vec<Problem>) {
        let mut trails: BTreeMap<String, Trail> = BTreeMap::new();
        for (key, overridden) in self.overridden {
            let trail = trails.entry(key.lower()).or_default();
            trail.key = key.to_string();
            trail.overridden = overridden;
        }
        for held in self.held.into_values() {
            let trail = trails.entry(held.key.lower()).or_default();
            trail.key = held.key.to_string();
            trail.winner = Some(held.setting);
        }
        (Provenance(trails), self.problems)
    }

    fn lose(&mut self, key: &Key, setting: Setting, why: Why) {
        let overridden = self.overridden.entry(key.clone()).or_default();
        overridden.push(Overridden { setting, why });
    }

    /// Under `Allow` a feature that is false takes the names inside it along.
    fn cover(&mut self) {
        let covering = |key: &Key| {
            let mut above = key.parents().filter_map(|path| self.held.get(path));
            let no = above.find(|held| {
                matches!(held.merge, Merge::FalseWins) && held.setting.value == Value::Bool(false)
            });
            no.map(|held| Arc::clone(&held.setting.layer))
        };
        let covered: Vec<(Key, Arc<LayerName>)> = self
            .held
            .keys()
            .filter_map(|key| Some((key.clone(), covering(key)?)))
            .collect();
        for (key, by) in covered {
            if let Some(held) = self.held.remove(&key) {
                self.lose(&held.key, held.setting, Why::FalseWins(by));
            }
        }
    }

    fn leave_out(&mut self, layer: &Layer, why: &Why) {
        for setting in &layer.flat.settings {
            let said = said(layer, &setting.value, &setting.span);
            self.lose(&setting.key, said, why.clone());
        }
    }

    fn apply(&mut self, layer: &Layer) {
        if layer.name.scope == Scope::Tenant && !layer.name.name.is_empty() {
            self.organization.clone_from(&layer.name.name);
        }
        self.problems.extend(layer.flat.findings.iter().cloned());
        for (key, span) in &layer.removals {
            self.remove(layer, key, span);
        }
        for refused in &layer.flat.refused {
            let said = said(layer, &refused.value, &refused.span);
            self.lose(&refused.key, said, Why::Refused);
        }
        for setting in &layer.flat.settings {
            self.set(layer, setting);
        }
    }

    fn remove(&mut self, layer: &Layer, key: &Key, span: &Range<usize>) {
        let inside: Vec<Key> = self
            .inside(key.path())
            .map(|(key, _)| key.clone())
            .collect();
        for path in inside {
            let Some(held) = self.held.get(&path) else {
                continue;
            };
            if held.merge.rank(None) < held.merge.rank(Some(&held.setting.value)) {
                let message = format!("{} cannot be removed: that would loosen it", held.key);
                let place = Place::new(&layer.source, span.clone());
                let help = format!("{} set it", held.setting.place);
                let problem = Problem::warning("less-strict", place, message).with_help(help);
                self.problems.push(problem.with_key(held.key.to_string()));
            } else if let Some(held) = self.held.remove(&path) {
                let by = Arc::clone(&layer.name);
                self.floors
                    .insert(path, (held.merge.rank(None), Arc::clone(&by)));
                self.lose(&held.key, held.setting, Why::Removed(by));
            }
        }
    }

    /// What is held at `path` and under it.
    fn inside<'m>(&'m self, path: &'m str) -> impl Iterator<Item = (&'m Key, &'m Held)> {
        let range = (Bound::Included(path), Bound::Unbounded);
        self.held
            .range::<str, _>(range)
            .take_while(move |(key, _)| key.path().starts_with(path))
    }

    fn set(&mut self, layer: &Layer, leaf: &LeafSetting) {
        let said = said(layer, &leaf.value, &leaf.span);
        if leaf.value == empty() && self.inside(leaf.key.path()).next().is_some() {
            return;
        }
        if let Some(broader) = self.conflict(leaf) {
            let message = format!("{} has another shape here than in {broader}", leaf.key);
            let problem = Problem::error("conflict", said.place.clone(), message)
                .with_help("an object cannot replace a value, nor a value an object; remove the broader key first");
            self.problems.push(problem.with_key(leaf.key.to_string()));
            return self.lose(&leaf.key, said, Why::Conflict(broader));
        }
        self.clear_empty_parents(&leaf.key);
        if let Some(by) = self.stricter(leaf) {
            return self.lose_to_stricter(leaf, said, by);
        }
        let Some(held) = self.held.get(leaf.key.path()) else {
            self.hold(leaf, said);
            return;
        };
        let why = order::why(&held.setting.layer, &layer.name);
        if let Some(before) = self.hold(leaf, said) {
            self.lose(&leaf.key, before, why);
        }
    }

    /// The layer that asked for more than `leaf` does.
    fn stricter(&self, leaf: &LeafSetting) -> Option<Arc<LayerName>> {
        let rank = |value: &Value| leaf.merge.rank(Some(value));
        let path = leaf.key.path();
        let held = self.held.get(path);
        let held = held.map(|held| (rank(&held.setting.value), &held.setting.layer));
        let floor = self.floors.get(path).map(|(rank, layer)| (*rank, layer));
        let (least, layer) = held
            .into_iter()
            .chain(floor)
            .max_by_key(|(rank, _)| *rank)?;
        (rank(&leaf.value) < least).then(|| Arc::clone(layer))
    }

    fn hold(&mut self, leaf: &LeafSetting, setting: Setting) -> Option<Setting> {
        let held = Held {
            key: leaf.key.clone(),
            setting,
            merge: leaf.merge,
        };
        let before = self.held.insert(leaf.key.clone(), held);
        before.map(|held| held.setting)
    }

    fn lose_to_stricter(&mut self, leaf: &LeafSetting, said: Setting, by: Arc<LayerName>) {
        if matches!(leaf.merge, Merge::FalseWins) {
            return self.lose(&leaf.key, said, Why::FalseWins(by));
        }
        let message = format!("{} only ever gets stricter than in {by}", leaf.key);
        let problem = Problem::warning("less-strict", said.place.clone(), message)
            .with_help("the stricter value stays");
        self.problems.push(problem.with_key(leaf.key.to_string()));
        self.lose(&leaf.key, said, Why::LessStrict(by));
    }

    /// The layer whose value is of another shape: a scalar above, or an object here.
    ///
    /// `Allow.*` has none: a feature and the names inside it are combined.
    fn conflict(&self, leaf: &LeafSetting) -> Option<Arc<LayerName>> {
        if matches!(leaf.merge, Merge::FalseWins) {
            return None;
        }
        let path = leaf.key.path();
        let above = leaf.key.parents().filter_map(|path| self.held.get(path));
        let mut scalars = above.filter(|held| held.setting.value != empty());
        let mut below = self
            .inside(path)
            .filter(|(key, _)| key.path().len() > path.len());
        let other = scalars
            .next()
            .or_else(|| below.next().map(|(_, held)| held));
        let other = other.or_else(|| {
            self.held
                .get(path)
                .filter(|held| (held.setting.value == empty()) != (leaf.value == empty()))
        });
        other.map(|held| Arc::clone(&held.setting.layer))
    }

    fn clear_empty_parents(&mut self, key: &Key) {
        for path in key.parents() {
            if self
                .held
                .get(path)
                .is_some_and(|held| held.setting.value == empty())
            {
                self.held.remove(path);
            }
        }
    }
}

fn said(layer: &Layer, value: &Value, span: &Range<usize>) -> Setting {
    Setting {
        value: value.clone(),
        layer: Arc::clone(&layer.name),
        place: Place::new(&layer.source, span.clone()),
    }
}
