//! The table of rules, a file for each part of the guide.

mod client;
mod consent;
mod control_list;
mod direction;
mod download;
mod namespace;
mod people;
mod permissions;
mod profiles;
mod supporter;
mod unattended;

use super::Rule;

static TABLE: [&[Rule]; 11] = [
    &direction::RULES,
    &client::RULES,
    &control_list::RULES,
    &namespace::RULES,
    &profiles::RULES,
    &permissions::RULES,
    &unattended::RULES,
    &supporter::RULES,
    &download::RULES,
    &consent::RULES,
    &people::RULES,
];

/// Every rule, in the order of the guide.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    TABLE.iter().flat_map(|rules| rules.iter())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_one_rules_alone_and_in_kebab_case() {
        let mut ids: Vec<&str> = rules().map(|rule| rule.id).collect();
        let kebab = |id: &str| {
            id.split('-')
                .all(|word| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase()))
        };
        assert_eq!(ids.iter().find(|id| !kebab(id)), None);
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all);
    }

    #[test]
    fn every_rule_says_what_is_recommended_and_what_to_do() {
        for rule in rules() {
            let texts = [rule.title, rule.says, rule.advice];
            assert!(texts.iter().all(|text| text.len() > 10), "{rule:?}");
        }
    }
}
