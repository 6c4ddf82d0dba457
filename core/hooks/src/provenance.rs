use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{AddedItem, Answer, MenuItem, MenuPatch};

/// What a hook of kind `transform` made of its input.
#[derive(Clone, Debug, PartialEq)]
pub struct Folded<S> {
    /// The result.
    pub state: S,
    /// Who made which part of it.
    pub provenance: Provenance,
}

/// Who made which part of what a hook of kind `transform` made. What is not named here is as the
/// agent and the policy have it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Provenance {
    /// Every field that somebody set, by its name.
    pub set_by: Vec<Setting>,
    /// The patches that were dropped, in the order of their makers.
    pub dropped: Vec<Dropped>,
}

/// A field and who set it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Setting {
    /// From the outside in: `items.start.text`, `title`, `environment.LANG`, `fields.asset-tag`; an
    /// item that was added is `items.help`, one that was taken out `items.help.hidden`.
    pub field: String,
    /// The package or plugin whose value holds.
    pub by: String,
    /// Who had set it before, the first one first.
    #[serde(default)]
    pub overrode: Vec<String>,
}

/// An answer that counts for nothing: a patch that does not fit, or a value that is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Dropped {
    /// Whose: a package's or plugin's.
    pub by: String,
    /// Why.
    pub why: String,
}

/// From the outside in; the parts are apart, as a name may have dots in it.
type Path = Vec<String>;

/// Who set what so far: of each field everybody, the last one last.
#[derive(Default)]
pub(crate) struct Ledger(BTreeMap<Path, Vec<String>>);

impl Ledger {
    /// Notes that the answer of `by` was taken.
    pub(crate) fn note(&mut self, by: &str, answer: &Answer) {
        for path in paths(answer) {
            let mut setters = self.before(&path);
            setters.extend(self.take_parts(&path));
            // A package that changes its own mind overrides nobody.
            let mut named = BTreeSet::from([by.to_owned()]);
            setters.retain(|one| named.insert(one.clone()));
            setters.push(by.to_owned());
            self.0.insert(path, setters);
        }
    }

    /// Who set a field so far: it alone, else the whole that it is a part of.
    fn before(&self, path: &[String]) -> Vec<String> {
        let wholes = (1..=path.len()).rev().map(|length| &path[..length]);
        let mut known = wholes.filter_map(|whole| self.0.get(whole));
        known.next().cloned().unwrap_or_default()
    }

    /// Forgets what was said of parts of a field that is made anew; gives back who said it.
    fn take_parts(&mut self, path: &[String]) -> Vec<String> {
        let is_part = |other: &Path| other.len() > path.len() && other.starts_with(path);
        let parts = self.0.extract_if(.., |other, _| is_part(other));
        parts.flat_map(|(_, setters)| setters).collect()
    }

    pub(crate) fn settings(self) -> Vec<Setting> {
        let setting = |(path, mut setters): (Path, Vec<String>)| {
            let by = setters.pop()?;
            Some(Setting {
                field: path.join("."),
                by,
                overrode: setters,
            })
        };
        self.0.into_iter().filter_map(setting).collect()
    }
}

/// The fields that an answer sets.
fn paths(answer: &Answer) -> Vec<Path> {
    let path = |parts: &[&str]| parts.iter().map(|part| (*part).to_owned()).collect();
    let texts = |texts: &[(&str, bool)]| {
        let set = texts.iter().filter(|(_, is_set)| *is_set);
        set.map(|(name, _)| path(&[name])).collect::<Vec<Path>>()
    };
    match answer {
        Answer::Menu(patch) => menu_paths(patch),
        Answer::Consent(patch) => {
            let (title, message) = (patch.title.is_some(), patch.message.is_some());
            let fields = patch.fields.iter();
            let fields = fields.map(|field| path(&["fields", &field.id]));
            let own = texts(&[("title", title), ("message", message)]);
            own.into_iter().chain(fields).collect()
        }
        Answer::Launch(patch) => {
            let names = patch.environment.keys();
            let names = names.map(|name| path(&["environment", name]));
            let own = texts(&[("arguments", patch.arguments.is_some())]);
            own.into_iter().chain(names).collect()
        }
        Answer::Fields(patch) => {
            let names = patch.fields.keys();
            names.map(|name| path(&["fields", name])).collect()
        }
        _ => vec![],
    }
}

