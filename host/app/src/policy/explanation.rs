use deskhook_policy::{Explanation, Overridden, Setting, Trail, explain};

use super::{Files, diagnostic};
use crate::output::{Colour, Exit, Outcome, json, paint, remark, say};

/// `policy explain KEY PATH...`.
pub(super) fn run(key: &str, files: &Files) -> Outcome {
    let loaded = files.load()?;
    let explanation = explain(&loaded.resolved, key);
    let known = explanation.set_by.is_some()
        || !explanation.inside.is_empty()
        || !explanation.overridden.is_empty();
    diagnostic::print(&loaded.problems);
    if files.json {
        let mut document = serde_json::to_value(&explanation)?;
        document["problems"] = serde_json::to_value(&loaded.problems)?;
        json(&document)?;
    } else {
        print(&explanation);
    }
    Ok(if known { Exit::Done } else { Exit::No })
}

fn print(explanation: &Explanation) {
    let key = paint(&explanation.key, Colour::Bold);
    match (&explanation.value, &explanation.set_by) {
        (Some(value), Some(setting)) => {
            say(format!("{key} = {value}"));
            say(format!("  set by {}", named(setting)));
        }
        (Some(value), None) if explanation.inside.is_empty() => say(format!("{key} = {value}")),
        (Some(_), None) => say(key),
        (None, _) => say(format!("{key} is not set")),
    }
    if let Some(about) = explanation.about {
        say(paint(&format!("  {about}"), Colour::Dim));
    }
    if let (None, Some(default)) = (&explanation.value, &explanation.default) {
        say(format!("  the default holds: {default}"));
    }
    explanation.overridden.iter().for_each(overridden);
    for trail in &explanation.inside {
        inner(trail);
    }
    if let Some(nearest) = &explanation.nearest {
        remark(format!("help: the nearest key that exists is {nearest}"));
    }
}

fn inner(trail: &Trail) {
    match &trail.winner {
        Some(setting) => {
            say(format!("  {} = {}", trail.key, setting.value));
            say(format!("    set by {}", named(setting)));
        }
        None => say(format!("  {} is not set", trail.key)),
    }
    trail.overridden.iter().for_each(overridden);
}

fn overridden(other: &Overridden) {
    let line = format!(
        "    not {} of {}: {}",
        other.setting.value,
        named(&other.setting),
        other.why
    );
    say(paint(&line, Colour::Dim));
}

fn named(setting: &Setting) -> String {
    format!("{}, {}", setting.layer, setting.place)
}
