/// A word, text or sign of Lua source. Tolerant: it never refuses, since the compiler does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Token<'a> {
    pub(crate) kind: Kind,
    /// Of a text, what stands between its quotes.
    pub(crate) text: &'a str,
    pub(crate) line: u32,
    pub(crate) column: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Name,
    Number,
    Text,
    Sign,
}

const SIGNS: [&str; 17] = [
    "...", "..=", "//=", "..", "::", "//", "<<", ">>", "==", "~=", "<=", ">=", "->", "+=", "-=",
    "*=", "/=",
];

/// Everything but spaces and comments.
pub(crate) fn tokens(source: &str) -> Vec<Token<'_>> {
    let mut lexer = Lexer {
        source,
        at: 0,
        line: 1,
        line_start: 0,
    };
    std::iter::from_fn(|| lexer.next()).collect()
}

/// Whether a bracket that is opened in `source` is not closed there.
pub(crate) fn is_open(source: &str) -> bool {
    let depth = |depth: usize, token: &Token<'_>| match (token.kind, token.text) {
        (Kind::Sign, "{" | "(" | "[") => depth + 1,
        (Kind::Sign, "}" | ")" | "]") => depth.saturating_sub(1),
        _ => depth,
    };
    tokens(source).iter().fold(0, depth) > 0
}

struct Lexer<'a> {
    source: &'a str,
    at: usize,
    line: u32,
    line_start: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<Token<'a>> {
        self.skip();
        let rest = self.rest();
        let first = rest.chars().next()?;
        let (line, column) = (self.line, (self.at - self.line_start + 1) as u32);
        let (kind, length, text) = match first {
            c if c.is_ascii_alphabetic() || c == '_' => {
                let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '_');
                (Kind::Name, length, &rest[..length])
            }
            c if c.is_ascii_digit() => {
                let length = run(rest, |c| c.is_ascii_alphanumeric() || c == '.');
                (Kind::Number, length, &rest[..length])
            }
            '"' | '\'' | '`' => quoted(rest, first),
            '[' if long_level(rest).is_some() => long(rest),
            other => {
                let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
                let length = sign.map_or(other.len_utf8(), |sign| sign.len());
                (Kind::Sign, length, &rest[..length])
            }
        };
        self.advance(length);
        Some(Token {
            kind,
            text,
            line,
            column,
        })
    }

    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let spaces = run(rest, char::is_whitespace);
            if spaces > 0 {
                self.advance(spaces);
                continue;
            }
            let Some(comment) = rest.strip_prefix("--") else {
                return;
            };
            let length = match long_level(comment) {
                Some(_) => long(comment).1,
                None => comment.find('\n').unwrap_or(comment.len()),
            };
            self.advance(length + 2);
        }
    }

    fn advance(&mut self, length: usize) {
        let end = (self.at + length).min(self.source.len());
        let passed = self.source.get(self.at..end).unwrap_or_default();
        self.line += passed.matches('\n').count() as u32;
        if let Some(last) = passed.rfind('\n') {
            self.line_start = self.at + last + 1;
        }
        self.at = end;
    }
}

fn run(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c| !fits(c)).unwrap_or(text.len())
}

fn quoted(rest: &str, quote: char) -> (Kind, usize, &str) {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return (Kind::Text, at + 1, &rest[1..at]),
            '\n' => return (Kind::Text, at, &rest[1..at]),
            _ => {}
        }
    }
    (Kind::Text, rest.len(), &rest[1..])
}

/// How many `=` stand in `[==[`.
fn long_level(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix('[')?;
    let level = run(inner, |c| c == '=');
    inner[level..].starts_with('[').then_some(level)
}

fn long(rest: &str) -> (Kind, usize, &str) {
    let level = long_level(rest).unwrap_or_default();
    let (start, end) = (level + 2, format!("]{}]", "=".repeat(level)));
    match rest[start..].find(&end) {
        Some(at) => (Kind::Text, start + at + end.len(), &rest[start..start + at]),
        None => (Kind::Text, rest.len(), &rest[start..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Vec<&str> {
        tokens(source).into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_texts_hide_what_is_in_them() {
        let source = "a = 'x & y' -- b & c\n--[==[ d & ]] e ]==] f = [[g & h]]";
        assert_eq!(texts(source), ["a", "=", "x & y", "f", "=", "g & h"]);
    }

    #[test]
    fn a_token_knows_its_line_and_column() {
        let found = tokens("a\n  b");
        assert_eq!((found[1].line, found[1].column), (2, 3));
    }

    #[test]
    fn a_bracket_is_open_until_it_is_closed() {
        assert!(is_open("a { b = '}'"));
        assert!(is_open("a {\n b = { 1 },"));
        assert!(!is_open("a { b = '{' } }"));
        assert!(!is_open("a"));
    }

    #[test]
    fn what_is_cut_off_ends_with_the_source() {
        for source in ["'abc", "[[abc", "--[[abc", "\"\\", "[=", "\u{fc}"] {
            tokens(source);
        }
    }
}
