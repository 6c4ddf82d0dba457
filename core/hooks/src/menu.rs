use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::words::ADDABLE;

/// The tray's menu as a value, in one language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default)]
pub struct Menu {
    /// What is read when the pointer rests on the icon.
    pub tooltip: String,
    /// `idle`, `waiting`, `connected`, `attention`, or the name of an icon of the desktop's theme.
    pub icon: String,
    /// From top to bottom.
    pub items: Vec<MenuItem>,
}

/// One entry of a [`Menu`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MenuItem {
    /// Its name, unique in the menu. Built in: `organisation`, `start`, `state`, `address`,
    /// `supporter`, `stop`, `question`, `about`, `quit`.
    pub id: String,
    /// What it does.
    pub kind: ItemKind,
    /// What people read.
    pub text: String,
    /// For a link: https, http, mailto or tel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The name of an icon of the desktop's theme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// For a submenu.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<MenuItem>,
}

/// What picking an entry does.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    /// A custom entry: runs `menu.click`.
    #[default]
    Item,
    /// Opens its target.
    Link,
    /// A line between entries.
    Separator,
    /// Opens further entries.
    Submenu,
    /// Says something; cannot be picked.
    Label,
    /// Starts a session.
    Start,
    /// Ends the session.
    Stop,
    /// Copies the address.
    Address,
    /// Brings the open question to the front.
    Question,
    /// Shows what this program is.
    About,
    /// Ends the agent.
    Quit,
}

impl MenuItem {
    /// Whether somebody can pick it.
    pub fn is_for_clicks(&self) -> bool {
        !matches!(
            self.kind,
            ItemKind::Separator | ItemKind::Submenu | ItemKind::Label
        )
    }
}

/// What a `tray.menu` hook may answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct MenuPatch {
    /// A new tooltip.
    pub tooltip: Option<String>,
    /// A new icon.
    pub icon: Option<String>,
    /// New entries.
    pub add: Vec<AddedItem>,
    /// Changes of entries by id.
    pub set: BTreeMap<String, ItemPatch>,
    /// Entries to take out, by id.
    pub remove: Vec<String>,
}

/// A new entry and its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AddedItem {
    /// Its name: needed by all but labels, submenus and separators.
    pub id: String,
    /// What it does: of the kinds of items those that are nobody's own.
    #[schemars(extend("enum" = ADDABLE))]
    pub kind: ItemKind,
    /// What people read: needed by all but separators.
    pub text: String,
    /// For a link.
    pub target: Option<String>,
    /// The name of an icon.
    pub icon: Option<String>,
    /// For a submenu.
    pub items: Vec<MenuItem>,
    /// The id of the entry that it follows; none is at the end.
    pub after: Option<String>,
}

/// A change of one entry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ItemPatch {
    /// A new text.
    pub text: Option<String>,
    /// A new icon.
    pub icon: Option<String>,
    /// Whether it is left out.
    pub hidden: Option<bool>,
}

/// Why a patch does not fit the menu.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// It speaks of an entry that is not there.
    #[error("there is no menu item {0:?}")]
    NoItem(String),
    /// It adds an entry under a name that is taken.
    #[error("there is a menu item {0:?} already")]
    Taken(String),
    /// It takes away the person's way to stop or to answer, or what shows it.
    #[error(
        "the menu item {0:?} cannot be hidden, removed or renamed: it is how the person stays in charge"
    )]
    Kept(String),
    /// A link to something that a person should not open by a click.
    #[error("the target {0:?} is no https, http, mailto or tel link")]
    Target(String),
    /// An added entry of a kind that only Deskhook makes.
    #[error("the menu item {0:?} has a kind that cannot be added")]
    Kind(String),
    /// An added entry that somebody may pick, and nobody could say which one was picked.
    #[error("the menu item with the text {0:?} has no id: picking it would say nothing")]
    NoId(String),
    /// An added entry with nothing to read on it.
    #[error("the menu item {0:?} has no text: only a separator goes without one")]
    NoText(String),
    /// Too many entries, or a text that is too long.
    #[error(
        "the menu item {0:?} is too large: at most 64 items, 256 bytes a text and 2 KiB a target"
    )]
    TooLarge(String),
    /// The menu's own tooltip or icon is too long.
    #[error("the menu's {0} is longer than 256 bytes")]
    TooLong(&'static str),
}

/// Entries that stay whatever a hook says.
const KEPT: [&str; 2] = ["stop", "question"];
const MOST_ITEMS: usize = 64;
const LONGEST_TEXT: usize = 256;
const LONGEST_TARGET: usize = 2048;

impl Menu {
    /// The entry of that id, in submenus too.
    pub fn find(&self, id: &str) -> Option<&MenuItem> {
        find(&self.items, id)
    }

    /// This menu with the whole patch, or the reason why no part of it applies.
    pub fn patched(&self, patch: &MenuPatch) -> Result<Self, PatchError> {
        for (what, text) in [("tooltip", &patch.tooltip), ("icon", &patch.icon)] {
            if !is_short(text.as_deref()) {
                return Err(PatchError::TooLong(what));
            }
        }
        let mut menu = self.clone();
        menu.tooltip = patch.tooltip.clone().unwrap_or(menu.tooltip);
        menu.icon = patch.icon.clone().unwrap_or(menu.icon);
        for id in &patch.remove {
            menu.remove(id)?;
        }
        for (id, change) in &patch.set {
            menu.set(id, change)?;
        }
        for added in &patch.add {
            menu.add(added)?;
        }
        Ok(menu)
    }

