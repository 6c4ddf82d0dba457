use super::walk::{After, Expect, Walk};

impl Walk<'_> {
    /// At the opening quote of a key.
    pub(super) fn quoted_key(&mut self) -> Expect {
        let start = self.cursor.at();
        let closing = self.cursor.closing_quote(start);
        if let Some(end) = closing
            && matches!(self.cursor.next_visible(end + 1), Some(':'))
        {
            self.inside(start + 1, end);
            self.cursor.jump(end + 1);
            return Expect::Colon;
        }
        // `"AnyDesk: { "Enabled"`: the quote that seemed to close the key opens the next one.
        let line_end = start + self.cursor.rest_of_line().len();
        let end = closing.unwrap_or(line_end);
        let content = &self.cursor.text()[start + 1..end];
        match (content.find(':'), closing) {
            (Some(colon), _) if colon > 0 => {
                let name = content[..colon].trim_end();
                self.unclosed_key(start, name);
                self.cursor.jump(start + 1 + colon);
            }
            (_, Some(end)) => self.cursor.jump(end + 1),
            (_, None) => {
                let name = content.trim_end_matches([' ', '\t', '{', '}', '[', ']', ',']);
                self.unclosed_key(start, name);
                self.cursor.jump((start + 1 + name.len()).max(start + 1));
            }
        }
        Expect::Colon
    }

    fn unclosed_key(&mut self, start: usize, name: &str) {
        let span = start..start + 1 + name.len();
        self.find(
            "missing-quote",
            span,
            &format!("the key {name} has no closing quote"),
        );
        self.help(format!("write \"{name}\""));
    }

    /// At something that is no quote where a key should be.
    pub(super) fn bare_key(&mut self) -> Expect {
        let start = self.cursor.at();
        let rest = self.cursor.rest_of_line();
        let stop = rest.find(['"', ':', ',', '{', '}', '[', ']', '=']);
        let length = stop.unwrap_or(rest.len());
        let word = rest[..length].trim_end();
        let end = start + length;
        match rest[length..].chars().next() {
            Some('"') if matches!(self.cursor.next_visible(end + 1), Some(':' | '=')) => {
                let message = format!("the key {word} has no opening quote");
                self.find("missing-quote", start..end + 1, &message);
                self.help(format!("write \"{word}\""));
                self.cursor.jump(end + 1);
                Expect::Colon
            }
            Some(':' | '=') => {
                let message = format!("the key {word} has no quotes");
                self.find("missing-quote", start..start + word.len(), &message);
                self.help(format!("write \"{word}\""));
                self.cursor.jump(end);
                Expect::Colon
            }
            _ => {
                self.find(
                    "json-syntax",
                    start..start + word.len().max(1),
                    "a key in quotes was expected here",
                );
                self.cursor.jump(end);
                self.past_junk(start)
            }
        }
    }

    fn past_junk(&mut self, start: usize) -> Expect {
        if self.cursor.at() == start {
            self.cursor.bump();
        }
        match self.cursor.peek() {
            Some('"') => Expect::Key {
                after: After::Other,
            },
            _ => Expect::CommaOrEnd,
        }
    }

    /// At the opening quote of a text.
    pub(super) fn quoted_text(&mut self) -> Expect {
        let start = self.cursor.at();
        let Some(end) = self.cursor.closing_quote(start) else {
            self.unclosed_text(start, start + self.cursor.rest_of_line().len());
            return Expect::CommaOrEnd;
        };
        let content = &self.cursor.text()[start + 1..end];
        let follows = self.cursor.next_visible(end + 1);
        let fits = matches!(follows, None | Some(',' | '}' | ']'));
        if !fits && content.trim_end().ends_with([',', '{', '}', '[', ']']) {
            // `"foo, "Next": 1`: the quote that seemed to close the text opens the next key.
            self.unclosed_text(start, end);
        } else if !fits && self.cursor.text()[end + 1..].starts_with(|c: char| c.is_alphanumeric())
        {
            self.find(
                "quote-in-text",
                end..end + 1,
                "a quote inside a text ends the text",
            );
            self.help("write \\\" for a quote that belongs to the text");
            self.skip_text_with_quotes(end + 1);
        } else {
            self.inside(start + 1, end);
            self.cursor.jump(end + 1);
        }
        Expect::CommaOrEnd
    }

    fn unclosed_text(&mut self, start: usize, end: usize) {
        let content = &self.cursor.text()[start + 1..end];
        let kept = content.trim_end_matches([',', '{', '}', '[', ']', ' ', '\t', '\r']);
        let end = start + 1 + kept.len();
        self.find("missing-quote", start..end, "the text has no closing quote");
        if kept.ends_with("\\\"") {
            self.help("a backslash before the quote makes it part of the text; write \\\\ for a backslash");
        } else {
            self.help("add a \" at its end; a text cannot span lines");
        }
        self.cursor.jump(end);
    }

    fn skip_text_with_quotes(&mut self, from: usize) {
        self.cursor.jump(from);
        let rest = self.cursor.rest_of_line();
        let ends = |at: &usize| {
            let next = self.cursor.next_visible(from + at + 1);
            matches!(next, None | Some(',' | '}' | ']'))
        };
        let mut quotes = rest.match_indices('"').map(|(at, _)| at);
        let end = quotes.find(ends).map_or(rest.len(), |at| at + 1);
        self.cursor.jump(from + end);
    }

    /// A word where a value should be.
    pub(super) fn bare_value(&mut self) -> Expect {
        let start = self.cursor.at();
        let rest = self.cursor.rest_of_line();
        let mut stop = rest.find(['"', ',', '}', ']']).unwrap_or(rest.len());
        for comment in [" //", " /*", " #"] {
            stop = rest[..stop].find(comment).unwrap_or(stop);
        }
        let word = rest[..stop].trim_end();
        let end = start + stop;
        let closes = rest[stop..].starts_with('"')
            && matches!(
                self.cursor.next_visible(end + 1),
                None | Some(',' | '}' | ']')
            );
        if closes {
            self.find(
                "missing-quote",
                start..end + 1,
                "the text has no opening quote",
            );
            self.help(format!("write \"{word}\""));
            self.cursor.jump(end + 1);
        } else {
            self.word(start, word);
            self.cursor.jump(end.max(start + word.len()));
        }
        Expect::CommaOrEnd
    }

    fn word(&mut self, start: usize, word: &str) {
        let span = start..start + word.len();
        let lower = word.to_ascii_lowercase();
        if matches!(word, "true" | "false" | "null") || word.parse::<serde_json::Number>().is_ok() {
            return;
        }
        if matches!(lower.as_str(), "true" | "false" | "null") {
            self.find(
                "json-syntax",
                span,
                &format!("{word} is not written in lower case"),
            );
            self.help(format!("write {lower}"));
        } else if lower == "undefined" {
            self.find("json-syntax", span, "undefined is no JSON value");
            self.help("list the key under \"remove\" instead; only a whole value of a .kv file can be undefined");
        } else if word.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
            self.find("json-syntax", span, &format!("{word} is no JSON number"));
            self.help("write it in quotes if it is a text; numbers have no leading 0, + or point");
        } else {
            self.find("missing-quote", span, "the text has no quotes");
            self.help(format!("write \"{word}\""));
        }
    }

    /// At a quote that JSON does not know.
    pub(super) fn other_quotes(&mut self) {
        let start = self.cursor.at();
        self.cursor.bump();
        let rest = self.cursor.rest_of_line();
        let quotes = ['\'', '"', '“', '”', '„', '‘', '’'];
        let length = rest
            .find([',', '{', '}', '[', ']', ':'])
            .unwrap_or(rest.len());
        let closing = rest
            .find(quotes)
            .filter(|at| *at <= length || rest[*at..].len() > 1);
        let end = self.cursor.at()
            + closing.map_or(length, |at| {
                at + rest[at..].chars().next().map_or(0, char::len_utf8)
            });
        self.find(
            "wrong-quotes",
            start..end,
            "JSON knows only straight double quotes",
        );
        self.help("write \" on both sides");
        self.cursor.jump(end);
    }

    /// What JSON forbids inside a text that has both quotes.
    fn inside(&mut self, from: usize, to: usize) {
        let content = &self.cursor.text()[from..to];
        let mut characters = content.char_indices();
        while let Some((i, c)) = characters.next() {
            let at = from + i;
            if c < ' ' {
                self.find(
                    "json-syntax",
                    at..at + 1,
                    "a control character cannot stand in a text",
                );
                self.help("write \\t for a tab, \\n for a line end");
                return;
            }
            if c != '\\' {
                continue;
            }
            let escape = characters.next().map_or(' ', |(_, c)| c);
            if !escape_holds(escape, &content[i..]) {
                let end = at + 1 + escape.len_utf8();
                self.find(
                    "bad-escape",
                    at..end.min(to),
                    &format!("\\{escape} means nothing in a text"),
                );
                self.help("write \\\\ for a backslash");
                return;
            }
        }
    }
}

/// Whether the escape at the beginning of `text` is one of JSON's.
fn escape_holds(escape: char, text: &str) -> bool {
    if escape == 'u' {
        let digits = text.get(2..6);
        return digits.is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
    }
    "\"\\/bfnrt".contains(escape)
}
