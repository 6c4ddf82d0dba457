use deskhook_agent::Snapshot;
use deskhook_hooks::{ItemKind, Menu, MenuItem};
use deskhook_session::PhaseName;
use ksni::Status;
use ksni::menu::{StandardItem, SubMenu};

use super::TrayIcon;
use crate::icon::{self, State};
use crate::menu::organisation_name;

/// Where a line that only says something is broken, in characters: panels do not break lines.
const WIDEST: usize = 56;

/// How the icon looks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Look {
    pub(super) menu: Menu,
    pub(super) title: String,
}

impl Look {
    /// The look of a snapshot; none where the organisation hides the icon. While the person is
    /// asked something it is never hidden.
    pub(super) fn of(snapshot: &Snapshot) -> Option<Self> {
        let phase = match snapshot.view.phase {
            PhaseName::Idle => "idle",
            PhaseName::Connected => "connected",
            _ => "waiting",
        };
        let hidden = snapshot
            .policy
            .tray
            .hide_when
            .iter()
            .any(|when| when == phase);
        if hidden && snapshot.view.question.is_none() {
            return None;
        }
        // Before the first menu is made there is nothing to show.
        (!snapshot.menu.items.is_empty()).then(|| Self {
            menu: snapshot.menu.clone(),
            title: organisation_name(snapshot),
        })
    }

    pub(super) fn status(&self) -> Status {
        match State::named(&self.menu.icon) {
            Some(State::Attention) => Status::NeedsAttention,
            _ => Status::Active,
        }
    }

    /// The theme's icon that policy or a hook wants; empty where the icon is drawn.
    pub(super) fn theme_icon(&self) -> String {
        match State::named(&self.menu.icon) {
            Some(_) => String::new(),
            None => self.menu.icon.clone(),
        }
    }

    /// The drawn icon, also for a theme that lacks the one that is wanted.
    pub(super) fn pictures(&self) -> Vec<ksni::Icon> {
        let state = State::named(&self.menu.icon).unwrap_or(State::Idle);
        let drawn = icon::SIZES.iter().map(|size| ksni::Icon {
            width: i32::from(*size),
            height: i32::from(*size),
            data: icon::draw(state, *size),
        });
        drawn.collect()
    }
}

/// The menu as the session bus wants it.
pub(super) fn entries(items: &[MenuItem]) -> Vec<ksni::MenuItem<TrayIcon>> {
    items.iter().map(entry).collect()
}

fn entry(item: &MenuItem) -> ksni::MenuItem<TrayIcon> {
    let icon_name = item.icon.clone().unwrap_or_default();
    match item.kind {
        ItemKind::Separator => ksni::MenuItem::Separator,
        ItemKind::Submenu => SubMenu {
            label: label(&item.text),
            icon_name,
            submenu: entries(&item.items),
            ..SubMenu::default()
        }
        .into(),
        kind => {
            let id = item.id.clone();
            StandardItem {
                label: label(&item.text),
                icon_name,
                // A label only says something: there is nothing to pick.
                enabled: kind != ItemKind::Label,
                activate: Box::new(move |tray: &mut TrayIcon| tray.pick(&id)),
                ..StandardItem::default()
            }
            .into()
        }
    }
}

/// An underscore would be taken for the mark of an access key (com.canonical.dbusmenu, `label`).
fn label(text: &str) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        let last = lines.last_mut().expect("there is always a line");
        if last.is_empty() {
            last.push_str(word);
        } else if last.chars().count() + word.chars().count() < WIDEST {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(word.to_owned());
        }
    }
    lines.join("\n").replace('_', "__")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_broken_and_an_underscore_stays_one() {
        assert_eq!(label("my_file"), "my__file");
        let long =
            "This device has less than 500 MB of free disk space, and so no session started.";
        assert_eq!(label(long).lines().count(), 2);
        assert_eq!(label(long).replace('\n', " "), long);
    }

    #[test]
    fn an_icon_is_hidden_when_the_policy_says_so_but_never_over_a_question() {
        use std::sync::Arc;
        let mut policy = deskhook_policy::Policy::default();
        policy.tray.hide_when = vec!["idle".to_owned()];
        let mut snapshot = Snapshot {
            policy: Arc::new(policy),
            menu: crate::menu(&Snapshot::default(), &deskhook_policy::Language::english()),
            ..Snapshot::default()
        };
        assert!(Look::of(&snapshot).is_none());
        snapshot.view.phase = PhaseName::Waiting;
        assert!(Look::of(&snapshot).is_some());
        snapshot.view.phase = PhaseName::Idle;
        snapshot.view.question = Some(deskhook_session::Question {
            id: deskhook_session::QuestionId(1),
            kind: deskhook_session::QuestionKind::Details {
                reason: true,
                ticket: false,
            },
            expires: deskhook_session::Moment(0),
        });
        assert!(Look::of(&snapshot).is_some());
    }
}
