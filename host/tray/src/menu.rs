mod entries;
mod state;

use deskhook_agent::Snapshot;
use deskhook_hooks::{ItemKind, Menu, MenuItem};
use deskhook_policy::Language;
use deskhook_session::PhaseName;

use crate::sentence::sentence;
use crate::text::Texts;
use crate::{clean, clock, dialog};

/// The most characters of a name that somebody else chose.
const LONGEST_NAME: usize = 60;
/// The most characters of an entry.
const LONGEST_TEXT: usize = 200;

/// The tray's menu, before the `tray.menu` hooks: what can be seen and done now, from top to
/// bottom. What does not apply is left out.
pub fn menu(snapshot: &Snapshot, language: &Language) -> Menu {
    let texts = Texts::of(language);
    let sections = [
        vec![organisation(snapshot)],
        session(snapshot, texts, language),
        entries::links(snapshot, language),
        entries::own(snapshot, language),
        end(snapshot, texts),
    ];
    Menu {
        tooltip: state::tooltip(snapshot, language),
        icon: state::icon(snapshot),
        items: joined(sections),
    }
}

/// The organisation's name, else ours.
pub(crate) fn organisation_name(snapshot: &Snapshot) -> String {
    let name = clean::line(&snapshot.organization, LONGEST_NAME);
    if name.is_empty() {
        "Deskhook".to_owned()
    } else {
        name
    }
}

fn organisation(snapshot: &Snapshot) -> MenuItem {
    item("organisation", ItemKind::Label, organisation_name(snapshot))
}

/// What can be seen and done about the session.
fn session(snapshot: &Snapshot, texts: Texts, language: &Language) -> Vec<MenuItem> {
    if snapshot.view.session.is_none() {
        return idle(snapshot, texts, language);
    }
    let question = snapshot.view.question.as_ref().map(|question| {
        let title = dialog::dialog(question, snapshot, language).title;
        let text = texts.fill("menu.question", &[("title", &title)]);
        item(
            "question",
            ItemKind::Question,
            clean::line(&text, LONGEST_TEXT),
        )
    });
    let entries = [
        question,
        supporter(snapshot, texts).or_else(|| Some(state(state::text(snapshot, texts)))),
        elevation(snapshot, texts),
        address(snapshot, texts),
        Some(stop(snapshot, texts)),
    ];
    entries.into_iter().flatten().collect()
}

fn idle(snapshot: &Snapshot, texts: Texts, language: &Language) -> Vec<MenuItem> {
    let refused = snapshot
        .view
        .reasons
        .iter()
        .enumerate()
        .map(|(index, reason)| {
            let reason = sentence(reason, language);
            let text = texts.fill("menu.refused", &[("reason", &reason)]);
            let id = format!("refused-{}", index + 1);
            item(&id, ItemKind::Label, clean::line(&text, LONGEST_TEXT))
        });
    let refused = refused.collect::<Vec<_>>();
    if snapshot.policy.clients.is_empty() {
        // The one reason of such a device would only say it twice.
        return vec![state(texts.get("state.not-set-up").to_owned())];
    }
    let text = start_text(snapshot, texts, language);
    let mut entries = vec![item("start", ItemKind::Start, text)];
    entries.extend(refused);
    entries
}

/// The organisation's text. Where it has none in this language, and nothing of its own in English
/// either, ours.
fn start_text(snapshot: &Snapshot, texts: Texts, language: &Language) -> String {
    let own = snapshot.policy.start_text.get(language).unwrap_or_default();
    let own = clean::line(own, LONGEST_TEXT);
    if own.is_empty() || own == Texts::english().get("menu.start") {
        return texts.get("menu.start").to_owned();
    }
    own
}

fn state(text: String) -> MenuItem {
    item("state", ItemKind::Label, text)
}

fn supporter(snapshot: &Snapshot, texts: Texts) -> Option<MenuItem> {
    let since = snapshot.view.connected?;
    let name = state::supporter(snapshot, texts);
    let time = clock::minute(snapshot, since);
    let text = if time.is_empty() {
        texts.fill("state.connected", &[("supporter", &name)])
    } else {
        texts.fill("menu.supporter", &[("supporter", &name), ("time", &time)])
    };
    Some(item("supporter", ItemKind::Label, text))
}

fn elevation(snapshot: &Snapshot, texts: Texts) -> Option<MenuItem> {
    let program = snapshot.view.elevating.as_ref()?;
    // While it is asked for, the question says it.
    if snapshot.view.question.is_some() {
        return None;
    }
    let program = clean::line(program, LONGEST_TEXT);
    let text = texts.fill("menu.elevation", &[("program", &program)]);
    Some(item("elevation", ItemKind::Label, text))
}

fn address(snapshot: &Snapshot, texts: Texts) -> Option<MenuItem> {
    let address = snapshot.view.address.as_ref()?.grouped();
    let text = texts.fill("menu.address", &[("address", &address)]);
    Some(item("address", ItemKind::Address, text))
}

fn stop(snapshot: &Snapshot, texts: Texts) -> MenuItem {
    let starting = matches!(
        snapshot.view.phase,
        PhaseName::Checking | PhaseName::Launching
    );
    let key = if starting {
        "menu.stop-starting"
    } else {
        "menu.stop"
    };
    item("stop", ItemKind::Stop, texts.get(key).to_owned())
}

fn end(snapshot: &Snapshot, texts: Texts) -> Vec<MenuItem> {
    let about = item("about", ItemKind::About, texts.get("menu.about").to_owned());
    let quit = || item("quit", ItemKind::Quit, texts.get("menu.quit").to_owned());
    let quit = snapshot.policy.tray.quit.then(quit);
    [Some(about), quit].into_iter().flatten().collect()
}

/// The sections that have something in them, with a line between each two.
fn joined(sections: impl IntoIterator<Item = Vec<MenuItem>>) -> Vec<MenuItem> {
    let mut items: Vec<MenuItem> = vec![];
    let full = sections.into_iter().filter(|section| !section.is_empty());
    for (index, section) in full.enumerate() {
        if index > 0 {
            items.push(item(
                &format!("line-{index}"),
                ItemKind::Separator,
                String::new(),
            ));
        }
        items.extend(section);
    }
    items
}

fn item(id: &str, kind: ItemKind, text: String) -> MenuItem {
    MenuItem {
        id: id.to_owned(),
        kind,
        text,
        ..MenuItem::default()
    }
}

#[cfg(test)]
mod tests;
