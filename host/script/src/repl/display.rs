use mlua::{Table, Value};

/// How far into tables is shown, how many entries of each, and how many lines in all.
const DEEPEST: usize = 6;
const MOST_ENTRIES: usize = 50;
/// Bytes of a text that are shown.
const LONGEST: usize = 2000;
/// What fits on one line.
const WIDTH: usize = 70;

/// A value as Lua spells it, as far as it can be: functions by their type, tables in order of their
/// keys, on one line where they are short. No metamethod runs.
pub(super) fn display(value: &Value) -> String {
    shown(value, 0)
}

fn shown(value: &Value, depth: usize) -> String {
    match value {
        Value::Nil => "nil".to_owned(),
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(&text.to_string_lossy()),
        Value::Table(_) if depth >= DEEPEST => "{ ... }".to_owned(),
        Value::Table(table) => whole(table, depth),
        other => format!("<{}>", other.type_name()),
    }
}

fn whole(table: &Table, depth: usize) -> String {
    let entries = entries(table, depth);
    if entries.is_empty() {
        return "{}".to_owned();
    }
    let line = format!("{{ {} }}", entries.join(", "));
    if line.len() <= WIDTH && !line.contains('\n') {
        return line;
    }
    let indent = "  ".repeat(depth);
    let lines: String = entries
        .iter()
        .map(|entry| format!("{indent}  {entry},\n"))
        .collect();
    format!("{{\n{lines}{indent}}}")
}

fn entries(table: &Table, depth: usize) -> Vec<String> {
    let length = table.raw_len();
    let mut listed = vec![];
    for index in 1..=length.min(MOST_ENTRIES) {
        let value = table.raw_get::<Value>(index).unwrap_or(Value::Nil);
        listed.push(shown(&value, depth + 1));
    }
    let mut keyed = vec![];
    for (key, value) in table.pairs::<Value, Value>().flatten() {
        let in_list = matches!(&key, Value::Integer(at) if (1..=length as i64).contains(at));
        if in_list {
            continue;
        }
        if keyed.len() >= MOST_ENTRIES {
            break;
        }
        keyed.push(format!("{} = {}", key_of(&key), shown(&value, depth + 1)));
    }
    keyed.sort();
    if length > MOST_ENTRIES || keyed.len() >= MOST_ENTRIES {
        keyed.push("...".to_owned());
    }
    listed.append(&mut keyed);
    listed
}

fn key_of(key: &Value) -> String {
    match key {
        Value::String(text) => {
            let text = text.to_string_lossy();
            let starts = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            let plain = text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            match starts && plain {
                true => text,
                false => format!("[{}]", quoted(&text)),
            }
        }
        other => format!("[{}]", shown(other, DEEPEST)),
    }
}

fn quoted(text: &str) -> String {
    let cut = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at));
    let part = text.get(..cut.unwrap_or_default()).unwrap_or(text);
    let more = if part.len() < text.len() { ".." } else { "" };
    crate::notation(&serde_json::Value::from(part)) + more
}
