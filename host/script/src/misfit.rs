//! What of a plain value does not have the shape that is wanted of it, each with the field that it
//! is in.

use deskhook_hooks::Hook;
use serde_json::{Map, Value};

use crate::nearest::{did_you_mean, nearest};
use crate::shape::{Record, Shape, Shapes, Tagged};

/// Characters of a text that a message shows.
const SHOWN: usize = 40;

/// One of them, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Misfit {
    /// A value of another type, or none where there has to be one: it cannot be read.
    Type(String),
    /// A name or a word that nobody knows: a slip, or a reader that is older than its writer.
    Name(String),
}

impl Misfit {
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::Type(text) | Self::Name(text) => text,
        }
    }
}

/// What of a `value` that a test or a person gives does not fit: whatever it leaves out is empty.
/// `path` is what a message calls the whole of it.
pub(crate) fn misfits(value: &Value, shape: &Shape, path: &str) -> Vec<Misfit> {
    judged(value, (shape, path), Lacking::Empty)
}

fn judged(value: &Value, (shape, path): (&Shape, &str), lacking: Lacking) -> Vec<Misfit> {
    let mut judge = Judge {
        shapes: Shapes::known(),
        lacking,
        found: vec![],
    };
    judge.value(value, shape, path);
    judge.found
}

/// What a field that is not there means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lacking {
    /// It is empty.
    Empty,
    /// It is wanted.
    Misfit,
}

/// The first thing that does not fit in an answer to `hook`.
pub(crate) fn of_answer(hook: Hook, answer: &Value) -> Option<String> {
    let mut shape = Shapes::known().answer(hook);
    if hook == Hook::MenuClick && answer.is_array() {
        shape = Shape::List(Box::new(shape));
    }
    let found = judged(answer, (&shape, "answer"), Lacking::Misfit);
    found.first().map(|misfit| misfit.text().to_owned())
}

struct Judge<'a> {
    shapes: &'a Shapes,
    lacking: Lacking,
    found: Vec<Misfit>,
}

impl Judge<'_> {
    fn value(&mut self, value: &Value, shape: &Shape, path: &str) {
        match (self.shapes.resolve(shape), value) {
            (Shape::Any | Shape::Function, _)
            | (Shape::Text, Value::String(_))
            | (Shape::Number, Value::Number(_))
            | (Shape::Truth, Value::Bool(_)) => {}
            (Shape::Whole(least, most), Value::Number(number))
                if number
                    .as_i64()
                    .is_some_and(|number| (least..=most).contains(&number)) => {}
            (Shape::Words(words), Value::String(word)) => self.word((word, path), &words),
            (Shape::Record(record), Value::Object(fields)) => self.record(fields, &record, path),
            (Shape::Tagged(tagged), Value::Object(fields)) => self.tagged(fields, &tagged, path),
            (Shape::List(item), Value::Array(entries)) => {
                for (index, entry) in entries.iter().enumerate() {
                    self.value(entry, &item, &format!("{path}[{}]", index + 1));
                }
            }
            (Shape::Map(item), Value::Object(fields)) => {
                for (name, field) in fields {
                    self.value(field, &item, &inside(path, name));
                }
            }
            (wanted, given) => {
                let message = format!("{path}: expected {}, got {}", wanted.wanted(), got(given));
                self.found.push(Misfit::Type(message));
            }
        }
    }

    fn word(&mut self, (word, path): (&str, &str), words: &[String]) {
        if words.iter().any(|known| known == word) {
            return;
        }
        let hint = did_you_mean(nearest(word, words.iter().map(String::as_str)));
        let (word, known) = (cut(word), words.join(", "));
        let message = format!("{path}: cannot be {word:?}{hint} (one of: {known})");
        self.found.push(Misfit::Name(message));
    }

    fn record(&mut self, fields: &Map<String, Value>, record: &Record, path: &str) {
        for (name, field) in fields {
            match record.fields.get(name) {
                Some(part) if part.optional && field.is_null() => {}
                Some(part) => self.value(field, &part.shape, &inside(path, name)),
                None => self.unknown((name, path), record),
            }
        }
        if self.lacking == Lacking::Empty {
            return;
        }
        let lacking = record
            .fields
            .iter()
            .filter(|(name, part)| !part.optional && !fields.contains_key(*name));
        for (name, _) in lacking {
            let message = format!("{path}: lacks the field {name:?}");
            self.found.push(Misfit::Type(message));
        }
    }

    fn unknown(&mut self, (name, path): (&str, &str), record: &Record) {
        let known = || record.fields.keys().map(String::as_str);
        let hint = did_you_mean(nearest(name, known()));
        let (name, known) = (cut(name), known().collect::<Vec<_>>().join(", "));
        let message = format!("{path}: there is no field {name:?}{hint} (known: {known})");
        self.found.push(Misfit::Name(message));
    }

    fn tagged(&mut self, fields: &Map<String, Value>, tagged: &Tagged, path: &str) {
        let tag = &tagged.tag;
        let words: Vec<String> = tagged.records.keys().cloned().collect();
        match fields.get(tag) {
            Some(Value::String(word)) => match tagged.records.get(word) {
                Some(record) => self.record(fields, record, path),
                None => self.word((word, &inside(path, tag)), &words),
            },
            Some(other) => self.value(other, &Shape::Words(words), &inside(path, tag)),
            None => {
                let texts = fields.values().filter_map(Value::as_str);
                let hint = tagged.meant(texts);
                let known = words.join(", ");
                let message =
                    format!("{path}: lacks the field {tag:?}, which is one of: {known}{hint}");
                self.found.push(Misfit::Type(message));
            }
        }
    }
}

