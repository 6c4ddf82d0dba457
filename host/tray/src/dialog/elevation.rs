use deskhook_policy::ElevationMethod;
use deskhook_session::ElevationAsk;

use super::{Asking, DialogText, LONGEST_TEXT, paragraphs};

pub(super) fn text(asking: Asking, ask: &ElevationAsk) -> DialogText {
    let texts = asking.texts;
    let title = texts.fill(
        "elevation.title",
        &[("supporter", &asking.name(&ask.supporter))],
    );
    let reason = asking.line("consent.reason", ("reason", ask.reason.as_deref()));
    let who = asking.who(&ask.supporter);
    let message = paragraphs([
        [Some(who), reason]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join("\n"),
        what(asking, ask),
        texts.get(method(ask.method)).to_owned(),
        asking.silence("dialog.silence-refuses"),
    ]);
    asking.yes_or_no(title, message)
}

fn what(asking: Asking, ask: &ElevationAsk) -> String {
    let texts = asking.texts;
    let arguments = match exactly(&ask.arguments) {
        none if none.is_empty() => texts.get("elevation.no-arguments").to_owned(),
        some => texts.fill(
            "elevation.arguments",
            &[("arguments", &shown(asking, some))],
        ),
    };
    let program = shown(asking, exact(&ask.program));
    let lines = [
        texts.fill("elevation.program", &[("program", &program)]),
        arguments,
        texts.get("elevation.as").to_owned(),
        texts.fill(
            "elevation.minutes",
            &[("minutes", &ask.minutes.to_string())],
        ),
    ];
    lines.join("\n")
}

/// Each argument so that it is clear where it begins and ends, and what is in it.
fn exactly(arguments: &[String]) -> String {
    arguments
        .iter()
        .map(|argument| exact(argument))
        .collect::<Vec<_>>()
        .join(" ")
}

/// The text itself where it is plain, else quoted, with everything unseen spelled out.
fn exact(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@,+%".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("{text:?}")
}

/// What does not fit is counted, never silently left out.
fn shown(asking: Asking, text: String) -> String {
    let Some((end, _)) = text.char_indices().nth(LONGEST_TEXT) else {
        return text;
    };
    let (seen, left) = text.split_at(end);
    let count = left.chars().count().to_string();
    format!(
        "{seen} {}",
        asking.texts.fill("dialog.more", &[("count", &count)])
    )
}

fn method(method: ElevationMethod) -> &'static str {
    match method {
        ElevationMethod::LocalApproval => "elevation.local-approval",
        ElevationMethod::BrokeredAction => "elevation.brokered-action",
        ElevationMethod::TransmittedCredentials => "elevation.transmitted-credentials",
    }
}
