use std::collections::BTreeSet;

use super::scope::Value;
use super::tree::{Entry, Expression, Spot};
use super::walk::{Said, Walk};
use super::{Finding, Severity, language};
use crate::{Package, Texts};

impl Walk<'_> {
    /// `deskhook.text(key, values)`: a key that no language has, values that the text lacks.
    pub(super) fn text_used(&mut self, given: &[Spot]) {
        let Some(first) = given.first() else {
            return;
        };
        let Value::Text(key) = self.scopes.value(first) else {
            self.seen.texts.push(None);
            return;
        };
        let text = self.ground.package.texts().find(&key, "en");
        let text = text.map(str::to_owned);
        self.seen.texts.push(Some(key.clone()));
        match text {
            None => {
                let message = format!("no language has the text {key:?}");
                let help = "add it to each file in texts/";
                self.tell(
                    first.at,
                    (Severity::Error, "text-missing"),
                    Said::new(message, help),
                );
            }
            Some(text) => self.values_fit((first, &key), &text, given.get(1)),
        }
    }

    fn values_fit(&mut self, (first, key): (&Spot, &str), text: &str, given: Option<&Spot>) {
        let wanted = values(text);
        let mut named = BTreeSet::new();
        match given.map(|given| &given.what) {
            None => {}
            Some(Expression::Table(entries)) => {
                for entry in entries {
                    match entry {
                        Entry::Named(_, name, _) => named.insert(name.as_str()),
                        _ => return,
                    };
                }
            }
            Some(_) => return,
        }
        let told = (Severity::Warning, "text-values");
        let lacking: Vec<&str> = wanted.difference(&named).copied().collect();
        if !lacking.is_empty() {
            let message = format!("the text {key:?} names {{{}}}", lacking.join("}, {"));
            let help = format!(
                "give it: deskhook.text({key:?}, {{ {} = ... }})",
                lacking[0]
            );
            self.tell(first.at, told, Said::new(message, help));
        }
        let extra: Vec<&str> = named.difference(&wanted).copied().collect();
        if !extra.is_empty() {
            let message = format!("the text {key:?} does not name {{{}}}", extra.join("}, {"));
            self.tell(first.at, told, Said::new(message, ""));
        }
    }
}

/// Languages that lack what others say, or that leave a value out.
pub(super) fn findings(package: &Package) -> Vec<Finding> {
    let texts = package.texts();
    let mut findings = language::findings(package);
    let languages: Vec<&str> = texts.languages().collect();
    if !languages.is_empty() && !languages.contains(&"en") {
        let message = "there are no English texts, and English is what is fallen back to";
        findings.push(Finding::new(Severity::Warning, "text-missing", message).at("texts/en.json"));
    }
    for key in keys(texts) {
        let known: Vec<(&str, &String)> = languages
            .iter()
            .filter_map(|language| Some((*language, texts.of(language)?.get(key)?)))
            .collect();
        findings.extend(lacking(key, &languages, &known));
        findings.extend(uneven(key, &known));
    }
    findings
}

/// Texts that no file asks for, where every key is spelt out.
pub(super) fn unused(package: &Package, used: &[Option<String>]) -> Vec<Finding> {
    let mut found = vec![];
    if used.contains(&None) {
        return found;
    }
    let is_used = |key: &str| used.iter().flatten().any(|used| used == key);
    for key in keys(package.texts())
        .into_iter()
        .filter(|key| !is_used(key))
    {
        let mut languages = package.texts().languages();
        let has = |language: &&str| {
            let texts = package.texts().of(language);
            texts.is_some_and(|texts| texts.contains_key(key))
        };
        let language = languages.find(has).unwrap_or("en");
        let message = format!("nothing says the text {key:?}");
        found.push(
            Finding::new(Severity::Warning, "text-unused", message)
                .at(&format!("texts/{language}.json"))
                .help("take it out of each file in texts/"),
        );
    }
    found
}

fn keys(texts: &Texts) -> BTreeSet<&String> {
    let maps = texts.languages().filter_map(|language| texts.of(language));
    maps.flat_map(|texts| texts.keys()).collect()
}
fn lacking(key: &str, languages: &[&str], known: &[(&str, &String)]) -> Vec<Finding> {
    let lacks = |language: &&&str| known.iter().all(|(other, _)| other != *language);
    let missing = languages.iter().filter(lacks);
    missing
        .map(|language| {
            let message = format!("the text {key:?} is missing");
            Finding::new(Severity::Warning, "text-missing", message)
                .at(&format!("texts/{language}.json"))
        })
        .collect()
}

fn uneven(key: &str, known: &[(&str, &String)]) -> Option<Finding> {
    let (first, rest) = known.split_first()?;
    let (language, _) = rest
        .iter()
        .find(|(_, text)| values(text) != values(first.1))?;
    let message = format!("the text {key:?} names other values than in {:?}", first.0);
    let help = format!(
        "values there: {}",
        values(first.1).into_iter().collect::<Vec<_>>().join(", ")
    );
    let place = format!("texts/{language}.json");
    Some(
        Finding::new(Severity::Warning, "text-values", message)
            .at(&place)
            .help(help),
    )
}

/// The names in braces.
fn values(text: &str) -> BTreeSet<&str> {
    let parts = text.split('{').skip(1);
    parts
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
        .collect()
}
