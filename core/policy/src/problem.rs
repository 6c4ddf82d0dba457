use std::ops::Range;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::vendor::Secrets;

/// One layer file's name and text, with the line starts, so that places are cheap to name.
#[derive(PartialEq, Eq)]
pub struct Source {
    name: String,
    text: String,
    lines: Vec<usize>,
}

impl Source {
    /// Keeps a file's text under the name that problems show (its path).
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Arc<Self> {
        let text = text.into();
        let ends = text.bytes().enumerate().filter(|(_, b)| *b == b'\n');
        let lines = std::iter::once(0).chain(ends.map(|(i, _)| i + 1)).collect();
        Arc::new(Self {
            name: name.into(),
            text,
            lines,
        })
    }

    /// The file's name, as it was given.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The whole text as people may see it: of the same length, with secrets covered up.
    pub fn shown(&self) -> String {
        crate::vendor::veil(&self.text)
    }

    /// Line and column of a byte offset, both from 1; columns count characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let offset = offset.min(self.text.len());
        let line = self.lines.partition_point(|start| *start <= offset);
        let before = self.text.get(self.lines[line - 1]..offset);
        (line, before.map_or(1, |text| text.chars().count() + 1))
    }

    /// The bytes of the lines from `first` to `last` (from 1, both included), with their ends; as
    /// many of them as there are.
    pub fn lines(&self, first: usize, last: usize) -> Range<usize> {
        let begin = |line: usize| self.lines.get(line).copied().unwrap_or(self.text.len());
        let start = begin(first.saturating_sub(1));
        start..begin(last).max(start)
    }

    /// The text of a line (from 1), without its end.
    pub fn line(&self, number: usize) -> &str {
        let start = number.checked_sub(1).and_then(|i| self.lines.get(i));
        let rest = start.and_then(|start| self.text.get(*start..));
        rest.and_then(|rest| rest.lines().next())
            .unwrap_or_default()
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Source({})", self.name)
    }
}

/// A piece of a layer file: where a key, a value or a mistake stands.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    source: Arc<Source>,
    span: Range<usize>,
}

impl Place {
    /// The bytes `span` of `source`; a span that is outside is moved inside, and one that
    /// parts a character is widened, so that it can always be cut out of the text.
    pub fn new(source: &Arc<Source>, span: Range<usize>) -> Self {
        let text = &source.text;
        let end = text.ceil_char_boundary(span.end.min(text.len()));
        let start = text.floor_char_boundary(span.start.min(end));
        let source = Arc::clone(source);
        Self {
            source,
            span: start..end,
        }
    }

    /// The file itself: its first byte.
    pub fn file_start(source: &Arc<Source>) -> Self {
        Self::new(source, 0..0)
    }

    /// The file's name.
    pub fn file(&self) -> &str {
        &self.source.name
    }

    /// The line, from 1.
    pub fn line(&self) -> usize {
        self.source.position(self.span.start).0
    }

    /// The column in characters, from 1.
    pub fn column(&self) -> usize {
        self.source.position(self.span.start).1
    }

    /// The bytes of the file's text.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The whole line that the place begins on: the excerpt that a person is shown, with secrets
    /// covered up.
    pub fn excerpt(&self) -> String {
        let shown = self.source.shown();
        let line = shown.lines().nth(self.line() - 1);
        line.unwrap_or_default().to_owned()
    }

    /// The file that the place is in, for those who draw more than one line.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (line, column) = self.source.position(self.span.start);
        write!(f, "{}:{line}:{column}", self.source.name)
    }
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}+{}", self.span.len())
    }
}

/// As `{"file", "line", "column", "span": [start, end]}`.
impl Serialize for Place {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let (line, column) = self.source.position(self.span.start);
        let mut place = serializer.serialize_struct("Place", 4)?;
        place.serialize_field("file", &self.source.name)?;
        place.serialize_field("line", &line)?;
        place.serialize_field("column", &column)?;
        place.serialize_field("span", &[self.span.start, self.span.end])?;
        place.end()
    }
}

