use std::collections::BTreeMap;

use jsonc_parser::ast::Value;

use super::document::place;
use super::{Document, Files, Trouble};

/// What a package says to people: `texts/<language>.json`, key to text, `{name}` for a value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Texts {
    languages: BTreeMap<String, BTreeMap<String, String>>,
}

impl Texts {
    /// What can be read, and what cannot.
    pub(crate) fn read(files: &Files) -> (Self, Vec<Trouble>) {
        let (mut languages, mut troubles) = (BTreeMap::new(), vec![]);
        for path in files.paths() {
            let language = path
                .strip_prefix("texts/")
                .and_then(|file| file.strip_suffix(".json"));
            if let Some(language) = language {
                let text = files.text(path).unwrap_or_default();
                match read_language(path, text) {
                    Ok(texts) => drop(languages.insert(language.to_lowercase(), texts)),
                    Err(trouble) => troubles.push(trouble),
                }
            }
        }
        (Self { languages }, troubles)
    }

    /// The text for `key` in `language` (`de-at`), else in its main language (`de`), else in
    /// English, else in any.
    pub fn find(&self, key: &str, language: &str) -> Option<&str> {
        let language = language.to_lowercase().replace('_', "-");
        let main = language.split('-').next().unwrap_or_default();
        let first = [language.as_str(), main, "en"].into_iter();
        let texts = first.filter_map(|language| self.languages.get(language));
        let found = texts
            .chain(self.languages.values())
            .find_map(|texts| texts.get(key));
        found.map(String::as_str)
    }

    /// The languages that it speaks, in order.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.languages.keys().map(String::as_str)
    }

    /// The texts of one language.
    pub fn of(&self, language: &str) -> Option<&BTreeMap<String, String>> {
        self.languages.get(language)
    }
}

fn read_language(path: &str, text: &str) -> Result<BTreeMap<String, String>, Trouble> {
    let document = Document::new(path, text);
    let mut texts = BTreeMap::new();
    for property in &document.object()?.properties {
        let Value::StringLit(text) = &property.value else {
            let wanted = "a text is wanted here: a file of texts is {\"key\": \"text\"}";
            return Err(document.trouble(place(&property.value), wanted));
        };
        texts.insert(property.name.as_str().to_owned(), text.value.to_string());
    }
    Ok(texts)
}
