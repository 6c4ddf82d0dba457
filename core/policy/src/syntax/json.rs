use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use jsonc_parser::ast::{Object, ObjectProp, Value};
use jsonc_parser::common::Ranged;
use jsonc_parser::{CollectOptions, ParseOptions, parse_to_ast};

use super::node::{Kind, Member, Node};
use super::{diagnosis, limits};
use crate::{Place, Problem, Source};

/// JSON as RFC 8259 has it, and nothing that a parser may add.
const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// When two keys of one object are the same.
#[derive(Clone, Copy)]
enum Keys {
    /// Written alike but for their case, as in policy.
    Folded,
    /// Written alike.
    AsWritten,
}

/// Reads a file of JSON that is no policy, or says everything that is wrong with it: strict (RFC
/// 8259), at most 16 levels deep, and without a key that stands twice in one object.
///
/// # Errors
/// With at least one problem, each with its place and, where there is one, its remedy.
pub fn read_json(source: &Arc<Source>) -> Result<Node, Vec<Problem>> {
    read(source, 0..source.text().len(), Keys::AsWritten)
}

/// Reads the JSON that stands in `range` of a policy file, or says everything that is wrong with it.
pub(crate) fn parse(source: &Arc<Source>, range: Range<usize>) -> Result<Node, Vec<Problem>> {
    read(source, range, Keys::Folded)
}

fn read(source: &Arc<Source>, range: Range<usize>, keys: Keys) -> Result<Node, Vec<Problem>> {
    let text = &source.text()[range.clone()];
    let base = range.start;
    if let Some(span) = limits::too_deep(text) {
        let place = Place::new(source, span.start + base..span.end + base);
        let message = format!("this is more than {} levels deep", limits::MAX_LEVELS);
        return Err(vec![Problem::error("too-deep", place, message)]);
    }
    let mut reading = Reading {
        source,
        base,
        keys,
        problems: vec![],
    };
    match strictly(text) {
        Ok(value) => {
            let node = reading.node(&value);
            match reading.problems {
                problems if problems.is_empty() => Ok(node),
                problems => Err(problems),
            }
        }
        Err(refusal) => Err(diagnosis::diagnose(source, range, refusal)),
    }
}

/// What the strict parser says, where the diagnosis finds nothing better.
pub(super) struct Refusal {
    pub(super) span: Range<usize>,
    pub(super) message: String,
}

fn strictly(text: &str) -> Result<Value<'_>, Refusal> {
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT);
    let parsed = parsed.map_err(|error| Refusal {
        span: error.range().start..error.range().end,
        message: error.kind().to_string().to_lowercase(),
    })?;
    // The parser above lets line ends stand in texts, and takes any Unicode space between them.
    serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|error| {
        let at = offset(text, error.line(), error.column());
        let message = "this is not valid JSON".to_owned();
        Refusal {
            span: at..at + 1,
            message,
        }
    })?;
    parsed.value.ok_or_else(|| Refusal {
        span: 0..text.len(),
        message: "there is no JSON here".to_owned(),
    })
}

fn offset(text: &str, line: usize, column: usize) -> usize {
    let before = text.split_inclusive('\n').take(line.saturating_sub(1));
    before.map(str::len).sum::<usize>() + column.saturating_sub(1)
}

struct Reading<'a> {
    source: &'a Arc<Source>,
    base: usize,
    keys: Keys,
    problems: Vec<Problem>,
}

impl Reading<'_> {
    fn span(&self, ranged: &impl Ranged) -> Range<usize> {
        let range = ranged.range();
        range.start + self.base..range.end + self.base
    }

    /// Recurses at most `MAX_LEVELS` deep: that was looked at before.
    fn node(&mut self, value: &Value<'_>) -> Node {
        let span = self.span(value);
        let kind = match value {
            Value::NullKeyword(_) => Kind::Null,
            Value::BooleanLit(literal) => Kind::Bool(literal.value),
            Value::StringLit(literal) => Kind::Text(literal.value.to_string()),
            Value::NumberLit(literal) => self.number(literal.value, span.clone()),
            Value::Array(array) => {
                Kind::List(array.elements.iter().map(|e| self.node(e)).collect())
            }
            Value::Object(object) => Kind::Object(self.members(object)),
        };
        Node { span, kind }
    }

    fn number(&mut self, text: &str, span: Range<usize>) -> Kind {
        text.parse().map(Kind::Number).unwrap_or_else(|_| {
            let place = Place::new(self.source, span);
            let message = format!("the number {text} is too large");
            self.problems
                .push(Problem::error("json-syntax", place, message));
            Kind::Null
        })
    }

    fn members(&mut self, object: &Object<'_>) -> Vec<Member> {
        let mut seen: HashMap<String, usize> = HashMap::new();
        let mut members = Vec::with_capacity(object.properties.len());
        for property in &object.properties {
            let member = self.member(property);
            let same = match self.keys {
                Keys::Folded => member.key.to_lowercase(),
                Keys::AsWritten => member.key.clone(),
            };
            let first = *seen.entry(same).or_insert(member.key_span.start);
            if first != member.key_span.start {
                let twice = duplicate(self.source, &member.key, &member.key_span, first);
                self.problems.push(match self.keys {
                    Keys::Folded => twice,
                    Keys::AsWritten => twice.with_help("keep one of them"),
                });
            }
            members.push(member);
        }
        members
    }

    fn member(&mut self, property: &ObjectProp<'_>) -> Member {
        Member {
            key: property.name.as_str().to_owned(),
            key_span: self.span(&property.name),
            value: self.node(&property.value),
        }
    }
}

/// A key that stands twice; `first` is the byte where it stood before.
pub(crate) fn duplicate(
    source: &Arc<Source>,
    key: &str,
    span: &Range<usize>,
    first: usize,
) -> Problem {
    let (line, column) = source.position(first);
    let place = Place::new(source, span.clone());
    let message = format!("the key {key} was set before, in line {line}, column {column}");
    Problem::error("duplicate-key", place, message)
        .with_help("keys are compared without case, and dotted and nested forms are the same key; keep one")
        .with_key(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> String {
        let problems = read_json(&Source::new("a.json", text)).unwrap_err();
        let told = problems.iter().map(|problem| {
            let help = problem.help.as_deref().unwrap_or_default();
            format!("{problem}; {help}\n")
        });
        told.collect()
    }

    #[test]
    fn other_json_is_read_with_places_and_its_keys_are_compared_as_they_are_written() {
        let source = Source::new("a.json", "{\"a\": [1], \"A\": null}");
        let node = read_json(&source).unwrap();
        assert_eq!(node.to_value(), serde_json::json!({"a": [1], "A": null}));
        let Kind::Object(members) = node.kind else {
            panic!("it is an object")
        };
        assert_eq!(source.text()[members[0].value.span.clone()], *"[1]");
        let said = refused("{\"a\": 1,\n \"a\": 2}");
        let wanted = "a.json:2:2: error: the key a was set before, in line 1, column 2; keep one";
        assert!(said.starts_with(wanted), "{said}");
    }

    #[test]
    fn other_json_that_is_broken_says_where_and_what_to_write() {
        for (text, wanted) in [
            ("", "a.json:1:1"),
            ("{\"a\": 'b'}", "straight double quotes"),
            ("{\"a\": 1,}", "1:8"),
            (&"[".repeat(17), "more than 16 levels"),
        ] {
            let said = refused(text);
            assert!(said.contains(wanted), "{text}: {said}");
        }
    }
}