    fn remove(&mut self, id: &str) -> Result<(), PatchError> {
        if self.find(id).is_none() {
            return Err(PatchError::NoItem(id.to_owned()));
        }
        if KEPT.contains(&id) {
            return Err(PatchError::Kept(id.to_owned()));
        }
        retain(&mut self.items, id);
        Ok(())
    }

    fn set(&mut self, id: &str, change: &ItemPatch) -> Result<(), PatchError> {
        if change.hidden == Some(true) {
            return self.remove(id);
        }
        let item =
            find_mut(&mut self.items, id).ok_or_else(|| PatchError::NoItem(id.to_owned()))?;
        if change.text.is_some() && KEPT.contains(&id) {
            return Err(PatchError::Kept(id.to_owned()));
        }
        if let Some(text) = &change.text {
            item.text.clone_from(text);
        }
        if change.icon.is_some() {
            item.icon.clone_from(&change.icon);
        }
        check_size(item)
    }

    fn add(&mut self, added: &AddedItem) -> Result<(), PatchError> {
        let item = MenuItem {
            id: added.id.clone(),
            kind: added.kind,
            text: added.text.clone(),
            target: added.target.clone(),
            icon: added.icon.clone(),
            items: added.items.clone(),
        };
        self.check_added(&item, &mut BTreeSet::new())?;
        let Some(after) = &added.after else {
            self.items.push(item);
            return Ok(());
        };
        let place = self.items.iter().position(|other| other.id == *after);
        let place = place.ok_or_else(|| PatchError::NoItem(after.clone()))?;
        self.items.insert(place + 1, item);
        Ok(())
    }

    /// Whether an item, with all below it, may be added. `ids` are those that come with it.
    fn check_added<'a>(
        &self,
        item: &'a MenuItem,
        ids: &mut BTreeSet<&'a str>,
    ) -> Result<(), PatchError> {
        use ItemKind::{Item, Label, Link, Separator, Submenu};
        let is_taken = self.find(&item.id).is_some() || !ids.insert(&item.id);
        if !item.id.is_empty() && is_taken {
            return Err(PatchError::Taken(item.id.clone()));
        }
        if !matches!(item.kind, Item | Label | Link | Separator | Submenu) {
            return Err(PatchError::Kind(item.id.clone()));
        }
        if item.kind == Link {
            check_target(item.target.as_deref().unwrap_or_default())?;
        }
        if self.items.len() >= MOST_ITEMS {
            return Err(PatchError::TooLarge(item.id.clone()));
        }
        check_size(item)?;
        check_named(item)?;
        item.items
            .iter()
            .try_for_each(|inner| self.check_added(inner, ids))
    }
}

fn check_target(target: &str) -> Result<(), PatchError> {
    let fits = ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .any(|scheme| target.starts_with(scheme));
    if fits && !target.chars().any(char::is_control) {
        Ok(())
    } else {
        Err(PatchError::Target(target.to_owned()))
    }
}

/// What is picked is told by its id, and chosen by its text.
fn check_named(item: &MenuItem) -> Result<(), PatchError> {
    if item.kind != ItemKind::Separator && item.text.trim().is_empty() {
        return Err(PatchError::NoText(item.id.clone()));
    }
    if item.is_for_clicks() && item.id.is_empty() {
        return Err(PatchError::NoId(item.text.clone()));
    }
    Ok(())
}

fn check_size(item: &MenuItem) -> Result<(), PatchError> {
    let texts = [Some(&item.id), Some(&item.text), item.icon.as_ref()];
    let short = texts.map(|text| is_short(text.map(String::as_str)));
    let target = item.target.as_ref().map_or(0, String::len);
    let small = item.items.len() <= MOST_ITEMS && target <= LONGEST_TARGET;
    if small && !short.contains(&false) {
        Ok(())
    } else {
        Err(PatchError::TooLarge(item.id.chars().take(64).collect()))
    }
}

fn is_short(text: Option<&str>) -> bool {
    text.is_none_or(|text| text.len() <= LONGEST_TEXT)
}

fn find<'a>(items: &'a [MenuItem], id: &str) -> Option<&'a MenuItem> {
    items.iter().find_map(|item| {
        if item.id == id {
            Some(item)
        } else {
            find(&item.items, id)
        }
    })
}

fn find_mut<'a>(items: &'a mut [MenuItem], id: &str) -> Option<&'a mut MenuItem> {
    for item in items {
        if item.id == id {
            return Some(item);
        }
        if let Some(found) = find_mut(&mut item.items, id) {
            return Some(found);
        }
    }
    None
}

fn retain(items: &mut Vec<MenuItem>, id: &str) {
    items.retain(|item| item.id != id);
    for item in items {
        retain(&mut item.items, id);
    }
}

#[cfg(test)]
mod tests;
