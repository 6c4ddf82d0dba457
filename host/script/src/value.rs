use std::sync::Arc;

use mlua::serde::ser::Options;
use mlua::{Lua, LuaSerdeExt, Table, Value};
use serde_json::{Map, Number, Value as Json};

use crate::stage::Stage;

const DEEPEST: usize = 32;
const MOST_VALUES: usize = 20_000;
pub(crate) const MOST_BYTES: usize = 1024 * 1024;
/// Whole numbers up to here are exact in Lua.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// Why a Lua value cannot leave its VM.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ValueError {
    #[error("more than {DEEPEST} levels, or a table that holds itself{}", at(.path))]
    Deep { path: String },
    #[error("more than {MOST_VALUES} values or {} KiB", MOST_BYTES / 1024)]
    Large,
    #[error("a text that is not UTF-8{}", at(.path))]
    NotUtf8 { path: String },
    #[error("a {kind}{}, which is no plain value", at(.path))]
    Kind { kind: &'static str, path: String },
    #[error("a number that is not finite{}", at(.path))]
    NotFinite { path: String },
    #[error("more than can be looked through in time{}", at(.path))]
    Slow { path: String },
    #[error("a table{} that is neither a list nor keyed by texts", at(.path))]
    Mixed { path: String },
}

fn at(path: &str) -> String {
    if path.is_empty() {
        String::new()
    } else {
        format!(" at {path}")
    }
}

/// A plain value as Lua sees it: null is nil, a list keeps being one even when it is empty.
pub(crate) fn to_lua<T: serde::Serialize + ?Sized>(lua: &Lua, value: &T) -> mlua::Result<Value> {
    let options = Options::new()
        .serialize_none_to_null(false)
        .serialize_unit_to_null(false);
    lua.to_value_with(value, options)
}

/// A Lua value as a plain one, bounded in depth, count and size. An empty table is an object,
/// unless `is_list` says of its key that a list stands there.
pub(crate) fn to_json(
    lua: &Lua,
    value: &Value,
    is_list: fn(&str) -> bool,
) -> Result<Json, ValueError> {
    let mut crossing = Crossing {
        stage: lua.app_data_ref::<Arc<Stage>>().as_deref().cloned(),
        lists: lua.array_metatable(),
        is_list,
        values: MOST_VALUES,
        bytes: MOST_BYTES,
        path: vec![],
    };
    crossing.value(value)
}

/// For values of which nothing is known.
pub(crate) fn no_lists(_key: &str) -> bool {
    false
}

struct Crossing {
    /// The call whose time this takes.
    stage: Option<Arc<Stage>>,
    lists: Table,
    is_list: fn(&str) -> bool,
    values: usize,
    bytes: usize,
    path: Vec<String>,
}

impl Crossing {
    fn value(&mut self, value: &Value) -> Result<Json, ValueError> {
        self.values = self.values.checked_sub(1).ok_or(ValueError::Large)?;
        match value {
            Value::Nil => Ok(Json::Null),
            Value::LightUserData(data) if data.0.is_null() => Ok(Json::Null),
            Value::Boolean(truth) => Ok(Json::Bool(*truth)),
            Value::Integer(number) => Ok(Json::Number((*number).into())),
            Value::Number(number) => self.number(*number),
            Value::String(text) => self.text(text).map(Json::String),
            Value::Table(table) => self.table(table),
            other => Err(ValueError::Kind {
                kind: other.type_name(),
                path: self.path(),
            }),
        }
    }

    fn number(&self, number: f64) -> Result<Json, ValueError> {
        if number.fract() == 0.0 && number.abs() < LARGEST_WHOLE {
            return Ok(Json::Number((number as i64).into()));
        }
        let number = Number::from_f64(number);
        let path = || ValueError::NotFinite { path: self.path() };
        number.map(Json::Number).ok_or_else(path)
    }

    fn text(&mut self, text: &mlua::LuaString) -> Result<String, ValueError> {
        let bytes = text.as_bytes();
        self.bytes = self
            .bytes
            .checked_sub(bytes.len())
            .ok_or(ValueError::Large)?;
        let text = std::str::from_utf8(&bytes);
        let text = text.map_err(|_| ValueError::NotUtf8 { path: self.path() })?;
        Ok(text.to_owned())
    }

