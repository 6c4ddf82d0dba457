/// A dotted key as it is written in a layer file: known names, and places for any name.
#[derive(Clone, Default)]
pub(super) struct Spelling(Vec<Part>);

#[derive(Clone)]
enum Part {
    /// Compared without case.
    Known(String),
    /// One name without a dot.
    Any,
    /// One name or several, with the dots between them.
    Dotted,
}

impl Spelling {
    pub(super) fn known(&self, name: &str) -> Self {
        self.with(Part::Known(name.to_owned()))
    }

    pub(super) fn any(&self) -> Self {
        self.with(Part::Any)
    }

    pub(super) fn dotted(&self) -> Self {
        self.with(Part::Dotted)
    }

    fn with(&self, part: Part) -> Self {
        let parts = self.0.iter().cloned();
        Self(parts.chain([part]).collect())
    }

    /// The key itself, where all of it is known.
    pub(super) fn name(&self) -> Option<String> {
        let known = |part: &Part| match part {
            Part::Known(name) => Some(name.clone()),
            Part::Any | Part::Dotted => None,
        };
        let names: Option<Vec<String>> = self.0.iter().map(known).collect();
        Some(names?.join("."))
    }

    /// Whether it has an end that the next name cannot be taken for.
    pub(super) fn is_parted(&self) -> bool {
        !matches!(self.0.last(), None | Some(Part::Dotted))
    }

    /// A regular expression that dotted keys match whose part after this one is none of `names`.
    pub(super) fn other_than(&self, names: &[String]) -> String {
        let own = self.pattern();
        let names: Vec<String> = names.iter().map(|name| without_case(name)).collect();
        let names = names.join("|");
        format!(r"{}\.(?!(?:{names})(?:\.|$)).+$", own.trim_end_matches('$'))
    }

    /// A regular expression (ECMA 262) that the key matches in any case.
    pub(super) fn pattern(&self) -> String {
        let parts = self.0.iter().map(|part| match part {
            Part::Known(name) => without_case(name),
            Part::Any => "[^.]+".to_owned(),
            Part::Dotted => ".+".to_owned(),
        });
        let parts: Vec<String> = parts.collect();
        format!("^{}$", parts.join(r"\."))
    }
}

/// A pattern that matches `text` in any case.
pub(super) fn without_case(text: &str) -> String {
    let letter = |c: char| {
        if c.is_ascii_alphabetic() {
            format!("[{}{}]", c.to_ascii_uppercase(), c.to_ascii_lowercase())
        } else {
            c.to_string()
        }
    };
    text.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_key_has_a_name_and_any_key_a_pattern() {
        let key = Spelling::default().known("Ui").known("free-disk");
        assert_eq!(key.name().as_deref(), Some("Ui.free-disk"));
        assert_eq!(
            key.pattern(),
            r"^[Uu][Ii]\.[Ff][Rr][Ee][Ee]-[Dd][Ii][Ss][Kk]$"
        );
        let free = Spelling::default().known("A").any().dotted();
        assert_eq!(free.name(), None);
        assert_eq!(free.pattern(), r"^[Aa]\.[^.]+\..+$");
    }
}
