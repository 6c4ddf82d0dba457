//! What nobody refuses in a manifest, and its author most likely did not mean.

use std::collections::BTreeSet;

use deskhook_policy::{JsonKind, JsonMember, JsonNode, Language, Problem, nearest};

use super::document::{Document, FIELDS};

impl Document {
    /// What its author most likely did not mean, in the order in which it stands there. A reader
    /// takes the manifest all the same: it may be newer than its reader.
    pub(super) fn slips(&self) -> Vec<Problem> {
        let fields = self.members().iter();
        let mut found: Vec<Problem> = fields.filter_map(|field| self.near_field(field)).collect();
        if let Some(JsonKind::Object(texts)) = self.field("texts").map(|node| &node.kind) {
            for text in texts {
                if let JsonKind::Object(languages) = &text.value.kind {
                    found.extend(self.strange_languages(languages));
                    found.extend(self.lost_values(languages));
                }
            }
            found.extend(self.lost_languages(texts));
        }
        found.extend(self.lonely_timer());
        found.sort_by_key(|problem| problem.place.span().start);
        found
    }

    fn near_field(&self, field: &JsonMember) -> Option<Problem> {
        let key = &field.key;
        if FIELDS.contains(&key.as_str()) {
            return None;
        }
        let meant = nearest(key, FIELDS)?;
        let message = format!("{key:?} is no field of a manifest; did you mean {meant:?}?");
        Some(self.problem(&field.key_span, message))
    }

    /// The hook and its seconds need each other.
    fn lonely_timer(&self) -> Option<Problem> {
        let JsonKind::List(hooks) = &self.field("hooks")?.kind else {
            return None;
        };
        let is_timer =
            |hook: &&JsonNode| matches!(&hook.kind, JsonKind::Text(name) if name == "timer");
        let seconds = self.field("timer");
        let seconds = seconds.filter(|seconds| seconds.kind != JsonKind::Null);
        match (hooks.iter().find(is_timer), seconds) {
            (Some(hook), None) => {
                let message = "without \"timer\", its seconds, the hook is never called".to_owned();
                Some(self.problem(&hook.span, message))
            }
            (None, Some(seconds)) => {
                let message = "nobody hears it: \"hooks\" has no \"timer\"".to_owned();
                Some(self.problem(&seconds.span, message))
            }
            _ => None,
        }
    }

    /// Everything that is no language is taken for English.
    fn strange_languages(&self, languages: &[JsonMember]) -> Vec<Problem> {
        let is_strange = |member: &&JsonMember| {
            let primary = member.key.split(['-', '_']).next().unwrap_or_default();
            let is_english = ["en", "eng", "english"].contains(&&*primary.to_lowercase());
            !is_english && Language::parse(&member.key) == Language::english()
        };
        let strange = languages.iter().filter(is_strange);
        let problem = |member: &JsonMember| {
            let message = format!(
                "{:?} is no language, and is taken for English; write a tag such as de or pt-BR, or a name such as German",
                member.key
            );
            self.problem(&member.key_span, message)
        };
        strange.map(problem).collect()
    }

    /// A language that one text has and another one lacks was most likely forgotten there.
    fn lost_languages(&self, texts: &[JsonMember]) -> Vec<Problem> {
        let in_words = texts
            .iter()
            .filter_map(|text| Some((text, languages(text)?)));
        let in_words: Vec<_> = in_words.collect();
        let all: BTreeSet<&str> = in_words
            .iter()
            .flat_map(|(_, own)| own.iter().map(Language::primary))
            .collect();
        let lacking = in_words.iter().filter_map(|(text, own)| {
            let has = |wanted: &&str| own.iter().any(|own| own.primary() == *wanted);
            let lost: Vec<&str> = all.iter().filter(|wanted| !has(wanted)).copied().collect();
            let message = format!(
                "the text {:?} is not there in {}, as others are",
                text.key,
                lost.join(", ")
            );
            (!lost.is_empty()).then(|| self.problem(&text.key_span, message))
        });
        lacking.collect()
    }

    /// A value that one language fills in and no other one does is most likely misspelt there.
    fn lost_values(&self, languages: &[JsonMember]) -> Vec<Problem> {
        let texts: Vec<_> = languages
            .iter()
            .filter_map(|member| match &member.value.kind {
                JsonKind::Text(text) => Some((member, values(text))),
                _ => None,
            })
            .collect();
        let mut found = vec![];
        for (index, (member, own)) in texts.iter().enumerate() {
            let others = texts
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index);
            let mut others = others.map(|(_, (_, values))| values).peekable();
            if others.peek().is_none() {
                continue;
            }
            let others: BTreeSet<&str> = others.flatten().copied().collect();
            for value in own.difference(&others) {
                let near = nearest(value, others.difference(own).copied());
                let near = near.map(|near| format!("; did you mean {{{near}}}, as they have it?"));
                let message = format!(
                    "no other language of this text has {{{value}}}{}",
                    near.unwrap_or_default()
                );
                found.push(self.problem(&member.value.span, message));
            }
        }
        found
    }
}

/// The languages in which a text is there; none where it is the same in all.
fn languages(text: &JsonMember) -> Option<Vec<Language>> {
    let JsonKind::Object(languages) = &text.value.kind else {
        return None;
    };
    let tags = languages.iter().map(|member| &member.key);
    Some(tags.map(|tag| Language::parse(tag)).collect())
}

/// The names between braces, as `deskhook.host.text/1` fills them in.
fn values(text: &str) -> BTreeSet<&str> {
    let parts = text.split('{').skip(1);
    let names = parts.filter_map(|part| part.split_once('}').map(|(name, _)| name));
    names.filter(|name| !name.is_empty()).collect()
}
