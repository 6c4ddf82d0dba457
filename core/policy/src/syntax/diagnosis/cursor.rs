/// A position in a text that only moves forward.
pub(super) struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn text(&self) -> &'a str {
        self.text
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Goes on to `at`, which is a character's first byte, or the end.
    pub(super) fn jump(&mut self, at: usize) {
        debug_assert!(self.text.is_char_boundary(at));
        self.at = at.max(self.at);
    }

    pub(super) fn bump(&mut self) {
        self.at += self.peek().map_or(0, char::len_utf8);
    }

    /// The rest of this line, without its end.
    pub(super) fn rest_of_line(&self) -> &'a str {
        let rest = self.rest();
        let line = rest.split('\n').next().unwrap_or_default();
        line.strip_suffix('\r').unwrap_or(line)
    }

    /// The first character at or after `at` that is no white space.
    pub(super) fn next_visible(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.trim_start().chars().next()
    }

    /// Where the quote stands that ends the text which began at `open`, on the same line.
    pub(super) fn closing_quote(&self, open: usize) -> Option<usize> {
        let mut escaped = false;
        for (i, c) in self.text.get(open + 1..)?.char_indices() {
            match c {
                '\n' => return None,
                '"' if !escaped => return Some(open + 1 + i),
                _ => escaped = c == '\\' && !escaped,
            }
        }
        None
    }
}
