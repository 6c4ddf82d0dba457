use std::collections::BTreeSet;

/// A field of the fakes and a key in it.
type Key = (String, String);

/// What was faked, what of that was asked for, and what was asked for without being faked.
#[derive(Clone, Debug, Default)]
pub(crate) struct Usage {
    set: BTreeSet<Key>,
    asked: BTreeSet<Key>,
    /// With what it is called.
    unanswered: Vec<(Key, String)>,
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

    pub(super) fn unanswered(&mut self, (field, key): (&str, &str), what: String) {
        let entry = ((field.to_owned(), key.to_owned()), what);
        if self.unanswered.len() < MOST_NAMED && !self.unanswered.contains(&entry) {
            self.unanswered.push(entry);
        }
    }

    /// Adds what was set and asked for elsewhere.
    pub(crate) fn join(&mut self, other: &Self) {
        self.set.extend(other.set.iter().cloned());
        self.asked.extend(other.asked.iter().cloned());
    }

    /// One sentence each.
    pub(super) fn notes(&self) -> Vec<String> {
        self.notes_among(self)
    }

    /// What of this `all` together never asked for, and never set; one sentence each.
    pub(crate) fn notes_among(&self, all: &Self) -> Vec<String> {
        let idle = self.set.iter().filter(|(field, key)| {
            let mut asked = all.asked.iter();
            !asked.any(|(other, wanted)| other == field && covers(field, key, wanted))
        });
        let idle = idle.map(|(field, key)| format!("{field}: {key:?} was set and never asked for"));
        let open = self.unanswered.iter();
        let open = open.filter(|((field, key), _)| {
            let mut set = all.set.iter();
            !set.any(|(other, known)| other == field && answers(known, key))
        });
        let open = open.map(|(_, what)| format!("{what} was asked for and nothing was set"));
        idle.chain(open).collect()
    }
}

/// Whether what is set under `known` answers `key`: an address with a method or without.
fn answers(known: &str, key: &str) -> bool {
    let alone = |text: &str| text.rsplit(' ').next() == Some(known);
    known == key || alone(key)
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
