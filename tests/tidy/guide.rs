//! What `tests/README.md` says.

use std::process::Command;

use crate::sources::{Breach, Text, root};

const GUIDE: &str = "tests/README.md";

/// The guide, and all that it may show or name.
pub(crate) struct Guide<'a> {
    text: &'a str,
    texts: &'a [Text],
}

impl<'a> Guide<'a> {
    pub(crate) fn among(texts: &'a [Text]) -> Self {
        let guide = texts.iter().find(|text| text.path == GUIDE);
        Self {
            text: guide.map(|guide| guide.text.as_str()).unwrap_or_default(),
            texts,
        }
    }

    /// Blocks of code that are no file of the whole-product tests, word for word: those run.
    pub(crate) fn invented_code(&self) -> Vec<Breach> {
        let blocks: Vec<&str> = self
            .text
            .split("```rust\n")
            .skip(1)
            .filter_map(|rest| rest.split("```").next())
            .collect();
        if blocks.is_empty() {
            return vec![Breach::new(GUIDE, 1, "shows no test")];
        }
        let product = self
            .texts
            .iter()
            .filter(|text| text.path.starts_with("tests/product/"));
        let product: Vec<&Text> = product.collect();
        let is_ours = |block: &str| product.iter().any(|text| text.text.ends_with(block));
        let invented = blocks.into_iter().filter(|block| !is_ours(block));
        invented
            .map(|block| {
                let first = block.lines().next().unwrap_or_default();
                self.breach(first, "begins a block that is no file in tests/product")
            })
            .collect()
    }

    /// Files and folders that are named, in backticks, and not there.
    pub(crate) fn missing_paths(&self) -> Vec<Breach> {
        let words = self.text.split('`').skip(1).step_by(2);
        let paths = words.filter(|word| word.starts_with("tests/") && !word.contains(' '));
        paths
            .filter(|path| !root().join(path).exists())
            .map(|path| self.breach(path, "is not there"))
            .collect()
    }

    /// Options of `tests/run` that are not explained.
    pub(crate) fn hidden_options(&self) -> Vec<Breach> {
        let told = Command::new(root().join("tests/run"))
            .arg("--help")
            .output();
        let told = told.expect("tests/run tells its usage");
        let usage = String::from_utf8_lossy(&told.stdout).into_owned();
        let options = usage
            .split_whitespace()
            .map(|word| word.trim_matches(['[', ']']))
            .filter(|word| word.len() > 2 && word.starts_with("--"));
        options
            .filter(|option| !self.text.contains(*option))
            .map(|option| Breach::new(GUIDE, 1, format!("does not explain tests/run {option}")))
            .collect()
    }

    fn breach(&self, what: &str, told: &str) -> Breach {
        let at = self.text.lines().position(|line| line.contains(what));
        let line = at.map_or(1, |index| index + 1);
        Breach::new(GUIDE, line, format!("`{what}` {told}"))
    }
}
