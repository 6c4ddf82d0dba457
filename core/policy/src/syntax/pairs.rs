use std::ops::Range;
use std::sync::Arc;

use super::json;
use super::node::Node;
use crate::{Place, Problem, Source};

/// A `Key = ...` line with its `Value = ...`; no value where the bare word `undefined` stands.
pub(crate) struct Pair {
    pub(crate) key: String,
    pub(crate) key_span: Range<usize>,
    pub(crate) value: Option<Node>,
}

/// What a `.kv` file says, and what is wrong with it.
#[derive(Default)]
pub(crate) struct Pairs {
    pub(crate) pairs: Vec<Pair>,
    pub(crate) problems: Vec<Problem>,
}

/// More than these in one file are noise.
const MOST_PROBLEMS: usize = 100;

/// Reads a `.kv` file: `Key = <dotted path>`, then `Value = <JSON or undefined>`, which may
/// span lines up to the next `Key =`. Empty lines and lines that begin with `#` may stand
/// between pairs; the names may be written as in Markdown, `**Key** = ...`.
pub(crate) fn pairs(source: &Arc<Source>) -> Pairs {
    let mut reading = Reading {
        source,
        found: Pairs::default(),
        key: None,
        value: None,
    };
    let mut start = 0;
    for line in source.text().split_inclusive('\n') {
        if reading.found.problems.len() >= MOST_PROBLEMS {
            return reading.found;
        }
        reading.line(line, start);
        start += line.len();
    }
    reading.finish_pair();
    reading.found
}

struct Reading<'a> {
    source: &'a Arc<Source>,
    found: Pairs,
    key: Option<(String, Range<usize>)>,
    value: Option<Range<usize>>,
}

impl Reading<'_> {
    fn line(&mut self, line: &str, start: usize) {
        let end = start + line.len();
        let bare = line.strip_prefix('\u{feff}').unwrap_or(line);
        if let Some(rest) = after_name(bare, "key") {
            self.finish_pair();
            let text = rest.trim();
            let at = end - rest.len() + (rest.len() - rest.trim_start().len());
            self.key = Some((text.to_owned(), at..at + text.len()));
        } else if let (Some(rest), true, None) =
            (after_name(bare, "value"), self.key.is_some(), &self.value)
        {
            self.value = Some(end - rest.len()..end);
        } else if let Some(value) = &mut self.value {
            value.end = end;
        } else if !is_comment(bare) {
            let expected = if self.key.is_some() {
                "Value = ..."
            } else {
                "Key = ..."
            };
            let text = bare.trim();
            let at = start + line.find(text).unwrap_or(0);
            let place = Place::new(self.source, at..at + text.len());
            let message = format!("a line `{expected}` was expected here");
            let problem = Problem::error("kv-syntax", place, message);
            self.found.problems.push(problem);
        }
    }

    fn finish_pair(&mut self) {
        let (Some((key, key_span)), value) = (self.key.take(), self.value.take()) else {
            return;
        };
        let Some(range) = value else {
            let place = Place::new(self.source, key_span);
            let problem = Problem::error("kv-syntax", place, format!("the key {key} has no value"))
                .with_help(
                    "write a line `Value = ...` below it; the bare word undefined removes a key",
                );
            self.found.problems.push(problem.with_key(key));
            return;
        };
        let range = self.trimmed(range);
        if &self.source.text()[range.clone()] == "undefined" {
            self.found.pairs.push(Pair {
                key,
                key_span,
                value: None,
            });
            return;
        }
        match json::parse(self.source, range) {
            Ok(node) => self.found.pairs.push(Pair {
                key,
                key_span,
                value: Some(node),
            }),
            Err(problems) => {
                let keyed = problems.into_iter().map(|problem| match problem.key {
                    None => problem.with_key(key.clone()),
                    Some(_) => problem,
                });
                self.found.problems.extend(keyed);
            }
        }
    }

    /// Without the space around the value, and without comments that follow it.
    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = &self.source.text()[range.clone()];
        let mut kept = text.trim_end();
        while let Some((before, last)) = kept.rsplit_once('\n') {
            if !is_comment(last) {
                break;
            }
            kept = before.trim_end();
        }
        let start = range.start + (kept.len() - kept.trim_start().len());
        start..range.start + kept.len()
    }
}

fn is_comment(line: &str) -> bool {
    let line = line.trim();
    line.is_empty() || line.starts_with('#')
}

/// What follows `name =`, `Name =` or `**Name** =` on a line.
fn after_name<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let line = line.trim_start();
    let (line, marked) = match line.strip_prefix("**") {
        Some(rest) => (rest, true),
        None => (line, false),
    };
    let head = line.get(..name.len())?;
    let rest = &line[name.len()..];
    let rest = if marked {
        rest.strip_prefix("**")?
    } else {
        rest
    };
    let rest = rest.trim_start_matches([' ', '\t']).strip_prefix('=')?;
    head.eq_ignore_ascii_case(name).then_some(rest)
}
