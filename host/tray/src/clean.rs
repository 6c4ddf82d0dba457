/// One line of text from outside, safe to show beside our own words: no line breaks or control
/// characters, none that turn the direction of writing or hide, no run of blanks, at most
/// `longest` characters.
pub(crate) fn line(text: &str, longest: usize) -> String {
    let plain: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .filter(|c| !is_invisible(*c))
        .collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(words, longest)
}

/// Some lines of text that the organisation wrote.
pub(crate) fn lines(text: &str, longest: usize) -> String {
    let kept = |c: &char| *c == '\n' || !(c.is_control() || is_invisible(*c));
    let plain: String = text.replace('\t', " ").chars().filter(kept).collect();
    shortened(plain.trim().to_owned(), longest)
}

fn shortened(text: String, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text;
    }
    let mut short: String = text.chars().take(longest.saturating_sub(1)).collect();
    short.push('…');
    short
}

/// Marks that change how other characters are shown, or are not seen themselves (Unicode's
/// bidirectional controls, zero-width characters, line separators, tags).
fn is_invisible(c: char) -> bool {
    matches!(
        u32::from(c),
        0xAD | 0x61C | 0x180E | 0x200B..=0x200F | 0x2028..=0x202E | 0x2060..=0x206F | 0xFEFF | 0xFFF9..=0xFFFB | 0xE0000..=0xE007F
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_on_its_line() {
        let hostile = "printer\n\nVerified:\tyes\u{202e} \u{200b}gpj.exe";
        assert_eq!(line(hostile, 80), "printer Verified: yes gpj.exe");
        assert_eq!(line("abcdef", 4), "abc…");
        assert_eq!(line(" \n ", 4), "");
    }

    #[test]
    fn an_organisations_text_keeps_its_lines() {
        assert_eq!(lines("one\r\ntwo\u{1b}[2J\n", 80), "one\ntwo[2J");
    }
}
