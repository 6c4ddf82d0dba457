//! The menu of a pretended agent, and what that agent makes of a patch to it.

use deskhook_hooks::{Answer, Body, Call, Menu, MenuItem, PatchError};
use serde_json::{Value, json};

use crate::nearest::{did_you_mean, nearest};

/// What `tray.menu` is given where an input has no menu: the entries that an agent without links and
/// entries of the organisation's shows in that phase, by the same ids.
pub(super) fn usual(phase: &str) -> Value {
    let label = |id: &str, text: &str| json!({"id": id, "kind": "label", "text": text});
    let state = || label("state", "Waiting for a supporter");
    let address = json!({"id": "address", "kind": "address", "text": "Address: 123 456 789"});
    let stop = json!({"id": "stop", "kind": "stop", "text": "Stop the session"});
    let (icon, session) = match phase {
        "" | "idle" => {
            let start = json!({"id": "start", "kind": "start", "text": "Start remote session"});
            ("idle", vec![start])
        }
        "checking" | "launching" => ("waiting", vec![state(), stop]),
        "connected" => {
            let supporter = label("supporter", "Ada is connected since 14:05");
            ("connected", vec![supporter, address, stop])
        }
        _ => ("waiting", vec![state(), address, stop]),
    };
    let line = |id: &str| json!({"id": id, "kind": "separator"});
    let mut items = vec![label("organisation", "Contoso"), line("line-1")];
    items.extend(session);
    items.push(line("line-2"));
    items.push(json!({"id": "about", "kind": "about", "text": "About"}));
    json!({"tooltip": "Contoso", "icon": icon, "items": items})
}

/// The answer, unless the agent would drop it for the menu that the hook was given: then why.
pub(super) fn judged(call: &Call, answer: Answer) -> Result<Answer, String> {
    let (Body::TrayMenu(given), Answer::Menu(patch)) = (&call.body, &answer) else {
        return Ok(answer);
    };
    match given.menu.patched(patch) {
        Ok(_) => Ok(answer),
        Err(error) => Err(told(&given.menu, &error)),
    }
}

fn told(menu: &Menu, error: &PatchError) -> String {
    let PatchError::NoItem(id) = error else {
        return error.to_string();
    };
    let mut ids = vec![];
    note_ids(&menu.items, &mut ids);
    let hint = did_you_mean(nearest(id, ids.iter().copied()));
    match ids.is_empty() {
        true => format!("{error}: the menu that the hook was given is empty"),
        false => format!("{error}{hint} (there are: {})", ids.join(", ")),
    }
}

fn note_ids<'a>(items: &'a [MenuItem], ids: &mut Vec<&'a str>) {
    for item in items {
        if !item.id.is_empty() {
            ids.push(&item.id);
        }
        note_ids(&item.items, ids);
    }
}