fn menu_paths(patch: &MenuPatch) -> Vec<Path> {
    let item = |id: &str, field: &str| vec!["items".to_owned(), id.to_owned(), field.to_owned()];
    let own = [("tooltip", &patch.tooltip), ("icon", &patch.icon)];
    let own = own.into_iter().filter(|(_, text)| text.is_some());
    let mut paths: Vec<Path> = own.map(|(name, _)| vec![name.to_owned()]).collect();
    paths.extend(patch.remove.iter().map(|id| item(id, "hidden")));
    for (id, change) in &patch.set {
        if change.hidden == Some(true) {
            paths.push(item(id, "hidden"));
            continue;
        }
        let texts = [("text", &change.text), ("icon", &change.icon)];
        let set = texts.into_iter().filter(|(_, text)| text.is_some());
        paths.extend(set.map(|(field, _)| item(id, field)));
    }
    patch.add.iter().for_each(|added| {
        let AddedItem { id, items, .. } = added;
        added_paths((id, items), &mut paths);
    });
    paths
}

/// An added item and all below it; a line between entries has no name.
fn added_paths((id, items): (&str, &[MenuItem]), paths: &mut Vec<Path>) {
    if !id.is_empty() {
        paths.push(vec!["items".to_owned(), id.to_owned()]);
    }
    for inner in items {
        added_paths((&inner.id, &inner.items), paths);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Hook;
    use serde_json::{Value, json};

    fn settings(hook: Hook, patches: &[(&str, Value)]) -> Value {
        let mut ledger = Ledger::default();
        for (by, patch) in patches {
            let answer = Answer::read(hook, patch.clone()).unwrap();
            ledger.note(by, &answer);
        }
        let said = ledger.settings().into_iter();
        let said = said.map(|one| json!([one.field, one.by, one.overrode]));
        Value::Array(said.collect())
    }

    #[test]
    fn each_field_of_the_menu_knows_who_set_it_and_who_had_set_it_before() {
        let inner = json!([{"id": "wiki"}, {"kind": "separator"}]);
        let help = json!({"id": "help", "kind": "submenu", "items": inner});
        let first =
            json!({"tooltip": "a", "set": {"start": {"text": "a", "icon": "a"}}, "add": [help]});
        let second =
            json!({"set": {"start": {"text": "b"}, "help": {"text": "b"}}, "remove": ["about"]});
        let third = json!({"set": {"start": {"text": "c"}, "wiki": {"hidden": true}}});
        let made = settings(Hook::TrayMenu, &[("a", first), ("b", second), ("c", third)]);
        let expected = json!([
            ["items.about.hidden", "b", []],
            ["items.help", "a", []],
            ["items.help.text", "b", ["a"]],
            ["items.start.icon", "a", []],
            ["items.start.text", "c", ["a", "b"]],
            ["items.wiki", "a", []],
            ["items.wiki.hidden", "c", ["a"]],
            ["tooltip", "a", []],
        ]);
        assert_eq!(made, expected);
    }

    #[test]
    fn an_item_that_is_made_anew_overrides_whoever_took_it_out() {
        let (out, anew) = (
            json!({"remove": ["about"]}),
            json!({"add": [{"id": "about"}]}),
        );
        let made = settings(Hook::TrayMenu, &[("a", out), ("b", anew)]);
        assert_eq!(made, json!([["items.about", "b", ["a"]]]));
    }

    #[test]
    fn whoever_had_set_a_whole_and_its_parts_is_named_once() {
        let help = || json!({"add": [{"id": "help"}]});
        let part = json!({"set": {"help": {"text": "c"}}});
        let made = settings(Hook::TrayMenu, &[("a", help()), ("c", part), ("d", help())]);
        assert_eq!(made, json!([["items.help", "d", ["a", "c"]]]));
    }

    #[test]
    fn each_field_of_the_other_transforms_knows_who_set_it() {
        let consent =
            |label: &str| json!({"title": label, "fields": [{"id": "asset", "label": label}]});
        let made = settings(
            Hook::ConsentPrompt,
            &[("a", consent("a")), ("b", consent("b"))],
        );
        let expected = json!([["fields.asset", "b", ["a"]], ["title", "b", ["a"]]]);
        assert_eq!(made, expected);
        let launch = json!({"arguments": [], "environment": {"LANG": "C"}});
        let made = settings(Hook::ClientLaunch, &[("a", launch)]);
        assert_eq!(
            made,
            json!([["arguments", "a", []], ["environment.LANG", "a", []]])
        );
        let fields = |name: &str| json!({"fields": {name: 1}});
        let made = settings(
            Hook::AddressReport,
            &[("a", fields("x.y")), ("b", fields("x"))],
        );
        assert_eq!(
            made,
            json!([["fields.x", "b", []], ["fields.x.y", "a", []]])
        );
    }
}
