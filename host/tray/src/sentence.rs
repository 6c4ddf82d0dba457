use deskhook_policy::Language;
use deskhook_session::Reason;

use crate::text::{Part, Texts, fill, parts};

/// What the keys of the sentences begin with.
const PREFIX: &str = "reason.";

/// A reason as the person reads it: Deskhook's own sentences in their language, what the
/// organisation wrote unchanged.
///
/// A sentence is Deskhook's own when it is, word for word, the English one under its code; an
/// organisation may use the same code for other words.
pub fn sentence(reason: &Reason, language: &Language) -> String {
    let own = format!("{PREFIX}{}", reason.code);
    let variant = format!("{own}/");
    translated(&reason.message, language, |key| {
        key == own || key.starts_with(&variant)
    })
}

/// A warning of a check, likewise.
pub(crate) fn warning(message: &str, language: &Language) -> String {
    translated(message, language, |_| true)
}

fn translated(message: &str, language: &Language, fits: impl Fn(&str) -> bool) -> String {
    let texts = Texts::of(language);
    let known = Texts::english().under(PREFIX).filter(|(key, _)| fits(key));
    let mut matched = known.filter_map(|(key, english)| Some((key, values(english, message)?)));
    let Some((key, values)) = matched.next() else {
        return message.to_owned();
    };
    fill(texts.get(key), &values)
}

/// What stands in a message at the names of the template that it was made from; none when it
/// was not made from it.
fn values<'a>(template: &'static str, message: &'a str) -> Option<Vec<(&'static str, &'a str)>> {
    let mut found = vec![];
    let mut rest = message;
    let mut open = None;
    for part in parts(template) {
        match part {
            Part::Name(name) => open = Some(name),
            Part::Words(words) => {
                let (value, after) = match open {
                    Some(_) => rest.split_once(words)?,
                    None => ("", rest.strip_prefix(words)?),
                };
                found.extend(open.take().map(|name| (name, value)));
                rest = after;
            }
        }
    }
    match open {
        Some(name) => found.push((name, rest)),
        None if !rest.is_empty() => return None,
        None => {}
    }
    Some(found)
}

#[cfg(test)]
mod tests;