/// How bad a [`Problem`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// What was written holds, but it should be written differently.
    Warning,
    /// What was written does not hold: a key, or a whole file, was refused.
    Error,
}

/// Something wrong in a layer file, with everything that a person needs to mend it.
///
/// Serialises flat: `severity`, `code`, `message`, `help`, `key`, `file`, `line`, `column`, `span`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Whether something was refused.
    pub severity: Severity,
    /// A stable name of this kind of problem, such as `duplicate-key`.
    pub code: &'static str,
    /// What is wrong, in lower case, without the place.
    pub message: String,
    /// What to write instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The dotted path of the key that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Where it stands.
    #[serde(flatten)]
    pub place: Place,
}

impl Problem {
    /// Something that was refused.
    pub fn error(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        let (message, help, key) = (message.into(), None, None);
        Self {
            severity: Severity::Error,
            code,
            message,
            help,
            key,
            place,
        }
    }

    /// Something that holds, but should be written differently.
    pub fn warning(code: &'static str, place: Place, message: impl Into<String>) -> Self {
        let severity = Severity::Warning;
        Self {
            severity,
            ..Self::error(code, place, message)
        }
    }

    /// Adds what to write instead.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds the dotted path of the key.
    #[must_use]
    pub fn with_key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
}

/// The same problems of one file, without what is covered up in its text.
pub(crate) fn concealed(problems: Vec<Problem>) -> Vec<Problem> {
    let Some(first) = problems.first() else {
        return problems;
    };
    let secrets = Secrets::of(first.place.source().text());
    if secrets.is_empty() {
        return problems;
    }
    let conceal = |problem: Problem| Problem {
        message: secrets.conceal(&problem.message),
        help: problem.help.as_deref().map(|help| secrets.conceal(help)),
        key: problem.key.as_deref().map(|key| secrets.conceal(key)),
        ..problem
    };
    problems.into_iter().map(conceal).collect()
}

/// One line: `file:line:column: error: message`.
impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let severity = match self.severity {
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{}: {severity}: {}", self.place, self.message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_counts_lines_and_characters_from_one() {
        let source = Source::new("a.json", "{\n  \"ü\": 1\n}");
        let place = Place::new(&source, 9..10);
        assert_eq!((place.line(), place.column()), (2, 7));
        assert_eq!(place.excerpt(), "  \"ü\": 1");
        assert_eq!(place.to_string(), "a.json:2:7");
    }

    #[test]
    fn lines_are_cut_out_with_their_ends_as_far_as_there_are_any() {
        let source = Source::new("a.json", "{\n  1\n}");
        let cut = |first, last| &source.text()[source.lines(first, last)];
        assert_eq!(cut(1, 1), "{\n");
        assert_eq!(cut(2, 9), "  1\n}");
        assert_eq!((cut(7, 9), cut(3, 2)), ("", ""));
    }

    #[test]
    fn a_place_outside_the_text_is_moved_inside() {
        let source = Source::new("a.json", "{}");
        assert_eq!(Place::new(&source, 7..9).span(), 2..2);
        assert_eq!(Place::new(&source, 1..9).span(), 1..2);
        let source = Source::new("a.json", "aüb");
        assert_eq!(Place::new(&source, 2..2).span(), 1..3);
    }

    #[test]
    fn a_problem_is_one_flat_record() {
        let source = Source::new("a.json", "{}");
        let problem = Problem::error("bad-value", Place::file_start(&source), "no").with_key("A.B");
        assert_eq!(
            serde_json::to_value(problem).unwrap(),
            serde_json::json!({"severity": "error", "code": "bad-value", "message": "no",
                "key": "A.B", "file": "a.json", "line": 1, "column": 1, "span": [0, 0]})
        );
    }
}
