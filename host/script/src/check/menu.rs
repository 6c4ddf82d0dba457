//! A patch to the menu that is spelt out, judged by what the agent itself takes.

use std::collections::BTreeMap;

use deskhook_hooks::{AddedItem, ItemPatch, Menu, MenuItem, MenuPatch, PatchError};
use serde_json::{Map, Value as Json, json};

use super::Severity;
use super::scope::Value;
use super::tree::{At, Entry, Expression, Spot};
use super::walk::{Said, Walk};
use crate::nearest::{did_you_mean, nearest};

/// The ids of the agent's own entries.
const OWN: [&str; 10] = [
    "organisation",
    "start",
    "state",
    "address",
    "supporter",
    "elevation",
    "stop",
    "question",
    "about",
    "quit",
];

impl Walk<'_> {
    /// What the agent would drop of the answer `spot`, whatever the menu is.
    pub(super) fn menu_patch(&mut self, spot: &Spot) {
        let mut menu = Menu::default();
        for (part, entries) in tables(spot) {
            for entry in entries {
                match (part, entry) {
                    ("add", Entry::Listed(item)) => menu = self.added(menu, item),
                    ("remove", Entry::Listed(id)) => {
                        if let Value::Text(text) = self.scopes.value(id) {
                            self.changed((id.at, &text), |id| MenuPatch {
                                remove: vec![id.to_owned()],
                                ..MenuPatch::default()
                            });
                        }
                    }
                    ("set", Entry::Named(at, id, change)) => {
                        let change = self.change(change);
                        self.changed((*at, id), |id| MenuPatch {
                            set: BTreeMap::from([(id.to_owned(), change.clone())]),
                            ..MenuPatch::default()
                        });
                    }
                    _ => {}
                }
            }
        }
    }

    /// The menu with one more entry, where that is one that the agent takes.
    fn added(&mut self, menu: Menu, spot: &Spot) -> Menu {
        let item = self.item(spot);
        let item: Option<AddedItem> = item.and_then(|item| serde_json::from_value(item).ok());
        let Some(mut item) = item else {
            return menu;
        };
        if let Some(after) = item.after.take() {
            self.near_own(spot.at, &after);
        }
        let patch = MenuPatch {
            add: vec![item],
            ..MenuPatch::default()
        };
        menu.patched(&patch).unwrap_or_else(|error| {
            self.refused(spot.at, &error);
            menu
        })
    }

    /// An entry as far as it is spelt out; what is not known of it is as it should be. None where
    /// nothing can be said.
    fn item(&self, spot: &Spot) -> Option<Json> {
        let Expression::Table(entries) = &spot.what else {
            return None;
        };
        let mut item = Map::new();
        for entry in entries {
            let Entry::Named(_, name, value) = entry else {
                return None;
            };
            if name == "items" {
                let Expression::Table(inner) = &value.what else {
                    continue;
                };
                let inner = inner.iter().map(|entry| match entry {
                    Entry::Listed(inner) => self.item(inner),
                    _ => None,
                });
                item.insert(name.clone(), inner.collect::<Option<Vec<_>>>()?.into());
                continue;
            }
            match (self.scopes.value(value), name.as_str()) {
                (Value::Nil, _) => {}
                (Value::Text(text) | Value::Begins(text), _) => {
                    item.insert(name.clone(), text.into());
                }
                (_, "kind") => return None,
                (_, "target") => drop(item.insert(name.clone(), json!("https://"))),
                (_, "after") => {}
                // One of its own, as no two ids are the same.
                _ => {
                    let place = format!("{}:{}", value.at.line, value.at.column);
                    item.insert(name.clone(), place.into());
                }
            }
        }
        Some(item.into())
    }

    fn change(&self, spot: &Spot) -> ItemPatch {
        let mut change = ItemPatch::default();
        let Expression::Table(entries) = &spot.what else {
            return change;
        };
        for entry in entries {
            match entry {
                Entry::Named(_, name, _) if name == "text" => change.text = Some("x".to_owned()),
                Entry::Named(_, name, value)
                    if name == "hidden" && matches!(value.what, Expression::Truth(true)) =>
                {
                    change.hidden = Some(true);
                }
                _ => {}
            }
        }
        change
    }

    /// A change of the entry `id`, in a menu that has it.
    fn changed(&mut self, (at, id): (At, &str), patch: impl Fn(&str) -> MenuPatch) {
        let item = MenuItem {
            id: id.to_owned(),
            ..MenuItem::default()
        };
        let menu = Menu {
            items: vec![item],
            ..Menu::default()
        };
        match menu.patched(&patch(id)) {
            Ok(_) => self.near_own(at, id),
            Err(error) => self.refused(at, &error),
        }
    }

    fn refused(&mut self, at: At, error: &PatchError) {
        let help = "the agent drops the whole patch for it";
        let said = Said::new(error.to_string(), help);
        self.tell(at, (Severity::Error, "menu-refused"), said);
    }

    /// An id that is nearly one of the agent's own was most likely meant to be that.
    fn near_own(&mut self, at: At, id: &str) {
        let Some(meant) = nearest(id, OWN).filter(|meant| *meant != id) else {
            return;
        };
        let hint = did_you_mean(Some(meant));
        let message = format!("no entry of the agent's own is called {id:?}{hint}");
        let help = "where no entry of the menu has that id, the agent drops the whole patch";
        let said = Said::new(message, help);
        self.tell(at, (Severity::Warning, "menu-item-unknown"), said);
    }
}

/// The tables that are spelt out in a table, by their names.
fn tables(spot: &Spot) -> Vec<(&str, &[Entry])> {
    let Expression::Table(entries) = &spot.what else {
        return vec![];
    };
    let parts = entries.iter().filter_map(|entry| match entry {
        Entry::Named(_, name, value) => match &value.what {
            Expression::Table(inner) => Some((name.as_str(), inner.as_slice())),
            _ => None,
        },
        _ => None,
    });
    parts.collect()
}
