use mlua::{FromLua, Lua, Table, Value};

use super::allowance::Allowance;
use crate::nearest::{did_you_mean, nearest};
use crate::value::MOST_BYTES;
use crate::vm::{Complaint, in_words};

/// A table of named arguments; a name that is not known is an error.
pub(super) struct Options {
    table: Option<Table>,
}

impl Options {
    pub(super) fn new(table: Option<Table>, known: &[&str]) -> Result<Self, Complaint> {
        for pair in table.iter().flat_map(Table::pairs::<Value, Value>) {
            let (key, _) = pair?;
            let key = key.to_string()?;
            if !known.contains(&key.as_str()) {
                let hint = did_you_mean(nearest(&key, known.iter().copied()));
                let known = known.join(", ");
                return Err(format!("there is no field {key:?}{hint} (known: {known})").into());
            }
        }
        Ok(Self { table })
    }

    pub(super) fn optional<T: FromLua>(
        &self,
        lua: &Lua,
        name: &str,
    ) -> Result<Option<T>, Complaint> {
        let Some(table) = &self.table else {
            return Ok(None);
        };
        match table.raw_get::<Value>(name)? {
            Value::Nil => Ok(None),
            value => {
                let kept = value.clone();
                let read = T::from_lua(value, lua).map_err(|error| {
                    let (wanted, given) = (wanted(&error), given(&kept));
                    format!("the field {name:?} has to be {wanted}, and this is {given}")
                })?;
                Ok(Some(read))
            }
        }
    }

    pub(super) fn required(&self, lua: &Lua, name: &str) -> Result<String, Complaint> {
        let text: Option<String> = self.optional(lua, name)?;
        let text = text.filter(|text| !text.is_empty());
        text.ok_or_else(|| Complaint::Said(format!("the field {name:?} is missing")))
    }

    /// Texts by name, numbers and booleans spelt out.
    pub(super) fn texts(&self, lua: &Lua, name: &str) -> Result<Vec<(String, String)>, Complaint> {
        let table: Option<Table> = self.optional(lua, name)?;
        let mut allowance = Allowance::of(MOST_BYTES);
        let pairs = table.iter().flat_map(Table::pairs::<String, Value>);
        pairs
            .map(|pair| {
                let (key, value) =
                    pair.map_err(|_| format!("the field {name:?} is keyed by texts"))?;
                let value = value.to_string()?;
                allowance.take(key.len() + value.len())?;
                Ok((key, value))
            })
            .collect()
    }
}

fn wanted(error: &mlua::Error) -> &'static str {
    match error {
        mlua::Error::FromLuaConversionError { to, .. } => in_words(to),
        _ => "something else",
    }
}

/// A value as a message shows it: a text only as far as it says which one it is.
fn given(value: &Value) -> String {
    const SHOWN: usize = 40;
    match value {
        Value::Boolean(truth) => truth.to_string(),
        Value::Integer(number) => format!("the number {number}"),
        Value::Number(number) => format!("the number {number}"),
        Value::String(text) => {
            let text = text.to_string_lossy();
            let text: String = text.chars().take(SHOWN).collect();
            format!("the text {text:?}")
        }
        other => in_words(other.type_name()).to_owned(),
    }
}
