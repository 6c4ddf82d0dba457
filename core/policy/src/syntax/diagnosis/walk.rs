use std::ops::Range;

use super::cursor::Cursor;
use super::{Finding, MOST_FINDINGS};
use crate::syntax::limits::MAX_LEVELS;

/// What stands before the next word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum After {
    Comma,
    Other,
}

/// What the grammar wants next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expect {
    Key { after: After },
    Colon,
    Value { after: After },
    CommaOrEnd,
    Nothing,
}

/// The tolerant walk over one broken text.
pub(super) struct Walk<'a> {
    pub(super) cursor: Cursor<'a>,
    findings: Vec<Finding>,
    /// The brackets that are open, with their places.
    open: Vec<(char, usize)>,
    /// Where the last comma stood.
    comma: usize,
}

impl<'a> Walk<'a> {
    /// Every mistake in `text`, in reading order.
    pub(super) fn over(text: &'a str) -> Vec<Finding> {
        let mut walk = Self {
            cursor: Cursor::new(text),
            findings: vec![],
            open: vec![],
            comma: 0,
        };
        let mut expect = Expect::Value {
            after: After::Other,
        };
        // Every step moves on or changes what is expected, at most a few times for each byte.
        let mut steps = text.len().saturating_mul(4) + 16;
        while walk.findings.len() < MOST_FINDINGS && steps > 0 {
            steps -= 1;
            walk.skip_blank();
            let Some(c) = walk.cursor.peek() else { break };
            let Some(next) = walk.step(expect, c) else {
                return walk.findings;
            };
            expect = next;
        }
        walk.end_of_text(expect);
        walk.findings
    }

    fn step(&mut self, expect: Expect, c: char) -> Option<Expect> {
        match expect {
            Expect::Key { after } => Some(self.key(c, after)),
            Expect::Colon => Some(self.colon(c)),
            Expect::Value { after } => self.value(c, after),
            Expect::CommaOrEnd => Some(self.comma_or_end(c)),
            Expect::Nothing => {
                self.after_the_end(c);
                None
            }
        }
    }

    pub(super) fn find(&mut self, code: &'static str, span: Range<usize>, message: &str) {
        self.findings.push(Finding {
            span,
            code,
            message: message.to_owned(),
            help: None,
        });
    }

    /// Adds what to write instead to the newest finding.
    pub(super) fn help(&mut self, help: impl Into<String>) {
        if let Some(finding) = self.findings.last_mut() {
            finding.help = Some(help.into());
        }
    }

    pub(super) fn find_here(&mut self, code: &'static str, c: char, message: &str) {
        let at = self.cursor.at();
        self.find(code, at..at + c.len_utf8(), message);
    }

    fn skip_blank(&mut self) {
        while let Some(c) = self.cursor.peek() {
            match c {
                ' ' | '\t' | '\n' | '\r' => self.cursor.bump(),
                '#' => self.comment(self.cursor.rest_of_line().len()),
                '/' if self.cursor.rest().starts_with("//") => {
                    self.comment(self.cursor.rest_of_line().len());
                }
                '/' if self.cursor.rest().starts_with("/*") => {
                    let rest = self.cursor.rest();
                    self.comment(rest.find("*/").map_or(rest.len(), |end| end + 2));
                }
                c if c.is_whitespace() || c == '\u{feff}' || c == '\u{200b}' => {
                    self.find_here("json-syntax", c, "this only looks like a space");
                    self.help("write an ordinary space; this one often comes with copied text");
                    self.cursor.bump();
                }
                _ => return,
            }
            if self.findings.len() >= MOST_FINDINGS {
                return;
            }
        }
    }

    fn comment(&mut self, length: usize) {
        let at = self.cursor.at();
        self.find("comment", at..at + length, "a comment cannot stand in JSON");
        self.help("remove it");
        self.cursor.jump(at + length);
    }

    fn key(&mut self, c: char, after: After) -> Expect {
        match c {
            '"' => self.quoted_key(),
            '}' | ']' => {
                if after == After::Comma {
                    self.trailing_comma();
                }
                self.close(c)
            }
            ',' => {
                self.find_here("json-syntax", c, "a comma too many");
                self.cursor.bump();
                Expect::Key {
                    after: After::Comma,
                }
            }
            ':' | '{' | '[' => {
                self.find_here("missing-key", c, "the key is missing before this");
                if c == ':' {
                    self.cursor.bump();
                }
                Expect::Value {
                    after: After::Other,
                }
            }
            '\'' | '“' | '”' | '„' | '‘' | '’' => {
                self.other_quotes();
                Expect::Colon
            }
            _ => self.bare_key(),
        }
    }

    fn colon(&mut self, c: char) -> Expect {
        match c {
            ':' => self.cursor.bump(),
            '=' => {
                self.find_here(
                    "missing-colon",
                    c,
                    "a key and its value are parted by a colon",
                );
                self.help("write : instead of =");
                self.cursor.bump();
            }
            ',' | '}' => {
                self.find_here("missing-value", c, "the key before this has no value");
                return Expect::CommaOrEnd;
            }
            _ => {
                self.find_here(
                    "missing-colon",
                    c,
                    "a colon is missing between the key and this value",
                );
            }
        }
        Expect::Value {
            after: After::Other,
        }
    }

