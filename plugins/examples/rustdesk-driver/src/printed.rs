use std::collections::BTreeSet;

/// Digits of an ID: a server gives 9 or 10; one made from a network card may have fewer (RustDesk,
/// `Config::get_auto_id`: 29 bits).
const DIGITS: std::ops::RangeInclusive<usize> = 6..=10;
/// What it prints to whoever may not ask, or where it is not installed.
const REFUSAL: &str = "Installation and administrative privileges required!";

/// Which IDs are looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ids {
    /// Numbers alone.
    Numbers,
    /// Those that were chosen as well: a letter, then 5 to 15 letters, digits, `_` and `-`.
    Chosen,
}

/// The ID in what `--get-id` printed, or why there is none yet.
pub(crate) fn id(text: &str, ids: Ids) -> Result<String, String> {
    let lines: Vec<&str> = text
        .lines()
        .map(bare)
        .filter(|line| !line.is_empty())
        .collect();
    if lines.is_empty() {
        return Err("it printed nothing".to_owned());
    }
    if lines.contains(&REFUSAL) {
        return Err("it has to be installed, and says its ID to administrators only".to_owned());
    }
    let found: BTreeSet<String> = lines.iter().filter_map(|line| number(line)).collect();
    let mut found = found.into_iter();
    match (found.next(), found.next(), lines.as_slice()) {
        (Some(id), None, _) => Ok(id),
        (Some(_), Some(_), _) => Err("it printed several IDs".to_owned()),
        // A word is only an ID where nothing else was said.
        (None, _, [word]) if ids == Ids::Chosen && is_chosen(word) => Ok((*word).to_owned()),
        _ => Err(format!("it printed no ID in {} lines", lines.len())),
    }
}

/// The ID in what a running client printed: there, only a line that says what it is counts, or one
/// with as many digits as a server gives.
pub(crate) fn announced(output: &str) -> Option<String> {
    let found: BTreeSet<String> = output
        .lines()
        .map(bare)
        .filter_map(|line| match labelled(line) {
            Some(rest) => number(rest),
            None => number(line).filter(|id| id.len() >= 9),
        })
        .collect();
    let mut found = found.into_iter();
    found.next().filter(|_| found.next().is_none())
}

/// The version in what `--version` printed: `1.4.9`, or `1.4.9-1`.
pub(crate) fn version(text: &str) -> Option<String> {
    let mut lines = text.lines().map(bare);
    lines.find(|line| is_version(line)).map(str::to_owned)
}

/// Whether `text` can be an ID at all.
pub(crate) fn is_id(text: &str, ids: Ids) -> bool {
    number(text).is_some_and(|id| id == text) || (ids == Ids::Chosen && is_chosen(text))
}

/// Without what consoles and pipes put round a line.
fn bare(line: &str) -> &str {
    line.trim_matches(|c: char| c.is_whitespace() || c == '\0' || c == '\u{feff}')
}

fn labelled(line: &str) -> Option<&str> {
    let (label, rest) = line.split_once(':')?;
    label
        .trim()
        .eq_ignore_ascii_case("id")
        .then_some(rest.trim())
}

/// The number in a line that is nothing else: `123456789`, or as people read it, `123 456 789`.
fn number(line: &str) -> Option<String> {
    let parts: Vec<&str> = line.split([' ', '\u{a0}']).collect();
    let is_digits = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let grouped = parts.iter().skip(1).all(|part| part.len() == 3)
        && (parts.len() == 1 || parts[0].len() <= 3);
    let joined: String = parts.concat();
    let fits = parts.iter().all(is_digits) && grouped && DIGITS.contains(&joined.len());
    fits.then_some(joined)
}

/// RustDesk's own rule for `--set-id`.
fn is_chosen(word: &str) -> bool {
    let letters = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b'-';
    (6..=16).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(letters)
}

