use std::collections::BTreeSet;

use deskhook_agent::Snapshot;
use deskhook_hooks::{ItemKind, MenuItem};
use deskhook_policy::{Language, MENU_DEEPEST, MENU_MOST, MenuEntry, is_built_in_entry};

use super::{LONGEST_TEXT, item};
use crate::{clean, link};

/// The organisation's `WebLinks` for this platform.
pub(super) fn links(snapshot: &Snapshot, language: &Language) -> Vec<MenuItem> {
    let here = snapshot
        .device
        .as_ref()
        .map_or(std::env::consts::OS, |device| device.os.as_str());
    let fits = |platform: &str| {
        platform.is_empty()
            || platform.eq_ignore_ascii_case("any")
            || platform.eq_ignore_ascii_case(here)
    };
    let links = snapshot.policy.web_links.iter().enumerate().take(MENU_MOST);
    let links = links.filter(|(_, link)| fits(&link.platform) && link::is_safe(&link.target));
    links
        .map(|(index, link)| MenuItem {
            target: Some(link.target.clone()),
            ..item(
                &format!("link-{}", index + 1),
                ItemKind::Link,
                text(&link.name, language, &link.target),
            )
        })
        .collect()
}

/// The organisation's `Tray.Items`.
pub(super) fn own(snapshot: &Snapshot, language: &Language) -> Vec<MenuItem> {
    let mut taken = BTreeSet::new();
    level(
        &snapshot.policy.tray.items,
        language,
        (&mut taken, MENU_DEEPEST),
    )
}

fn level(
    entries: &[MenuEntry],
    language: &Language,
    (taken, deeper): (&mut BTreeSet<String>, usize),
) -> Vec<MenuItem> {
    let mut items = vec![];
    for entry in entries.iter().take(MENU_MOST) {
        let Some(mut made) = made(entry, language, taken) else {
            continue;
        };
        if made.kind == ItemKind::Submenu {
            made.items = match deeper {
                0 => vec![],
                _ => level(&entry.items, language, (taken, deeper - 1)),
            };
            if made.items.is_empty() {
                continue;
            }
        }
        items.push(made);
    }
    items
}

/// One entry without its submenu; none where it is no entry that a menu can have.
fn made(entry: &MenuEntry, language: &Language, taken: &mut BTreeSet<String>) -> Option<MenuItem> {
    let kind = match entry.kind.as_str() {
        "" | "item" => ItemKind::Item,
        "link" => ItemKind::Link,
        "separator" => ItemKind::Separator,
        "submenu" => ItemKind::Submenu,
        _ => return None,
    };
    let target = entry.target.clone().filter(|target| link::is_safe(target));
    if kind == ItemKind::Link && target.is_none() {
        return None;
    }
    let id = id(&entry.id, kind, taken)?;
    let shown = match kind {
        ItemKind::Separator => String::new(),
        _ => text(&entry.text, language, &id),
    };
    Some(MenuItem {
        target,
        icon: entry.icon.clone(),
        ..item(&id, kind, shown)
    })
}

/// The entry's own name where it may have it. A line, a submenu or a link that has none gets one;
/// an entry that is picked by its name cannot do without.
fn id(wanted: &str, kind: ItemKind, taken: &mut BTreeSet<String>) -> Option<String> {
    let reserved = wanted.is_empty() || is_built_in_entry(wanted);
    let id = match (reserved, kind) {
        (false, _) => wanted.to_owned(),
        (true, ItemKind::Item) => return None,
        (true, _) => format!("entry-{}", taken.len() + 1),
    };
    taken.insert(id.clone()).then_some(id)
}

fn text(text: &deskhook_policy::LocalText, language: &Language, otherwise: &str) -> String {
    let text = clean::line(text.get(language).unwrap_or_default(), LONGEST_TEXT);
    if text.is_empty() {
        clean::line(otherwise, LONGEST_TEXT)
    } else {
        text
    }
}
