use serde_json::Value;

/// What fits on one line of a terminal beside its indent.
const WIDTH: usize = 60;

/// A plain value as Lua spells it: `{ a = 1, b = { 1, 2 } }`, on one line where it is short.
pub fn notation(value: &Value) -> String {
    short(value).unwrap_or_else(|| long(value, ""))
}

/// The same with every entry on a line of its own, as differences are shown.
pub(crate) fn lines(value: &Value) -> String {
    long(value, "")
}

fn short(value: &Value) -> Option<String> {
    let text = match value {
        Value::Array(entries) if entries.is_empty() => "{}".to_owned(),
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Array(entries) => {
            let entries: Option<Vec<String>> = entries.iter().map(short).collect();
            format!("{{ {} }}", entries?.join(", "))
        }
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                Some(format!("{} = {}", key(name), short(value)?))
            };
            let fields: Option<Vec<String>> = fields.iter().map(field).collect();
            format!("{{ {} }}", fields?.join(", "))
        }
        other => return Some(plain(other)),
    };
    (text.len() <= WIDTH).then_some(text)
}

fn long(value: &Value, indent: &str) -> String {
    let inner = format!("{indent}  ");
    let entries: Vec<String> = match value {
        Value::Array(entries) => entries.iter().map(|entry| long(entry, &inner)).collect(),
        Value::Object(fields) => {
            let field = |(name, value): (&String, &Value)| {
                format!("{} = {}", key(name), long(value, &inner))
            };
            fields.iter().map(field).collect()
        }
        other => return plain(other),
    };
    if entries.is_empty() {
        return "{}".to_owned();
    }
    let entry = |entry: &String| format!("{inner}{entry},\n");
    let entries: String = entries.iter().map(entry).collect();
    format!("{{\n{entries}{indent}}}")
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "nil".to_owned(),
        // Lua reads what JSON writes, but for the way in which a character is named by number.
        Value::String(text) => format!("\"{}\"", escaped(text)),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    let mut made = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' => made.push_str("\\\""),
            '\\' => made.push_str("\\\\"),
            '\n' => made.push_str("\\n"),
            '\t' => made.push_str("\\t"),
            '\r' => made.push_str("\\r"),
            c if c.is_control() => made.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => made.push(c),
        }
    }
    made
}

/// A key of a table: `name`, or `["a-b"]`.
pub(crate) fn key(name: &str) -> String {
    /// Words of the language cannot be keys by themselves.
    const WORDS: [&str; 21] = [
        "and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in",
        "local", "nil", "not", "or", "repeat", "return", "then", "true", "until", "while",
    ];
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if starts && plain && !WORDS.contains(&name) {
        name.to_owned()
    } else {
        format!("[\"{}\"]", escaped(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lua_reads_what_is_written() {
        let value = json!({"a": 1, "b-c": [true, "x\"\\\n\u{1}ü"], "end": {}, "f": {"g": 1.5}});
        let lua = mlua::Lua::new();
        for text in [notation(&value), lines(&value)] {
            let read: mlua::Value = lua.load(format!("return {text}")).eval().unwrap();
            let read = crate::value::to_json(&lua, &read, |key| key == "b-c").unwrap();
            assert_eq!(read, value, "{text}");
        }
    }

    #[test]
    fn what_is_short_stands_on_one_line() {
        assert_eq!(notation(&json!({"a": [1, 2]})), "{ a = { 1, 2 } }");
        let long = json!({"message": "x".repeat(80), "code": "y"});
        assert_eq!(notation(&long).lines().count(), 4);
    }
}
