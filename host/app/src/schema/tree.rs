use std::path::Path;

use anyhow::Context as _;

use super::Generated;

/// A file that every source tree of Deskhook has, and nothing else.
const MARK: &str = "core/hooks/src/catalogue.rs";

/// How a file differs from what is generated.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Difference {
    /// It is not there.
    Missing,
    /// The first line that is another.
    Line {
        /// Counted from 1.
        number: usize,
        /// What stands there; none at the file's end.
        there: Option<String>,
        /// What is generated; none at its end.
        wanted: Option<String>,
    },
}

/// The source tree that a folder is in.
pub(super) fn root(folder: &Path) -> Option<&Path> {
    let mut above = folder.ancestors();
    above.find(|folder| folder.join(MARK).is_file())
}

/// How the file in the tree differs.
pub(super) fn difference(root: &Path, file: &Generated) -> anyhow::Result<Option<Difference>> {
    let path = root.join(file.path);
    let there = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Ok(Some(Difference::Missing));
        }
        Err(error) => {
            return Err(error).with_context(|| format!("cannot read {}", path.display()));
        }
    };
    if there == file.text.as_bytes() {
        return Ok(None);
    }
    Ok(Some(first(&String::from_utf8_lossy(&there), &file.text)))
}

/// The first line that is another, its end included: that of the last line may be missing, or be
/// that of another system.
fn first(there: &str, wanted: &str) -> Difference {
    let (mut here, mut other) = (there.split_inclusive('\n'), wanted.split_inclusive('\n'));
    let mut number = 0;
    loop {
        number += 1;
        let (there, wanted) = (here.next(), other.next());
        if there != wanted || there.is_none() {
            let shown = |line: Option<&str>| line.map(shown);
            let (there, wanted) = (shown(there), shown(wanted));
            return Difference::Line {
                number,
                there,
                wanted,
            };
        }
    }
}

/// A line as it is told: what is not seen of its end is written out.
fn shown(line: &str) -> String {
    match line.strip_suffix('\n') {
        Some(text) => text.replace('\r', "\\r"),
        None => format!("{line} (without a line end)"),
    }
}

/// Writes the file into the tree.
pub(super) fn write(root: &Path, file: &Generated) -> anyhow::Result<()> {
    let path = root.join(file.path);
    let folder = path.parent().unwrap_or(root);
    let made = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, &file.text));
    made.with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: usize, there: Option<&str>, wanted: Option<&str>) -> Difference {
        Difference::Line {
            number,
            there: there.map(str::to_owned),
            wanted: wanted.map(str::to_owned),
        }
    }

    #[test]
    fn the_first_line_that_differs_is_told() {
        assert_eq!(first("a\nb\n", "a\nc\n"), line(2, Some("b"), Some("c")));
        assert_eq!(first("a\n", "a\nc\n"), line(2, None, Some("c")));
        assert_eq!(first("a\nb\n", "a\n"), line(2, Some("b"), None));
        assert_eq!(first("a\r\n", "a\n"), line(1, Some("a\\r"), Some("a")));
        let end = "a (without a line end)";
        assert_eq!(first("a", "a\n"), line(1, Some(end), Some("a")));
    }

    #[test]
    fn a_missing_file_is_stale_and_a_written_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = Generated {
            path: "scripts/types/x.lua",
            text: "x\n".to_owned(),
        };
        let differs = || difference(folder.path(), &file).unwrap();
        assert_eq!(differs(), Some(Difference::Missing));
        write(folder.path(), &file).unwrap();
        assert_eq!(differs(), None);
        assert_eq!(root(folder.path()), None);
    }
}
