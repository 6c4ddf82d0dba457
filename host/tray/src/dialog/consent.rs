use std::borrow::Cow;
use std::collections::BTreeSet;

use deskhook_session::{JoinAsk, Prompt};

use super::{Asking, DialogText, LONGEST_LINE, LONGEST_NAME, LONGEST_TEXT, on_silence, paragraphs};
use crate::clean;

/// The most lines of a list that the dialog shows.
const MOST_LINES: usize = 16;

pub(super) fn text(asking: Asking, join: &JoinAsk, prompt: &Prompt) -> DialogText {
    let title = prompt
        .title
        .as_deref()
        .map(|title| clean::line(title, LONGEST_LINE));
    let title = title
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| title_for(asking, join));
    let message = paragraphs([
        organisations_words(asking, prompt),
        about(asking, join),
        permissions(asking, join),
        fields(prompt),
        asking.texts.get("consent.stop").to_owned(),
        asking.silence(on_silence(asking.snapshot)),
    ]);
    asking.yes_or_no(title, message)
}

/// Nothing listed is everything: an older portal does not say what a session may do.
fn wants(join: &JoinAsk, name: &str) -> bool {
    join.permissions.is_empty() || join.permissions.iter().any(|wanted| wanted == name)
}

fn title_for(asking: Asking, join: &JoinAsk) -> String {
    let key = match (wants(join, "screen"), wants(join, "input")) {
        (_, true) => "consent.title-control",
        (true, false) => "consent.title-view",
        (false, false) => "consent.title-other",
    };
    asking
        .texts
        .fill(key, &[("supporter", &asking.name(&join.supporter))])
}

/// A hook's words, else the policy's.
fn organisations_words(asking: Asking, prompt: &Prompt) -> String {
    let policy = &asking.snapshot.policy.session.consent.text;
    let words = prompt
        .message
        .as_deref()
        .or_else(|| policy.get(asking.language));
    clean::lines(words.unwrap_or_default(), LONGEST_TEXT)
}

fn about(asking: Asking, join: &JoinAsk) -> String {
    let lines = [
        Some(asking.who(&join.supporter)),
        asking.line("consent.reason", ("reason", join.reason.as_deref())),
        asking.line("consent.ticket", ("ticket", join.ticket.as_deref())),
    ];
    lines.into_iter().flatten().collect::<Vec<_>>().join("\n")
}

/// What is known here goes first: made-up names push none of it out of sight.
fn permissions(asking: Asking, join: &JoinAsk) -> String {
    let all = ["screen".to_owned(), "input".to_owned()];
    let wanted = if join.permissions.is_empty() {
        &all[..]
    } else {
        &join.permissions
    };
    let (known, unknown): (Vec<_>, Vec<_>) = wanted
        .iter()
        .map(|name| permission(asking, name))
        .partition(|line| matches!(line, Cow::Borrowed(_)));
    let mut seen = BTreeSet::new();
    let mut lines: Vec<_> = known.into_iter().chain(unknown).collect();
    lines.retain(|line| seen.insert(line.clone()));
    // What does not fit is counted, never silently left out.
    let more = lines.len().saturating_sub(MOST_LINES).to_string();
    if more != "0" {
        lines.truncate(MOST_LINES);
        lines.push(
            asking
                .texts
                .fill("consent.more", &[("count", &more)])
                .into(),
        );
    }
    let lines = lines.iter().map(|line| format!("\n• {line}"));
    format!(
        "{}{}",
        asking.texts.get("consent.can"),
        lines.collect::<String>()
    )
}

/// In our own words, where there are some; a name that somebody made up stays theirs.
fn permission(asking: Asking, name: &str) -> Cow<'static, str> {
    let plain = asking.texts.find(&format!("permission.{name}"));
    match plain.filter(|_| name != "other") {
        Some(plain) => plain.into(),
        None => {
            let name = clean::line(name, LONGEST_NAME);
            let values = [("name", name.as_str())];
            asking.texts.fill("permission.other", &values).into()
        }
    }
}

fn fields(prompt: &Prompt) -> String {
    let lines = prompt.fields.iter().take(MOST_LINES);
    let lines = lines.map(|field| clean::line(&field.label, LONGEST_LINE));
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
