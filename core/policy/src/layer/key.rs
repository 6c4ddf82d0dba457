/// A dotted path: its segments as they are spelled, and as they are compared.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Key {
    spelled: Vec<String>,
    lower: Vec<String>,
}

impl Key {
    pub(crate) fn push(&mut self, segment: &str) {
        self.lower.push(segment.to_lowercase());
        self.spelled.push(segment.to_owned());
    }

    /// The segments as they are compared.
    pub(crate) fn path(&self) -> &[String] {
        &self.lower
    }

    /// The segments as they are spelled.
    pub(crate) fn spelled(&self) -> &[String] {
        &self.spelled
    }

    pub(crate) fn len(&self) -> usize {
        self.lower.len()
    }
}

impl std::fmt::Display for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.spelled.join("."))
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
