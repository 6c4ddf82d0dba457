use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};

use crate::manifest::LONGEST_ID;

/// What is called after a plugin's id.
pub(super) struct Name<'a> {
    id: &'a str,
    parts: Vec<&'a str>,
}

impl<'a> Name<'a> {
    /// The names after an id to which there is no [`objection`].
    pub(super) fn of(id: &'a str) -> Self {
        let parts = id.split('.').collect();
        Self { id, parts }
    }

    /// The text with what is called after the id in the place of its word.
    pub(super) fn fill(&self, text: &str) -> String {
        let crate_file = format!(
            "{DLL_PREFIX}{}{DLL_SUFFIX}",
            self.package().replace('-', "_")
        );
        text.replace("@ID@", self.id)
            .replace("@PUBLISHER@", self.publisher())
            .replace("@SECTION@", &self.section())
            .replace("@LIBRARY@", &self.library())
            .replace("@PACKAGE@", &self.package())
            .replace("@CRATE@", &crate_file)
    }

    fn last(&self) -> &str {
        self.parts.last().unwrap_or(&self.id)
    }

    /// The part before the last: `example` of `org.example.zone`.
    fn publisher(&self) -> &str {
        self.parts.iter().rev().nth(1).unwrap_or(&self.id)
    }

    /// Where in the policy its keys are: `Example.Zone`.
    fn section(&self) -> String {
        format!("{}.{}", capitals(self.publisher()), capitals(self.last()))
    }

    /// The library's file name where a manifest names none: `libzone.so`.
    fn library(&self) -> String {
        format!("{DLL_PREFIX}{}{DLL_SUFFIX}", self.last().replace('-', "_"))
    }

    /// A name that cargo takes, whatever the id's last part is: no word of Rust's has a dash in it.
    fn package(&self) -> String {
        let joined = self.parts.join("-");
        if joined.starts_with(|first: char| first.is_ascii_digit()) {
            format!("plugin-{joined}")
        } else {
            joined
        }
    }
}

/// `free-space` as `FreeSpace`.
fn capitals(part: &str) -> String {
    let words = part.split('-').map(|word| {
        let mut letters = word.chars();
        let first = letters.next().map(|first| first.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    });
    words.collect()
}

/// What is wrong with an id for a new plugin. Beside what every manifest has to keep to, its parts
/// begin and end with a letter or a digit, as those of a domain do.
pub(super) fn objection(id: &str) -> Option<String> {
    let parts: Vec<&str> = id.split('.').collect();
    let is_letter = |one: char| one.is_ascii_lowercase() || one.is_ascii_digit();
    let stranger = id
        .chars()
        .find(|one| !is_letter(*one) && !matches!(one, '-' | '.'));
    let edged = |part: &&&str| !part.starts_with(is_letter) || !part.ends_with(is_letter);
    let why = if id.len() > LONGEST_ID {
        format!("it has {} bytes, at most {LONGEST_ID}", id.len())
    } else if let Some(stranger) = stranger {
        format!("{stranger:?} is in it, and only a-z, 0-9, - and . may be")
    } else if parts.contains(&"") {
        "a part of it is empty".to_owned()
    } else if let Some(part) = parts.iter().find(edged) {
        format!("its part {part:?} does not begin and end with a letter or a digit")
    } else if parts.len() < 2 {
        "it has one part, and needs your domain before it".to_owned()
    } else {
        return None;
    };
    Some(format!("{why}; one looks like org.example.zone"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_an_id_is_said() {
        for (id, why) in [
            ("zone", "one part"),
            ("", "empty"),
            ("org..zone", "empty"),
            ("org.example.", "empty"),
            ("org.Example.zone", "'E' is in it"),
            ("org/../zone", "'/' is in it"),
            ("org.exämple.zone", "'ä' is in it"),
            ("org.-.zone", "\"-\""),
            ("org.zone-", "\"zone-\""),
            (
                &format!("org.{}", "x".repeat(130)),
                "134 bytes, at most 128",
            ),
        ] {
            let said = objection(id).unwrap_or_default();
            assert!(
                said.contains(why) && said.contains("org.example.zone"),
                "{id}: {said}"
            );
        }
        for id in ["org.example.zone", "a.b", "3com.com.7-zip"] {
            assert_eq!(objection(id), None);
        }
    }

    #[test]
    fn what_is_called_after_an_id_can_be_called_so() {
        for (id, section, package) in [
            (
                "org.example.free-space",
                "Example.FreeSpace",
                "org-example-free-space",
            ),
            ("acme.zone", "Acme.Zone", "acme-zone"),
            ("3com.com.fn", "Com.Fn", "plugin-3com-com-fn"),
        ] {
            let name = Name::of(id);
            assert_eq!((&*name.section(), &*name.package()), (section, package));
        }
        let library = Name::of("org.example.free-space").library();
        assert!(library.contains("free_space"), "{library}");
    }
}