fn is_version(line: &str) -> bool {
    let (numbers, rest) = line.split_once('-').unwrap_or((line, "0"));
    let parts: Vec<&str> = numbers.split('.').collect();
    let is_number =
        |part: &&str| (1..=5).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    (2..=4).contains(&parts.len())
        && parts.iter().all(is_number)
        && (1..=16).contains(&rest.len())
        && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_read_in_every_form_in_which_it_is_printed() {
        for (text, wanted) in [
            ("123456789\n", "123456789"),
            ("1234567890", "1234567890"),
            ("12345678\n", "12345678"),
            ("\u{feff}123456789\r\n\r\n", "123456789"),
            ("123 456 789\n", "123456789"),
            ("1 234 567 890\n", "1234567890"),
            ("123\u{a0}456\u{a0}789", "123456789"),
            ("\x00123456789\0\n", "123456789"),
            (
                "(rustdesk:812): Gtk-WARNING **: 10:11:12.345: cannot open display\n123456789\n",
                "123456789",
            ),
            (
                "[2026-11-27 10:11:12 +01:00] INFO [src/ipc.rs:812] connected\n123456789\n",
                "123456789",
            ),
            ("123456789\n123 456 789\n", "123456789"),
        ] {
            assert_eq!(id(text, Ids::Numbers).as_deref(), Ok(wanted), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_id_is_none_and_says_why() {
        for (text, why) in [
            ("", "printed nothing"),
            (" \r\n\n", "printed nothing"),
            (
                "Installation and administrative privileges required!\n",
                "administrators only",
            ),
            ("0\n", "no ID"),
            ("12345\n", "no ID"),
            ("12345678901\n", "no ID"),
            ("12 34 56 78\n", "no ID"),
            ("1234 567 890\n", "no ID"),
            ("-123456789\n", "no ID"),
            ("+123456789\n", "no ID"),
            (
                "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\n",
                "no ID",
            ),
            ("Failed to connect to 123456789\n", "no ID"),
            ("123456789\n987654321\n", "several IDs"),
            ("helpdesk-01\n", "no ID"),
        ] {
            let told = id(text, Ids::Numbers).unwrap_err();
            assert!(told.contains(why), "{text:?}: {told}");
        }
    }

    #[test]
    fn a_chosen_id_counts_only_where_they_are_used_and_nothing_else_is_said() {
        assert_eq!(
            id("helpdesk-01\n", Ids::Chosen).as_deref(),
            Ok("helpdesk-01")
        );
        assert_eq!(id("123456789", Ids::Chosen).as_deref(), Ok("123456789"));
        for text in [
            "error\nhelpdesk-01\n",
            "1helpdesk",
            "help\n",
            "help desk 01",
            "helpdesk-01-is-too-long",
        ] {
            assert!(id(text, Ids::Chosen).is_err(), "{text}");
        }
    }

    #[test]
    fn a_running_client_has_to_say_what_it_is() {
        for (output, wanted) in [
            ("starting\nID: 123 456 789\n", Some("123456789")),
            ("id:12345678\n", Some("12345678")),
            ("123456789\n", Some("123456789")),
            ("12345678\n", None),
            ("pid: 12345678\n", None),
            ("ID: none\n", None),
            ("ID: 123456789\nID: 987654321\n", None),
            ("", None),
        ] {
            assert_eq!(announced(output).as_deref(), wanted, "{output:?}");
        }
    }

    #[test]
    fn a_version_is_numbers_between_points() {
        for (text, wanted) in [
            ("1.4.9\n", Some("1.4.9")),
            ("1.4.9-1\r\n", Some("1.4.9-1")),
            ("warning\n1.3.0\n", Some("1.3.0")),
            ("rustdesk 1.4.9", None),
            ("1\n", None),
            ("1.\n", None),
            ("1.4.9-<b>\n", None),
            ("1.4.9-\n", None),
            ("", None),
        ] {
            assert_eq!(version(text).as_deref(), wanted, "{text:?}");
        }
    }
}
