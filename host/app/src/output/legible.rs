//! Text as a terminal may have it: what a name, a key or a file holds moves no cursor and hides no
//! line.

/// The same text with every control character written out, line ends and tabs aside, and so what
/// turns the direction of writing. Colours stay where `colours` are our own.
pub(super) fn legible(text: &str, colours: Colours) -> String {
    let mut legible = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let taken = match colours {
            Colours::Shown => colour(rest),
            Colours::None => None,
        };
        let (seen, length) = taken.map_or((false, c.len_utf8()), |length| (true, length));
        if seen || !is_odd(c) {
            legible.push_str(&rest[..length]);
        } else {
            legible.extend(c.escape_unicode());
        }
        rest = &rest[length..];
    }
    legible
}

/// The same on one line: nothing in it can pass for a line of its own.
pub(super) fn on_one_line(text: &str, colours: Colours) -> String {
    legible(text, colours)
        .replace('\n', "\\n")
        .replace('\t', "\\t")
}

/// Whether colours are among what is printed.
#[derive(Clone, Copy)]
pub(super) enum Colours {
    /// On a terminal that is to have them.
    Shown,
    /// Everywhere else.
    None,
}

fn is_odd(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let parts = matches!(c, '\u{2028}' | '\u{2029}');
    turns || parts || (c.is_control() && !matches!(c, '\n' | '\t'))
}

/// The length of a change of colour or weight (ECMA-48, SGR) at the beginning of a text; none for
/// one that hides or inverts what follows.
fn colour(text: &str) -> Option<usize> {
    let codes = text.strip_prefix("\u{1b}[")?;
    let end = codes.find('m')?;
    let (codes, length) = (&codes[..end], end + 3);
    let numbers: Option<Vec<u16>> = match codes {
        "" => Some(vec![0]),
        codes => codes
            .split(';')
            .map(|code| code.parse::<u16>().ok())
            .collect::<Option<Vec<u16>>>(),
    };
    let is_plain = |code: &u16| matches!(code, 0..=4 | 22..=24 | 30..=37 | 39 | 90..=97);
    let shown = match numbers?.as_slice() {
        [38, 2, _, _, _] | [38, 5, _] => true,
        [38, 2, _, _, _, more @ ..] => more.iter().all(is_plain),
        numbers => numbers.iter().all(is_plain),
    };
    shown.then_some(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        let shown = |text: &str| legible(text, Colours::Shown);
        assert_eq!(shown("a\tb\nc ü"), "a\tb\nc ü");
        assert_eq!(shown("\u{1b}]0;x\u{7}"), "\\u{1b}]0;x\\u{7}");
        assert_eq!(shown("a\rb\u{9b}2J"), "a\\u{d}b\\u{9b}2J");
        assert_eq!(
            shown("\u{1b}[8mhidden\u{1b}[2K"),
            "\\u{1b}[8mhidden\\u{1b}[2K"
        );
        assert_eq!(shown("a\u{202e}b\u{2028}"), "a\\u{202e}b\\u{2028}");
    }

    #[test]
    fn colours_stay_where_they_are_wanted_and_nowhere_else() {
        for text in ["\u{1b}[31;1mred\u{1b}[0m", "\u{1b}[38;2;8;9;10mx\u{1b}[m"] {
            assert_eq!(legible(text, Colours::Shown), text);
            assert!(!legible(text, Colours::None).contains('\u{1b}'));
        }
    }

    #[test]
    fn what_stands_on_one_line_cannot_pass_for_two() {
        let forged = "full\r\nok   entry\tis fine\u{1b}[2K\u{2028}";
        let line = on_one_line(forged, Colours::None);
        assert_eq!(line, "full\\u{d}\\nok   entry\\tis fine\\u{1b}[2K\\u{2028}");
    }
}
