//! What a menu can have, beyond what each of its entries is: how many, how deep, and which names.

use std::collections::HashSet;

use super::accept::Complaint;
use crate::syntax::{Kind as Written, Node};

/// How deep submenus of `Tray.Items` may lie in each other.
pub const MENU_DEEPEST: usize = 3;

/// How many entries one menu may have.
pub const MENU_MOST: usize = 64;

const BUILT_IN: [&str; 10] = [
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
const BUILT_IN_PREFIXES: [&str; 3] = ["link-", "line-", "refused-"];

/// Whether `id` is one of the menu's own, which an organisation's entries cannot take: an entry
/// called `stop` must never stand in for the one that stops.
pub fn is_built_in_entry(id: &str) -> bool {
    let mut prefixes = BUILT_IN_PREFIXES.iter();
    BUILT_IN.contains(&id) || prefixes.any(|prefix| id.starts_with(prefix))
}

/// What of a whole menu is left out, or gets another name, though each entry alone is right.
pub(super) fn left_out(menu: &Node) -> Vec<Complaint> {
    let mut looking = Looking::default();
    looking.level(menu, MENU_DEEPEST);
    looking.complaints
}

#[derive(Default)]
struct Looking<'n> {
    ids: HashSet<&'n str>,
    complaints: Vec<Complaint>,
}

impl<'n> Looking<'n> {
    /// One menu, below which `deeper` more may lie.
    fn level(&mut self, menu: &'n Node, deeper: usize) {
        let Written::List(entries) = &menu.kind else {
            return;
        };
        if let Some(first) = entries.get(MENU_MOST) {
            let message = format!(
                "the menu has {} entries: from here on they are left out",
                entries.len()
            );
            let help = format!("a menu has at most {MENU_MOST} entries; put some into a submenu");
            self.complain("menu-size", first, message, help);
        }
        for entry in entries.iter().take(MENU_MOST) {
            self.entry(entry, deeper);
        }
    }

    fn entry(&mut self, entry: &'n Node, deeper: usize) {
        let kind = member(entry, "Kind").and_then(text).unwrap_or_default();
        if let Some(id) = member(entry, "Id") {
            self.id(id, kind);
        }
        if !kind.eq_ignore_ascii_case("submenu") {
            return;
        }
        match (member(entry, "Items"), deeper) {
            (Some(_), 0) => {
                let message = "this submenu lies too deep and is left out".to_owned();
                let help = format!("submenus lie at most {MENU_DEEPEST} deep in each other");
                self.complain("menu-size", entry, message, help);
            }
            (Some(items), _) => self.level(items, deeper - 1),
            (None, _) => {}
        }
    }

    fn id(&mut self, node: &'n Node, kind: &str) {
        let Some(id) = text(node).filter(|id| !id.is_empty()) else {
            return;
        };
        if is_built_in_entry(id) {
            let becomes = match kind.to_ascii_lowercase().as_str() {
                "" | "item" => "the entry is left out",
                _ => "the entry gets another one",
            };
            let message = format!("the Id {id} is that of an entry that is built in: {becomes}");
            self.complain("menu-id", node, message, "choose another".to_owned());
        } else if !self.ids.insert(id) {
            let message = format!("the Id {id} is used twice: this entry is left out");
            let help = "give each entry of the menu, its submenus included, an Id of its own";
            self.complain("menu-id", node, message, help.to_owned());
        }
    }

    fn complain(&mut self, code: &'static str, node: &Node, message: String, help: String) {
        let complaint = Complaint::new(code, node, message).with_help(help);
        self.complaints.push(complaint);
    }
}

fn member<'n>(entry: &'n Node, key: &str) -> Option<&'n Node> {
    let Written::Object(members) = &entry.kind else {
        return None;
    };
    let mut members = members.iter();
    let found = members.find(|member| member.key.eq_ignore_ascii_case(key))?;
    Some(&found.value)
}

fn text(node: &Node) -> Option<&str> {
    match &node.kind {
        Written::Text(text) => Some(text),
        _ => None,
    }
}
