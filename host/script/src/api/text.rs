use std::sync::Arc;

use mlua::{Lua, Table, Value};

use super::allowance::Allowance;
use crate::stage::Stage;
use crate::vm::{Complaint, native};

/// The most bytes of a text with its values in it: more than anybody reads.
const LONGEST: usize = 64 * 1024;

/// `deskhook.text(key, values)`: a text of the package in the person's language, `{name}`
/// replaced by the value of that name. A key that no language has is given back as it is.
pub(super) fn fill(lua: &Lua, stage: &Arc<Stage>, deskhook: &Table) -> mlua::Result<()> {
    let text = native(
        lua,
        stage,
        "deskhook.text",
        |_, stage, (key, values): (String, Option<Table>)| {
            let language = stage.turn().map(|turn| turn.language).unwrap_or_default();
            let text = stage.package.texts().find(&key, &language);
            replace(text.unwrap_or(&key), values.as_ref())
        },
    )?;
    deskhook.raw_set("text", text)
}

fn replace(text: &str, values: Option<&Table>) -> Result<String, Complaint> {
    let Some(values) = values else {
        return Ok(text.to_owned());
    };
    let mut allowance = Allowance::of(LONGEST);
    allowance.take(text.len())?;
    let mut made = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from)) = rest.split_once('{') {
        made.push_str(before);
        let name = name(from);
        let value = match name {
            Some(name) => values.raw_get::<Value>(name)?,
            None => Value::Nil,
        };
        match (name, value) {
            (None, _) | (_, Value::Nil) => {
                made.push('{');
                rest = from;
            }
            (Some(name), value) => {
                let value = value.to_string()?;
                allowance.take(value.len())?;
                made.push_str(&value);
                rest = &from[name.len() + 1..];
            }
        }
    }
    made.push_str(rest);
    Ok(made)
}

/// The name that ends in a brace before another one begins: so each byte is looked at once, however
/// many braces are open.
fn name(from: &str) -> Option<&str> {
    let end = from.find(['{', '}'])?;
    from[end..].starts_with('}').then(|| &from[..end])
}
