use mlua::{Table, Value};

use crate::notation::{key, notation};

/// How far into tables is shown, and how many entries of each.
const DEEPEST: usize = 6;
const MOST_ENTRIES: usize = 50;
/// Bytes of a text that are shown.
const LONGEST: usize = 2000;
/// Bytes of everything that is shown for one input, indents aside: some screens full.
const BUDGET: usize = 16 * 1024;
/// What fits on one line.
const WIDTH: usize = 70;
const MORE: &str = "...";

/// Values as Lua spells them, as far as it can be, one below the other: functions by their type,
/// tables in order of their keys, on one line where they are short. No metamethod runs.
pub(super) fn display(values: impl Iterator<Item = Value>) -> String {
    let mut screen = Screen { left: BUDGET };
    let mut lines = vec![];
    for value in values {
        if screen.left == 0 {
            lines.push(MORE.to_owned());
            break;
        }
        lines.push(screen.shown(&value, 0));
    }
    lines.join("\n")
}

/// What is left to fill.
struct Screen {
    left: usize,
}

impl Screen {
    fn shown(&mut self, value: &Value, depth: usize) -> String {
        let text = match value {
            Value::Nil => "nil".to_owned(),
            Value::Boolean(truth) => truth.to_string(),
            Value::Integer(number) => number.to_string(),
            Value::Number(number) => number.to_string(),
            Value::String(text) => quoted(&text.to_string_lossy()),
            Value::Table(_) if depth >= DEEPEST => "{ ... }".to_owned(),
            Value::Table(table) => return self.whole(table, depth),
            other => format!("<{}>", other.type_name()),
        };
        self.take(text)
    }

    /// Text that counts.
    fn take(&mut self, text: String) -> String {
        self.left = self.left.saturating_sub(text.len());
        text
    }

    fn whole(&mut self, table: &Table, depth: usize) -> String {
        let entries = self.entries(table, depth);
        if entries.is_empty() {
            return self.take("{}".to_owned());
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

    fn entries(&mut self, table: &Table, depth: usize) -> Vec<String> {
        let length = table.raw_len();
        let (mut listed, mut is_cut) = (vec![], false);
        for index in 1..=length {
            if index > MOST_ENTRIES || self.left == 0 {
                is_cut = true;
                break;
            }
            let value = table.raw_get::<Value>(index).unwrap_or(Value::Nil);
            listed.push(self.shown(&value, depth + 1));
        }
        let mut keyed = vec![];
        for (key, value) in table.pairs::<Value, Value>().flatten() {
            let in_list = matches!(&key, Value::Integer(at) if (1..=length as i64).contains(at));
            if in_list {
                continue;
            }
            if keyed.len() >= MOST_ENTRIES || self.left == 0 {
                is_cut = true;
                break;
            }
            let name = self.key_of(&key);
            keyed.push(format!("{name} = {}", self.shown(&value, depth + 1)));
        }
        keyed.sort();
        listed.append(&mut keyed);
        if is_cut {
            listed.push(MORE.to_owned());
        }
        listed
    }

    fn key_of(&mut self, name: &Value) -> String {
        match name {
            Value::String(text) => {
                let name = key(cut(&text.to_string_lossy()));
                self.take(name)
            }
            other => format!("[{}]", self.shown(other, DEEPEST)),
        }
    }
}

fn quoted(text: &str) -> String {
    let part = cut(text);
    let more = if part.len() < text.len() { ".." } else { "" };
    notation(&serde_json::Value::from(part)) + more
}

/// As much of a text as is shown.
fn cut(text: &str) -> &str {
    let end = (0..=LONGEST).rev().find(|at| text.is_char_boundary(*at));
    text.get(..end.unwrap_or_default()).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(source: &str) -> String {
        let lua = mlua::Lua::new();
        let value: Value = lua.load(source).eval().unwrap();
        display(std::iter::once(value))
    }

    #[test]
    fn what_is_shown_of_one_input_is_bounded_however_wide_and_deep_it_is() {
        let wide = "local function t(d) if d == 0 then return 'x' end local r = {} \
            for i = 1, 50 do r[i] = t(d - 1) end return r end return t(3)";
        let text = shown(wide);
        assert!(text.contains(MORE), "{text}");
        assert!(text.len() < 8 * BUDGET, "{}", text.len());
        let lua = mlua::Lua::new();
        let long = lua.create_string("x".repeat(LONGEST + 1)).unwrap();
        let many = std::iter::repeat_n(Value::String(long), 1000);
        let text = display(many);
        assert!(text.ends_with("..\n..."), "{}", text.len());
        assert!(text.len() < 2 * BUDGET, "{}", text.len());
    }

    #[test]
    fn keys_are_spelt_as_everywhere() {
        assert_eq!(
            shown("{ a = 1, ['end'] = 2, [true] = 3 }"),
            "{ [\"end\"] = 2, [true] = 3, a = 1 }"
        );
    }
}
