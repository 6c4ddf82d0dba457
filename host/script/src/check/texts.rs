use std::collections::BTreeSet;

use super::lexer::{Kind, Token};
use super::{Finding, Severity};
use crate::Package;

/// Keys of texts that one file uses and that no language has.
pub(super) fn used(package: &Package, path: &str, tokens: &[Token<'_>]) -> Vec<Finding> {
    let spelt = ["deskhook", ".", "text", "("];
    let mut findings = vec![];
    for window in tokens.windows(6) {
        let call = spelt
            .iter()
            .zip(window)
            .all(|(sign, token)| *sign == token.text);
        let whole = [")", ","].contains(&window[5].text);
        let key = &window[4];
        if call && whole && key.kind == Kind::Text && package.texts().find(key.text, "en").is_none()
        {
            let message = format!("no language has the text {:?}", key.text);
            let place = format!("{path}:{}:{}", key.line, key.column);
            findings.push(Finding::new(Severity::Error, "text-missing", message).at(&place));
        }
    }
    findings
}

/// Languages that lack what others say, or that leave a value out.
pub(super) fn findings(package: &Package) -> Vec<Finding> {
    let texts = package.texts();
    let mut findings = vec![];
    let languages: Vec<&str> = texts.languages().collect();
    if !languages.is_empty() && !languages.contains(&"en") {
        let message = "there are no English texts, and English is what is fallen back to";
        findings.push(Finding::new(Severity::Warning, "text-missing", message).at("texts/en.json"));
    }
    let maps = languages.iter().filter_map(|language| texts.of(language));
    let keys: BTreeSet<&String> = maps.flat_map(|texts| texts.keys()).collect();
    for key in keys {
        let known: Vec<(&str, &String)> = languages
            .iter()
            .filter_map(|language| Some((*language, texts.of(language)?.get(key)?)))
            .collect();
        findings.extend(lacking(key, &languages, &known));
        findings.extend(uneven(key, &known));
    }
    findings
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
