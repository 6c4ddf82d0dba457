use std::collections::BTreeSet;

/// What was faked, what of that was asked for, and what was asked for without being faked.
#[derive(Clone, Debug, Default)]
pub(super) struct Usage {
    set: BTreeSet<(String, String)>,
    asked: BTreeSet<(String, String)>,
    unanswered: Vec<String>,
    size: usize,
}

/// What may be asked for in one test, in bytes: what is kept of it lies outside of the script's own
/// limit.
const MOST: usize = 16 << 20;
/// Questions without an answer that are named.
const MOST_NAMED: usize = 64;

impl Usage {
    pub(super) fn set(&mut self, field: &str, key: &str) {
        self.set.insert((field.to_owned(), key.to_owned()));
    }

    /// For keys of policy what is above and below counts as asked for too: one asks for a section,
    /// another for a value in it.
    pub(super) fn ask(&mut self, field: &str, key: &str) {
        self.asked.insert((field.to_owned(), key.to_owned()));
    }

    /// Whether a question of `size` bytes is still taken.
    pub(super) fn takes(&mut self, size: usize) -> bool {
        self.size = self.size.saturating_add(size);
        self.size <= MOST
    }

    pub(super) fn unanswered(&mut self, what: String) {
        if self.unanswered.len() < MOST_NAMED && !self.unanswered.contains(&what) {
            self.unanswered.push(what);
        }
    }

    /// One sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        let idle = self.set.iter().filter(|(field, key)| {
            let mut asked = self.asked.iter();
            !asked.any(|(other, wanted)| other == field && covers(field, key, wanted))
        });
        let idle = idle.map(|(field, key)| format!("{field}: {key:?} was set and never asked for"));
        let open = self.unanswered.iter();
        let open = open.map(|what| format!("{what} was asked for and nothing was set"));
        idle.chain(open).collect()
    }
}

fn covers(field: &str, key: &str, wanted: &str) -> bool {
    if field != "policy" {
        return key == wanted;
    }
    let (key, wanted) = (key.to_lowercase(), wanted.to_lowercase());
    let below = |one: &str, other: &str| {
        let rest = one.strip_prefix(other);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    below(&key, &wanted) || below(&wanted, &key)
}
