use std::collections::BTreeMap;
use std::sync::Arc;

use deskhook_hooks::{HostCall, LogLevel};
use mlua::{Function, Lua, Table, Value};

use super::PATIENCE;
use crate::nearest::{did_you_mean, nearest};
use crate::stage::Stage;
use crate::vm::Complaint;

/// What a key of a section may be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Truth,
    Object,
    List,
    Texts,
}

/// The words for them, and what is said where something else stands.
const KINDS: [(&str, Kind, &str); 6] = [
    ("string", Kind::Text, "a text"),
    ("number", Kind::Number, "a number"),
    ("boolean", Kind::Truth, "true or false"),
    ("object", Kind::Object, "an object"),
    ("list", Kind::List, "a list"),
    (
        "text",
        Kind::Texts,
        r#"a text, or one for each language: {"en": "..."}"#,
    ),
];

/// The section that stands under `key`: keys that are known, without regard to case, under the
/// names of `kinds`. What has another type is told to `complain` and left out; without it, that is
/// an error. A key that nobody knows is logged, once.
pub(super) fn check(
    lua: &Lua,
    stage: &Arc<Stage>,
    (section, key): (&Value, &str),
    (kinds, complain): (&Table, Option<&Function>),
) -> Result<Table, Complaint> {
    let known = known(kinds)?;
    let read = lua.create_table()?;
    let object = match section {
        Value::Nil => return Ok(read),
        Value::Table(table) if Kind::Object.fits(section)? => table,
        _ => {
            complained(complain, key, Kind::Object)?;
            return Ok(read);
        }
    };
    for pair in object.pairs::<String, Value>() {
        let (name, value) = pair?;
        let Some((spelt, kind)) = known.get(&name.to_lowercase()) else {
            unknown(stage, &known, (key, &name));
            continue;
        };
        if kind.fits(&value)? {
            read.raw_set(spelt.as_str(), value)?;
        } else {
            complained(complain, &format!("{key}.{spelt}"), *kind)?;
        }
    }
    Ok(read)
}

type Known = BTreeMap<String, (String, Kind)>;

fn known(kinds: &Table) -> Result<Known, Complaint> {
    let pairs = kinds.pairs::<String, String>();
    pairs
        .map(|pair| {
            let (name, word) = pair.map_err(|_| "argument 3 says of each key what it is")?;
            let kind = KINDS.iter().find(|(known, _, _)| *known == word);
            let Some((_, kind, _)) = kind else {
                let words = KINDS.map(|(word, _, _)| word);
                let hint = did_you_mean(nearest(&word, words));
                let known = words.join(", ");
                return Err(format!("there is no kind {word:?}{hint} (known: {known})").into());
            };
            Ok((name.to_lowercase(), (name, *kind)))
        })
        .collect()
}

fn complained(complain: Option<&Function>, key: &str, kind: Kind) -> Result<(), Complaint> {
    let why = format!("is {}", kind.in_words());
    match complain {
        Some(function) => Ok(function.call::<()>((key, why))?),
        None => Err(mlua::Error::runtime(format!("{key} {why}")).into()),
    }
}

/// It may be of a newer version of the package, or a slip.
fn unknown(stage: &Stage, known: &Known, (key, name): (&str, &str)) {
    let whole = format!("{key}.{name}");
    if !stage.is_news(&whole) {
        return;
    }
    let hint = did_you_mean(nearest(name, known.values().map(|(name, _)| name.as_str())));
    let message = format!("{whole} is no key of this package, so it does nothing{hint}");
    let level = LogLevel::Warn;
    // A line that the log does not take is no reason to fail a check.
    let _ = stage.ask(HostCall::Log { level, message }, PATIENCE);
}

impl Kind {
    fn in_words(self) -> &'static str {
        let known = KINDS.iter().find(|(_, kind, _)| *kind == self);
        known.map_or("", |(_, _, words)| words)
    }

    /// A table of Lua does not say whether it is an empty list or an empty object: both then.
    fn fits(self, value: &Value) -> mlua::Result<bool> {
        Ok(match value {
            Value::String(_) => matches!(self, Self::Text | Self::Texts),
            Value::Integer(_) | Value::Number(_) => self == Self::Number,
            Value::Boolean(_) => self == Self::Truth,
            Value::Table(table) => {
                let is_list = !table.raw_get::<Value>(1)?.is_nil();
                match self {
                    Self::List => is_list || table.is_empty(),
                    Self::Object => !is_list,
                    Self::Texts => !is_list && !table.is_empty(),
                    Self::Text | Self::Number | Self::Truth => false,
                }
            }
            _ => false,
        })
    }
}

/// Of `{"en": "...", "de-AT": "..."}` the text in that language, in its main language, in English,
/// else the first by the names of the languages.
pub(super) fn spoken(texts: &Table, language: &str) -> Result<Value, Complaint> {
    let mut known = BTreeMap::new();
    for pair in texts.pairs::<String, Value>() {
        let (name, said) = pair.map_err(|_| "argument 1 has a text for each language")?;
        known.insert(name.to_lowercase(), said);
    }
    let language = language.to_lowercase();
    let main = language.split(['-', '_']).next().unwrap_or_default();
    let wanted = [language.as_str(), main, "en"];
    let found = wanted.into_iter().find_map(|name| known.get(name));
    let found = found.or_else(|| known.values().next());
    Ok(found.cloned().unwrap_or(Value::Nil))
}
