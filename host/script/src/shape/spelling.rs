use std::sync::Arc;

use super::{Part, Record, Shape};

/// Reads a type as the reference of the API spells it: `string?`, `{code: string, n?: integer}`,
/// `string[]`, `fun(...)`. What it does not know may be anything.
pub(crate) fn spelt(text: &str) -> Part {
    let (text, marked) = match text.trim().strip_suffix('?') {
        Some(inner) if !inner.starts_with("fun(") => (inner, true),
        _ => (text.trim(), false),
    };
    let parts = split(text, '|');
    let nil = parts.contains(&"nil");
    let others: Vec<&str> = parts.into_iter().filter(|part| *part != "nil").collect();
    let shape = match others.as_slice() {
        [one] => single(one),
        words if words.iter().all(|word| quoted(word).is_some()) => {
            let words = words.iter().filter_map(|word| quoted(word));
            Shape::Words(words.map(str::to_owned).collect())
        }
        _ => Shape::Any,
    };
    Part {
        optional: marked || nil || shape == Shape::Any,
        shape,
    }
}

fn single(text: &str) -> Shape {
    if text.starts_with("fun(") {
        return Shape::Function;
    }
    if let Some(word) = quoted(text) {
        return Shape::Words(vec![word.to_owned()]);
    }
    if let Some(item) = text.strip_suffix("[]") {
        return Shape::List(Box::new(spelt(item).shape));
    }
    if let Some(values) = inside(text, "table<string,", ">") {
        return Shape::Map(Box::new(spelt(values).shape));
    }
    if let Some(fields) = inside(text, "{", "}") {
        return record(fields);
    }
    if let Some(name) = text.strip_prefix("deskhook.") {
        return Shape::Named(name.to_owned());
    }
    match text {
        "string" => Shape::Text,
        "integer" => Shape::Whole(i64::MIN, i64::MAX),
        "number" => Shape::Number,
        "boolean" => Shape::Truth,
        "table" => Shape::Map(Box::new(Shape::Any)),
        _ => Shape::Any,
    }
}

fn record(fields: &str) -> Shape {
    let mut record = Record::default();
    for field in split(fields, ',') {
        let (name, kind) = field.split_once(':').unwrap_or((field, "any"));
        let (name, left_out) = match name.trim().strip_suffix('?') {
            Some(name) => (name, true),
            None => (name.trim(), false),
        };
        let mut part = spelt(kind);
        part.optional |= left_out;
        record.fields.insert(name.to_owned(), part);
    }
    Shape::Record(Arc::new(record))
}

fn quoted(text: &str) -> Option<&str> {
    inside(text, "\"", "\"")
}

fn inside<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    text.strip_prefix(start)?.strip_suffix(end)
}

/// Splits where no bracket is open.
fn split(text: &str, at: char) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0_i32, 0, vec![]);
    for (place, c) in text.char_indices() {
        match c {
            '{' | '(' | '<' | '[' => depth += 1,
            '}' | ')' | '>' | ']' => depth -= 1,
            c if c == at && depth == 0 => {
                parts.push(text[from..place].trim());
                from = place + 1;
            }
            _ => {}
        }
    }
    parts.push(text[from..].trim());
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_of_the_reference_is_read() {
        let shape = |text: &str| spelt(text).shape;
        assert_eq!(shape("string"), Shape::Text);
        assert_eq!(shape("string[]?"), Shape::List(Box::new(Shape::Text)));
        assert_eq!(shape("deskhook.Time|number"), Shape::Any);
        assert_eq!(shape("fun(ctx: table): any"), Shape::Function);
        let words = Shape::Words(vec!["a".to_owned(), "b".to_owned()]);
        assert_eq!(shape("\"a\"|\"b\""), words);
        assert!(spelt("\"a\"|nil").optional);
        let Shape::Record(record) = shape("{code: string, headers?: table<string, string>}?")
        else {
            panic!("no record");
        };
        assert!(!record.fields["code"].optional);
        assert!(record.fields["headers"].optional);
        let headers = Shape::Map(Box::new(Shape::Text));
        assert_eq!(record.fields["headers"].shape, headers);
    }
}
