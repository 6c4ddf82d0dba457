use std::borrow::Borrow;
use std::cmp::Ordering;
use std::sync::Arc;

/// A dotted path: its segments as they are spelled, and as they are compared. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Key(Arc<Segments>);

#[derive(Clone, Debug, Default)]
struct Segments {
    spelled: Vec<String>,
    path: String,
}

/// What ends a segment of a path: it sorts before everything, so that what is inside a key follows
/// it in a map.
const END: char = '\0';

impl Key {
    pub(crate) fn push(&mut self, segment: &str) {
        let segments = Arc::make_mut(&mut self.0);
        segments.spelled.push(segment.to_owned());
        // Nobody names a key with a NUL in earnest; no such name may pass for two.
        segments
            .path
            .push_str(&lower(segment).replace(END, "\u{fffd}"));
        segments.path.push(END);
    }

    /// The segments as they are compared, each with its end: the path of a key inside this one
    /// begins with it.
    pub(crate) fn path(&self) -> &str {
        &self.0.path
    }

    /// The paths of the keys that this one is inside of, the outermost first.
    pub(crate) fn parents(&self) -> impl Iterator<Item = &str> {
        let path = self.path();
        let ends = path.match_indices(END).map(|(at, _)| at + 1);
        ends.filter(|end| *end < path.len()).map(|end| &path[..end])
    }

    /// Each segment as it is compared and as it is spelled.
    pub(crate) fn segments(&self) -> impl Iterator<Item = (&str, &str)> {
        let spelled = self.0.spelled.iter().map(String::as_str);
        self.path().split_terminator(END).zip(spelled)
    }

    pub(crate) fn len(&self) -> usize {
        self.0.spelled.len()
    }

    /// The dotted path in lower case.
    pub(crate) fn lower(&self) -> String {
        lower(&self.to_string())
    }
}

/// A text as keys are compared: letter by letter, so that a part of a key is the same alone.
pub(crate) fn lower(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// As it is compared.
impl Borrow<str> for Key {
    fn borrow(&self) -> &str {
        self.path()
    }
}

impl PartialEq for Key {
    fn eq(&self, other: &Self) -> bool {
        self.path() == other.path()
    }
}

impl Eq for Key {}

impl std::hash::Hash for Key {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.path().hash(state);
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        self.path().cmp(other.path())
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.spelled.join("."))
    }
}

/// The first segment of a dotted path, and the rest.
///
/// A name is a dotted path where all its parts are plain words of letters, digits, `_` and
/// `-`; any other, such as a URL or `*@acme.com`, is one name.
pub(super) fn split(name: &str) -> (&str, Option<&str>) {
    let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
    let word = |part: &str| !part.is_empty() && part.chars().all(plain);
    match name.split_once('.') {
        Some((head, rest)) if name.split('.').all(word) => (head, Some(rest)),
        _ => (name, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(segments: &[&str]) -> Key {
        let mut key = Key::default();
        segments.iter().for_each(|segment| key.push(segment));
        key
    }

    #[test]
    fn a_key_is_compared_without_case_and_segment_by_segment() {
        let own = key(&["A", "b.C"]);
        assert_eq!(own, key(&["a", "B.c"]));
        assert_ne!(own, key(&["a", "b", "c"]));
        assert_ne!(key(&["a\0b"]), key(&["a", "b"]));
        // The last letter is another one at a word's end, where a text is lowered as a whole.
        assert_eq!(lower("ΑΣ.B"), format!("{}.b", lower("ΑΣ")));
        assert_eq!(
            (own.to_string().as_str(), own.lower().as_str()),
            ("A.b.C", "a.b.c")
        );
        let parents: Vec<&str> = own.parents().collect();
        assert_eq!(parents, [key(&["a"]).path()]);
        assert!(own.path().starts_with(key(&["A"]).path()));
        assert!(!key(&["ab"]).path().starts_with(key(&["a"]).path()));
    }

    #[test]
    fn only_plain_words_are_parted_by_dots() {
        assert_eq!(split("A.b-1.c_d"), ("A", Some("b-1.c_d")));
        for whole in [
            "",
            "A",
            "A..B",
            ".A",
            "A.",
            "https://a.b/c",
            "*@acme.com",
            "a b.c",
        ] {
            assert_eq!(split(whole), (whole, None));
        }
    }
}