    fn table(&mut self, table: &Table) -> Result<Json, ValueError> {
        if self.path.len() >= DEEPEST {
            return Err(ValueError::Deep { path: self.path() });
        }
        // A table may be large and hold nothing, and be named thousands of times.
        let stage = self.stage.as_ref();
        if stage.is_some_and(|stage| stage.meter.exceeded().is_some()) {
            return Err(ValueError::Slow { path: self.path() });
        }
        let length = table.raw_len();
        let marked = table.metatable().is_some_and(|meta| meta == self.lists);
        let expected = self.path.last().is_some_and(|key| (self.is_list)(key));
        if length > 0 || marked || (expected && table.is_empty()) {
            return self.list(table, length);
        }
        let mut object = Map::new();
        self.each(table, |crossing, key, value| {
            let Value::String(key) = key else {
                return Err(ValueError::Mixed {
                    path: crossing.path(),
                });
            };
            let key = crossing.text(&key)?;
            crossing.path.push(key.clone());
            object.insert(key, crossing.value(&value)?);
            crossing.path.pop();
            Ok(())
        })?;
        Ok(Json::Object(object))
    }

    /// Every entry of a table, until one is refused.
    fn each(
        &mut self,
        table: &Table,
        mut visit: impl FnMut(&mut Self, Value, Value) -> Result<(), ValueError>,
    ) -> Result<(), ValueError> {
        let mut refused = None;
        let visited = table.for_each(|key, value| {
            visit(self, key, value).map_err(|error| {
                refused = Some(error);
                mlua::Error::StackError
            })
        });
        match (visited, refused) {
            (Ok(()), _) => Ok(()),
            (Err(_), Some(error)) => Err(error),
            (Err(_), None) => Err(ValueError::Mixed { path: self.path() }),
        }
    }

    fn list(&mut self, table: &Table, length: usize) -> Result<Json, ValueError> {
        if length > self.values {
            return Err(ValueError::Large);
        }
        let mut list = Vec::with_capacity(length);
        for index in 1..=length {
            let mixed = |_| ValueError::Mixed { path: self.path() };
            let value: Value = table.raw_get(index).map_err(mixed)?;
            self.path.push(index.to_string());
            list.push(self.value(&value)?);
            self.path.pop();
        }
        let mut keys = 0_usize;
        self.each(table, |crossing, _, _| {
            keys += 1;
            if keys > length {
                return Err(ValueError::Mixed {
                    path: crossing.path(),
                });
            }
            Ok(())
        })?;
        Ok(Json::Array(list))
    }

    fn path(&self) -> String {
        let path = self.path.join(".");
        path.chars().take(80).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cross(source: &str) -> Result<Json, ValueError> {
        let lua = Lua::new();
        let value = lua.load(source).eval().unwrap();
        to_json(&lua, &value, |key| key == "remove")
    }

    #[test]
    fn plain_values_cross_as_they_are() {
        let source = "{a = 1, b = 1.5, c = 'x', d = {1, 2}, e = {}, remove = {}, f = true}";
        let expected = serde_json::json!({
            "a": 1, "b": 1.5, "c": "x", "d": [1, 2], "e": {}, "remove": [], "f": true
        });
        assert_eq!(cross(source).unwrap(), expected);
    }

    #[test]
    fn what_is_no_plain_value_is_refused_with_its_path() {
        let error = |source: &str| cross(source).unwrap_err().to_string();
        assert_eq!(
            error("{a = {b = print}}"),
            "a function at a.b, which is no plain value"
        );
        assert_eq!(error("{a = '\\255'}"), "a text that is not UTF-8 at a");
        assert_eq!(error("{a = 0/0}"), "a number that is not finite at a");
        assert!(error("{1, 2, x = 3}").contains("neither a list"));
        assert!(error("{[5] = 1}").contains("neither a list"));
    }

    #[test]
    fn a_table_that_holds_itself_ends() {
        let lua = Lua::new();
        let value = lua.load("local t = {} t.t = t return t").eval().unwrap();
        assert!(matches!(
            to_json(&lua, &value, no_lists),
            Err(ValueError::Deep { .. })
        ));
        let wide = lua.load("local t = {} for i = 1, 30000 do t[i] = i end return t");
        let wide = wide.eval().unwrap();
        assert_eq!(to_json(&lua, &wide, no_lists), Err(ValueError::Large));
        let tree = "local t = {} for i = 1, 30 do t = {t, t} end return t";
        let tree = lua.load(tree).eval().unwrap();
        assert_eq!(to_json(&lua, &tree, no_lists), Err(ValueError::Large));
    }

    #[test]
    fn an_empty_list_stays_a_list_on_its_way_through() {
        let lua = Lua::new();
        let json = serde_json::json!({"list": [], "object": {}, "null": null});
        let value = to_lua(&lua, &json).unwrap();
        let back = to_json(&lua, &value, no_lists).unwrap();
        assert_eq!(back, serde_json::json!({"list": [], "object": {}}));
    }
}