    fn value(&mut self, c: char, after: After) -> Option<Expect> {
        let expect = match c {
            '{' | '[' => {
                // Deeper than any accepted text, in a text whose brackets cannot be trusted.
                if self.open.len() >= 2 * MAX_LEVELS {
                    return None;
                }
                self.open.push((c, self.cursor.at()));
                self.cursor.bump();
                let after = After::Other;
                match c {
                    '{' => Expect::Key { after },
                    _ => Expect::Value { after },
                }
            }
            '"' => self.quoted_text(),
            ']' if self.innermost() == Some('[') => {
                if after == After::Comma {
                    self.trailing_comma();
                }
                self.close(c)
            }
            ',' | '}' | ']' => {
                self.find_here("missing-value", c, "a value is missing before this");
                if self.open.is_empty() {
                    self.cursor.bump();
                }
                Expect::CommaOrEnd
            }
            ':' => {
                self.find_here("json-syntax", c, "a colon too many");
                self.cursor.bump();
                Expect::Value {
                    after: After::Other,
                }
            }
            '\'' | '“' | '”' | '„' | '‘' | '’' => {
                self.other_quotes();
                Expect::CommaOrEnd
            }
            _ => self.bare_value(),
        };
        Some(self.unless_finished(expect))
    }

    fn comma_or_end(&mut self, c: char) -> Expect {
        let Some(bracket) = self.innermost() else {
            return Expect::Nothing;
        };
        let after = if matches!(c, '{' | '[') {
            After::Other
        } else {
            After::Comma
        };
        match c {
            ',' | ';' => {
                if c == ';' {
                    self.find_here("missing-comma", c, "entries are parted by a comma");
                }
                self.comma = self.cursor.at();
                self.cursor.bump();
            }
            '}' | ']' => return self.close(c),
            ':' => {
                self.find_here("json-syntax", c, "a colon cannot stand here");
                self.help("the text before it is a value; is a comma missing before the key?");
                self.cursor.bump();
                return Expect::Value {
                    after: After::Other,
                };
            }
            _ => {
                let end = self.cursor.text()[..self.cursor.at()].trim_end().len();
                self.find("missing-comma", end..end, "a comma is missing here");
            }
        }
        match bracket {
            '{' if after == After::Comma => Expect::Key { after },
            _ => Expect::Value { after },
        }
    }

    fn innermost(&self) -> Option<char> {
        self.open.last().map(|(bracket, _)| *bracket)
    }

    fn trailing_comma(&mut self) {
        let at = self.comma;
        self.find("trailing-comma", at..at + 1, "nothing follows this comma");
        self.help("remove the comma");
    }

    fn close(&mut self, c: char) -> Expect {
        let at = self.cursor.at();
        self.cursor.bump();
        match self.open.pop() {
            Some(('{', start)) if c == ']' => self.mismatch(at, start, "object", '}'),
            Some(('[', start)) if c == '}' => self.mismatch(at, start, "list", ']'),
            _ => {}
        }
        self.unless_finished(Expect::CommaOrEnd)
    }

    fn mismatch(&mut self, at: usize, start: usize, what: &str, bracket: char) {
        let line = self.cursor.text()[..start].matches('\n').count() + 1;
        let message = format!(
            "the {what} that begins {} lines above ends with the wrong bracket",
            {
                let own = self.cursor.text()[..at].matches('\n').count() + 1;
                own - line
            }
        );
        let message = message.replace("begins 0 lines above", "begins on this line");
        self.find("wrong-bracket", at..at + 1, &message);
        self.help(format!("write {bracket}"));
    }

    fn unless_finished(&self, expect: Expect) -> Expect {
        match expect {
            Expect::CommaOrEnd if self.open.is_empty() => Expect::Nothing,
            other => other,
        }
    }

    fn after_the_end(&mut self, c: char) {
        let rest = self.cursor.rest().trim_end().len();
        let at = self.cursor.at();
        if matches!(c, '}' | ']') {
            self.find_here("wrong-bracket", c, "a closing bracket too many");
            self.help("remove it, or add the opening bracket that belongs to it");
        } else {
            self.find(
                "json-syntax",
                at..at + rest,
                "this stands after the end of the value",
            );
        }
    }

    fn end_of_text(&mut self, expect: Expect) {
        if self.findings.len() >= MOST_FINDINGS {
            return;
        }
        let end = self.cursor.text().trim_end().len();
        match expect {
            _ if end == 0 => self.find("missing-value", 0..0, "there is no JSON here"),
            Expect::Colon => self.find("missing-value", end..end, "the last key has no value"),
            Expect::Value {
                after: After::Other,
            } if self.innermost() != Some('[') => {
                self.find("missing-value", end..end, "a value is missing at the end");
            }
            _ => {}
        }
        for (bracket, at) in std::mem::take(&mut self.open).into_iter().rev() {
            let (what, closing) = match bracket {
                '{' => ("object", '}'),
                _ => ("list", ']'),
            };
            self.find(
                "missing-bracket",
                at..at + 1,
                &format!("the {what} that begins here has no end"),
            );
            self.help(format!("its closing {closing} is missing"));
        }
    }
}
