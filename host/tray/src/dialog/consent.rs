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

fn permissions(asking: Asking, join: &JoinAsk) -> String {
    let all = ["screen".to_owned(), "input".to_owned()];
    let wanted = if join.permissions.is_empty() {
        &all[..]
    } else {
        &join.permissions
    };
    let lines = wanted.iter().take(MOST_LINES).map(|name| {
        let plain = asking.texts.find(&format!("permission.{name}"));
        let plain = plain.filter(|_| name != "other").map(str::to_owned);
        plain.unwrap_or_else(|| {
            let name = clean::line(name, LONGEST_NAME);
            asking.texts.fill("permission.other", &[("name", &name)])
        })
    });
    let lines = lines.map(|line| format!("\n• {line}")).collect::<String>();
    format!("{}{lines}", asking.texts.get("consent.can"))
}

fn fields(prompt: &Prompt) -> String {
    let lines = prompt.fields.iter().take(MOST_LINES);
    let lines = lines.map(|field| clean::line(&field.label, LONGEST_LINE));
    lines
        .filter(|line| !line.is_empty())
        .collect::<Vec<_>>()
        .join("\n")
}
