use deskhook_agent::Snapshot;
use deskhook_policy::Language;
use deskhook_session::{PhaseName, Progress};

use super::{LONGEST_NAME, LONGEST_TEXT, organisation_name};
use crate::clean;
use crate::text::Texts;

/// Where the session stands, in a few words.
pub(super) fn text(snapshot: &Snapshot, texts: Texts) -> String {
    let client = client(snapshot);
    let supporter = supporter(snapshot, texts);
    let key = match snapshot.view.phase {
        PhaseName::Idle if snapshot.policy.clients.is_empty() => "state.not-set-up",
        PhaseName::Idle => "state.idle",
        PhaseName::Checking if snapshot.view.question.is_some() => "state.asked",
        PhaseName::Checking => "state.checking",
        PhaseName::Launching => return launching(&client, snapshot.view.progress, texts),
        PhaseName::Reporting if snapshot.portal.is_none() => "state.no-portal",
        PhaseName::Reporting if !snapshot.online => "state.offline",
        PhaseName::Reporting => "state.reporting",
        PhaseName::Waiting => "state.waiting",
        PhaseName::Joining => "state.joining",
        PhaseName::Connected => "state.connected",
    };
    texts.fill(key, &[("supporter", &supporter)])
}

/// The policy's tooltip, else the organisation's name and the state.
pub(super) fn tooltip(snapshot: &Snapshot, language: &Language) -> String {
    let own = snapshot.policy.tray.tooltip.get(language);
    let own = own.map(|text| clean::line(text, LONGEST_TEXT));
    own.filter(|text| !text.is_empty()).unwrap_or_else(|| {
        let state = text(snapshot, Texts::of(language));
        format!("{}: {state}", organisation_name(snapshot))
    })
}

/// `attention` while the person is asked, `connected` while a supporter is in, `waiting` while a
/// session is otherwise under way; else the policy's own icon, or `idle`.
pub(super) fn icon(snapshot: &Snapshot) -> String {
    let view = &snapshot.view;
    let drawn = match view.phase {
        _ if view.question.is_some() => "attention",
        PhaseName::Idle => snapshot.policy.tray.icon.as_deref().unwrap_or("idle"),
        PhaseName::Connected => "connected",
        _ => "waiting",
    };
    drawn.to_owned()
}

/// The name of who is in, or wants in.
pub(super) fn supporter(snapshot: &Snapshot, texts: Texts) -> String {
    let name = snapshot
        .view
        .supporter
        .as_ref()
        .map(|supporter| supporter.name.as_str());
    let name = clean::line(name.unwrap_or_default(), LONGEST_NAME);
    if name.is_empty() {
        texts.get("dialog.unnamed").to_owned()
    } else {
        name
    }
}

fn client(snapshot: &Snapshot) -> String {
    let name = snapshot.view.client.as_deref().unwrap_or_default();
    let spec = snapshot
        .policy
        .clients
        .iter()
        .find(|spec| spec.name == name);
    let display = spec
        .map(|spec| spec.display_name.as_str())
        .filter(|name| !name.is_empty());
    clean::line(display.unwrap_or(name), LONGEST_NAME)
}

fn launching(client: &str, progress: Option<Progress>, texts: Texts) -> String {
    match progress {
        Some(Progress {
            received,
            total: Some(total),
        }) if received < total => {
            let percent = u128::from(received) * 100 / u128::from(total);
            texts.fill(
                "state.fetching",
                &[("client", client), ("percent", &percent.to_string())],
            )
        }
        Some(Progress {
            received,
            total: None,
        }) => {
            let size = received / 1_000_000;
            texts.fill(
                "state.fetching-size",
                &[("client", client), ("size", &size.to_string())],
            )
        }
        _ => texts.fill("state.launching", &[("client", client)]),
    }
}
