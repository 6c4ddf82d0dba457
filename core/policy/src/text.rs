use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A language tag such as `de` or `pt-BR` (BCP 47), kept in lower case.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(transparent)]
pub struct Language(String);

/// The English names that `TrayMenuText<Language>` keys use, with their tags.
const NAMES: [(&str, &str); 36] = [
    ("english", "en"),
    ("german", "de"),
    ("french", "fr"),
    ("spanish", "es"),
    ("italian", "it"),
    ("dutch", "nl"),
    ("portuguese", "pt"),
    ("polish", "pl"),
    ("czech", "cs"),
    ("slovak", "sk"),
    ("hungarian", "hu"),
    ("romanian", "ro"),
    ("danish", "da"),
    ("swedish", "sv"),
    ("norwegian", "nb"),
    ("finnish", "fi"),
    ("greek", "el"),
    ("turkish", "tr"),
    ("ukrainian", "uk"),
    ("japanese", "ja"),
    ("arabic", "ar"),
    ("bulgarian", "bg"),
    ("catalan", "ca"),
    ("chinese", "zh"),
    ("croatian", "hr"),
    ("estonian", "et"),
    ("hebrew", "he"),
    ("icelandic", "is"),
    ("indonesian", "id"),
    ("irish", "ga"),
    ("korean", "ko"),
    ("latvian", "lv"),
    ("lithuanian", "lt"),
    ("russian", "ru"),
    ("serbian", "sr"),
    ("slovenian", "sl"),
];

/// The English names of all known languages, as they stand in keys: `German`.
pub(crate) fn language_names() -> impl Iterator<Item = String> {
    NAMES.iter().map(|(name, _)| {
        let (first, rest) = name.split_at(1);
        first.to_ascii_uppercase() + rest
    })
}

/// The spelling of a language's English name, compared without case.
pub(crate) fn language_name(text: &str) -> Option<String> {
    language_names().find(|name| name.eq_ignore_ascii_case(text))
}

impl Language {
    /// English, the fallback everywhere.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// Reads a tag (`de`, `de-AT`), a POSIX locale (`de_DE.UTF-8`) or an English name (`German`).
    /// Anything that is none of these is English.
    pub fn parse(text: &str) -> Self {
        let bare = text.split(['.', '@', ':']).next().unwrap_or_default();
        let tag = bare.replace('_', "-").to_ascii_lowercase();
        if let Some((_, short)) = NAMES.iter().find(|(name, _)| *name == tag) {
            return Self((*short).to_owned());
        }
        let primary = tag.split('-').next().unwrap_or_default();
        let known =
            (2..=3).contains(&primary.len()) && primary.bytes().all(|b| b.is_ascii_alphabetic());
        if known { Self(tag) } else { Self::english() }
    }

    /// The tag, in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first part of the tag: `de` of `de-at`.
    pub fn primary(&self) -> &str {
        self.0.split('-').next().unwrap_or(&self.0)
    }
}

/// A text that people read, in one language or several.
///
/// In a layer file: a string (then it is the text in every language), or an object
/// `{"en": "...", "de": "..."}` whose keys are tags or English language names.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum LocalText {
    /// No text was given.
    #[default]
    None,
    /// The same text in every language.
    One(String),
    /// One text for each language.
    Many(BTreeMap<String, String>),
}

impl LocalText {
    /// The text in `language`, else in its primary language, else in that of another region, else in English,
    /// else any. A key that is no language is English where nothing else is.
    pub fn get(&self, language: &Language) -> Option<&str> {
        match self {
            Self::None => None,
            Self::One(text) => Some(text),
            Self::Many(texts) => {
                let find = |wanted: &str| {
                    let same = |key: &str| Language::parse(key).as_str() == wanted;
                    let found = |is_meant: fn(&str) -> bool| {
                        let mut texts = texts.iter();
                        texts.find(|(key, _)| is_meant(key) && same(key))
                    };
                    let text = found(is_language).or_else(|| found(|_| true));
                    text.map(|(_, text)| text.as_str())
                };
                let regional = || {
                    let same = |key: &str| Language::parse(key).primary() == language.primary();
                    let mut texts = texts.iter();
                    let found = texts.find(|(key, _)| is_language(key) && same(key));
                    found.map(|(_, text)| text.as_str())
                };
                find(language.as_str())
                    .or_else(|| find(language.primary()))
                    .or_else(regional)
                    .or_else(|| find("en"))
                    .or_else(|| texts.values().next().map(String::as_str))
            }
        }
    }
}

/// Whether it says a language, and is not merely taken for English.
fn is_language(key: &str) -> bool {
    let english = ["en", "eng", "english"];
    let primary = key.split(['-', '_', '.']).next().unwrap_or_default();
    let says_english = english
        .iter()
        .any(|word| primary.eq_ignore_ascii_case(word));
    says_english || Language::parse(key) != Language::english()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_language_takes_the_place_of_none() {
        let texts = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter();
            LocalText::Many(
                pairs
                    .map(|(key, text)| ((*key).to_owned(), (*text).to_owned()))
                    .collect(),
            )
        };
        let odd = texts(&[("Deutsch", "Das Tor"), ("en", "The gate")]);
        assert_eq!(odd.get(&Language::english()), Some("The gate"));
        assert_eq!(
            texts(&[("Deutsch", "Das Tor")]).get(&Language::english()),
            Some("Das Tor")
        );
        let regional = texts(&[("de-AT", "Servus"), ("en", "Hello")]);
        assert_eq!(regional.get(&Language::parse("de")), Some("Servus"));
        assert_eq!(regional.get(&Language::parse("fr")), Some("Hello"));
    }

    #[test]
    fn a_locale_a_tag_and_a_name_mean_the_same_language() {
        for text in ["de_DE.UTF-8", "de-DE", "DE-de"] {
            assert_eq!(Language::parse(text).as_str(), "de-de");
        }
        assert_eq!(Language::parse("German").as_str(), "de");
        for text in ["", "C", "POSIX", "C.UTF-8"] {
            assert_eq!(Language::parse(text), Language::english(), "{text}");
        }
    }

    #[test]
    fn a_missing_language_falls_back_to_english() {
        let text = LocalText::Many(
            [("English", "Help"), ("de", "Hilfe")]
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .into(),
        );
        let in_language = |tag: &str| text.get(&Language::parse(tag)).unwrap().to_owned();
        assert_eq!(in_language("de-AT"), "Hilfe");
        assert_eq!(in_language("fr"), "Help");
    }
}
