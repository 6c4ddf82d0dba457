//! The files of this code base, read and parsed.

use std::fmt;
use std::path::{Path, PathBuf};

/// A breach of a rule: where, and what to do about it.
pub(crate) struct Breach {
    place: String,
    told: String,
}

impl Breach {
    pub(crate) fn new(path: &str, line: usize, told: impl Into<String>) -> Self {
        Self {
            place: format!("{path}:{line}"),
            told: told.into(),
        }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.told)
    }
}

/// A file with its path from the top level, `/` between the parts.
pub(crate) struct Text {
    pub(crate) path: String,
    pub(crate) text: String,
}

/// A Rust file, parsed.
pub(crate) struct Rust {
    pub(crate) path: String,
    pub(crate) syntax: syn::File,
}

/// Folders that hold what people wrote.
const FOLDERS: &[&str] = &[".ci", "core", "host", "plugins", "scripts", "tests"];

/// Kinds of file that people write and read as text; `run` scripts have no extension.
const KINDS: &[&str] = &[
    "rs", "lua", "luau", "c", "h", "toml", "html", "css", "js", "svg", "md", "txt", "json", "kv",
    "",
];

/// The top level of the code base.
pub(crate) fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("the tests live in a folder of the code base")
        .to_path_buf()
}

/// Every text file.
pub(crate) fn text_sources() -> Vec<Text> {
    let root = root();
    let mut paths = Vec::new();
    for folder in FOLDERS {
        collect(&root.join(folder), &mut paths);
    }
    let mut texts: Vec<Text> = paths.iter().filter_map(|path| read(&root, path)).collect();
    texts.sort_by(|a, b| a.path.cmp(&b.path));
    texts
}

/// Every Rust file. One that does not parse is the compiler's to tell of.
pub(crate) fn rust_sources() -> Vec<Rust> {
    let texts = text_sources()
        .into_iter()
        .filter(|text| text.path.ends_with(".rs"));
    texts
        .filter_map(|Text { path, text }| {
            Some(Rust {
                path,
                syntax: syn::parse_file(&text).ok()?,
            })
        })
        .collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && name != "corpus" {
            collect(&path, into);
        } else if KINDS
            .iter()
            .any(|kind| path.extension().unwrap_or_default() == *kind)
        {
            into.push(path);
        }
    }
}

fn read(root: &Path, path: &Path) -> Option<Text> {
    let text = std::fs::read_to_string(path).ok()?;
    let path = path.strip_prefix(root).ok()?.to_str()?.replace('\\', "/");
    Some(Text { path, text })
}
