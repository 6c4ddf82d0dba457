//! `.deny.toml`, read: in the words of cargo-deny, so that whoever has that can run it as well.

use toml::{Table, Value};

use crate::manifests::line_of;
use crate::sources::{Breach, root};

/// The file's name.
pub(crate) const FILE: &str = ".deny.toml";

/// A crate that a rule is about, by its name and, where only some are meant, the beginning of
/// its version.
#[derive(PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) version: Option<String>,
    pub(crate) reason: String,
}

/// The rules that this code base uses.
pub(crate) struct Rules {
    text: String,
    pub(crate) allowed: Vec<String>,
    pub(crate) skipped: Vec<Named>,
    pub(crate) skipped_trees: Vec<Named>,
    pub(crate) banned: Vec<Named>,
}

impl Rules {
    pub(crate) fn read() -> Self {
        Self::of(std::fs::read_to_string(root().join(FILE)).expect("there are rules"))
    }

    pub(crate) fn of(text: String) -> Self {
        let table: Table = text.parse().expect("the rules are TOML");
        let named = |rule: &str| list(&table, ("bans", rule)).filter_map(Named::of).collect();
        let allowed = list(&table, ("licenses", "allow")).filter_map(Value::as_str);
        Self {
            allowed: allowed.map(str::to_owned).collect(),
            skipped: named("skip"),
            skipped_trees: named("skip-tree"),
            banned: named("deny"),
            text,
        }
    }

    /// A breach in the rules themselves.
    pub(crate) fn breach(&self, name: &str, told: &str) -> Breach {
        let line = line_of(&self.text, &format!("  {{ crate = \"{name}"));
        Breach::new(FILE, line, format!("`{name}` {told}"))
    }

    /// Exceptions that do not say why.
    pub(crate) fn unreasoned(&self) -> Vec<Breach> {
        let all = [&self.skipped, &self.skipped_trees, &self.banned];
        let all = all.into_iter().flatten();
        all.filter(|rule| rule.reason.is_empty())
            .map(|rule| self.breach(&rule.name, "has no reason"))
            .collect()
    }
}

impl Named {
    fn of(value: &Value) -> Option<Self> {
        let field = |name: &str| value.get(name).and_then(Value::as_str);
        let named = field("crate")?;
        let (name, version) = match named.split_once('@') {
            Some((name, version)) => (name, Some(version.to_owned())),
            None => (named, None),
        };
        Some(Self {
            name: name.to_owned(),
            version,
            reason: field("reason").unwrap_or_default().to_owned(),
        })
    }
}

fn list<'a>(table: &'a Table, (part, rule): (&str, &str)) -> impl Iterator<Item = &'a Value> {
    let values = table.get(part).and_then(|part| part.get(rule));
    values.and_then(Value::as_array).into_iter().flatten()
}
