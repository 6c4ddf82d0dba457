//! SPDX licence expressions: `MIT OR (Apache-2.0 AND BSD-3-Clause)`.

/// Whether one may choose so that every licence that then holds is one of `allowed`. What is no
/// expression allows nothing; `A/B` is an old way to write `A OR B`.
pub(crate) fn allows(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let mut words = Words {
        left: spaced.split_whitespace().collect(),
        allowed,
    };
    words.left.reverse();
    words.any() == Some(true) && words.left.is_empty()
}

/// What is left to read, the next word last.
struct Words<'a> {
    left: Vec<&'a str>,
    allowed: &'a [String],
}

impl Words<'_> {
    fn any(&mut self) -> Option<bool> {
        let mut result = self.all()?;
        while self.take("OR") {
            result |= self.all()?;
        }
        Some(result)
    }

    fn all(&mut self) -> Option<bool> {
        let mut result = self.one()?;
        while self.take("AND") {
            result &= self.one()?;
        }
        Some(result)
    }

    fn one(&mut self) -> Option<bool> {
        if self.take("(") {
            let result = self.any()?;
            return self.take(")").then_some(result);
        }
        let mut license = self.left.pop()?.to_owned();
        if self.take("WITH") {
            license = format!("{license} WITH {}", self.left.pop()?);
        }
        Some(self.allowed.contains(&license))
    }

    fn take(&mut self, word: &str) -> bool {
        let next = self.left.pop_if(|next| *next == word);
        next.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_must_be_able_to_choose_what_is_allowed() {
        let allowed = ["MIT", "Apache-2.0", "Zlib"].map(str::to_owned);
        for (expression, expected) in [
            ("MIT", true),
            ("GPL-3.0-only", false),
            ("GPL-3.0-only OR MIT", true),
            ("GPL-3.0-only AND MIT", false),
            ("MIT/Apache-2.0", true),
            ("(GPL-3.0-only OR MIT) AND Zlib", true),
            ("GPL-3.0-only OR MIT AND ISC", false),
            ("Apache-2.0 WITH LLVM-exception", false),
            ("Apache-2.0 WITH LLVM-exception OR Apache-2.0", true),
            ("", false),
            ("MIT OR", false),
            ("(MIT", false),
            ("MIT MIT", false),
        ] {
            assert_eq!(allows(expression, &allowed), expected, "{expression:?}");
        }
    }
}