/// `path.name`, as Lua spells it.
fn inside(path: &str, name: &str) -> String {
    let key = crate::notation::key(&cut(name));
    match key.starts_with('[') {
        true => format!("{path}{key}"),
        false => format!("{path}.{key}"),
    }
}

fn got(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => format!("the text {:?}", cut(text)),
        Value::Array(_) => "a list".to_owned(),
        Value::Object(fields) if fields.is_empty() => "an empty table".to_owned(),
        Value::Object(_) => "a table with names".to_owned(),
    }
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_misfit_names_the_field_and_the_value() {
        for (hook, answer, expected) in [
            (
                Hook::MenuClick,
                json!({"request": "start_session", "reason": 5}),
                "answer.reason: expected text, got the number 5",
            ),
            (
                Hook::MenuClick,
                json!([{"request": "refresh_tray"}, {"action": "start_sessoin"}]),
                "answer[2]: lacks the field \"request\", which is one of: notify, refresh_tray, \
                 start_session, stop_session; did you mean request = \"start_session\"?",
            ),
            (
                Hook::MenuClick,
                json!({"request": "start_sessoin"}),
                "answer.request: cannot be \"start_sessoin\"; did you mean \"start_session\"? \
                 (one of: notify, refresh_tray, start_session, stop_session)",
            ),
            (
                Hook::MenuClick,
                json!({"request": "notify"}),
                "answer: lacks the field \"message\"",
            ),
            (
                Hook::SessionRequest,
                json!(true),
                "answer: expected a table, got true",
            ),
            (
                Hook::SessionRequest,
                json!({"verdict": "ask", "title": "x", "message": "y", "timeout": 700}),
                "answer.timeout: expected a whole number of 5 to 600, got the number 700",
            ),
            (
                Hook::TrayMenu,
                json!({"add": [{"id": "a"}, {"id": "b", "txt": "x"}]}),
                "answer.add[2]: there is no field \"txt\"; did you mean \"text\"? \
                 (known: after, icon, id, items, kind, target, text)",
            ),
            (
                Hook::TrayMenu,
                json!({"set": {"a-b": {"hidden": "yes"}}}),
                "answer.set[\"a-b\"].hidden: expected true or false, got the text \"yes\"",
            ),
            (
                Hook::ClientLocate,
                json!({"path": "x"}),
                "answer: expected text, got a table with names",
            ),
        ] {
            assert_eq!(
                of_answer(hook, &answer).as_deref(),
                Some(expected),
                "{answer}"
            );
        }
    }

    #[test]
    fn what_fits_is_left_alone() {
        for (hook, answer) in [
            (Hook::MenuClick, json!([{"request": "stop_session"}])),
            (
                Hook::StateCollect,
                json!({"fields": {"a": 1, "b": "x", "c": true}}),
            ),
            (Hook::ClientLaunch, json!({"arguments": ["-x"]})),
            (Hook::TrayMenu, json!({"tooltip": null, "add": []})),
            (
                Hook::SessionJoin,
                json!({"verdict": "ask", "title": "x", "message": "y", "timeout": 5}),
            ),
        ] {
            assert_eq!(of_answer(hook, &answer), None, "{answer}");
        }
    }
}
