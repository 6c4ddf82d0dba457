use std::collections::BTreeMap;
use std::sync::LazyLock;

use deskhook_policy::Language;

/// The languages that Deskhook itself speaks, English first.
const SOURCES: [(&str, &str); 8] = [
    ("en", include_str!("../texts/en.json")),
    ("de", include_str!("../texts/de.json")),
    ("fr", include_str!("../texts/fr.json")),
    ("es", include_str!("../texts/es.json")),
    ("it", include_str!("../texts/it.json")),
    ("nl", include_str!("../texts/nl.json")),
    ("pl", include_str!("../texts/pl.json")),
    ("pt", include_str!("../texts/pt.json")),
];

type Table = BTreeMap<String, String>;

static TABLES: LazyLock<BTreeMap<&str, Table>> = LazyLock::new(|| {
    let read = |source| serde_json::from_str(source).expect("a shipped text table is JSON");
    SOURCES
        .iter()
        .map(|(tag, source)| (*tag, read(source)))
        .collect()
});

/// Deskhook's own words in one language; English where it does not speak that.
#[derive(Clone, Copy)]
pub(crate) struct Texts {
    table: &'static Table,
}

impl Texts {
    pub(crate) fn of(language: &Language) -> Self {
        let own = TABLES.get(language.primary());
        Self {
            table: own.unwrap_or_else(|| english()),
        }
    }

    pub(crate) fn english() -> Self {
        Self { table: english() }
    }

    /// The text under a key, where there is one.
    pub(crate) fn find(self, key: &str) -> Option<&'static str> {
        self.table.get(key).map(String::as_str)
    }

    /// The text under a key that is always there: a test compares the tables.
    pub(crate) fn get(self, key: &str) -> &'static str {
        self.find(key).unwrap_or_default()
    }

    /// The text under a key, its `{names}` replaced. A value is never looked into.
    pub(crate) fn fill(self, key: &str, values: &[(&str, &str)]) -> String {
        fill(self.get(key), values)
    }

    /// The keys and texts that begin with a prefix.
    pub(crate) fn under(
        self,
        prefix: &str,
    ) -> impl Iterator<Item = (&'static str, &'static str)> + use<> {
        let entries = self.table.range(prefix.to_owned()..);
        let prefix = prefix.to_owned();
        entries
            .take_while(move |(key, _)| key.starts_with(&prefix))
            .map(|(key, text)| (key.as_str(), text.as_str()))
    }
}

/// A template with its `{names}` replaced; a name without a value stays as it is.
pub(crate) fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    for part in parts(template) {
        match part {
            Part::Words(words) => filled.push_str(words),
            Part::Name(name) => {
                let value = values.iter().find(|(known, _)| *known == name);
                filled.push_str(
                    &value.map_or_else(|| format!("{{{name}}}"), |(_, v)| (*v).to_owned()),
                );
            }
        }
    }
    filled
}

/// A piece of a template.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Words(&'a str),
    Name(&'a str),
}

/// A template in pieces.
pub(crate) fn parts(template: &str) -> Vec<Part<'_>> {
    let mut found = vec![];
    let mut rest = template;
    while let Some((words, (name, after))) = rest
        .split_once('{')
        .and_then(|(words, after)| Some((words, after.split_once('}')?)))
    {
        if !words.is_empty() {
            found.push(Part::Words(words));
        }
        found.push(Part::Name(name));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Part::Words(rest));
    }
    found
}

fn english() -> &'static Table {
    TABLES
        .get("en")
        .expect("the English table is one of the shipped")
}

#[cfg(test)]
mod tests;
