use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::Trouble;

const LARGEST_FILE: u64 = 256 * 1024;
const LARGEST_PACKAGE: u64 = 1024 * 1024;
const MOST_FILES: usize = 256;
/// Folders and names that are left out count here: links between folders make many of a few.
const MOST_ENTRIES: usize = 4096;
/// The byte order mark of UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";
const DEEPEST: usize = 8;

/// The files of a package by their path inside it, with `/` between folders.
#[derive(Clone, Debug, Default)]
pub(crate) struct Files {
    contents: BTreeMap<String, Vec<u8>>,
    sha256: String,
}

impl Files {
    /// What is in a folder, and which of its files are left out, since they are no text.
    pub(crate) fn read(root: &Path) -> Result<(Self, Vec<Trouble>), Trouble> {
        let canonical = root.canonicalize().map_err(|source| Trouble::Read {
            path: String::new(),
            source,
        })?;
        let mut reading = Reading {
            root: &canonical,
            left: LARGEST_PACKAGE,
            entries: MOST_ENTRIES,
            contents: BTreeMap::new(),
            left_out: vec![],
        };
        reading.folder(&canonical, "", 0)?;
        let sha256 = hash(&reading.contents);
        let files = Self {
            contents: reading.contents,
            sha256,
        };
        Ok((files, reading.left_out))
    }

    /// Files that were read before, and hashed with others.
    pub(crate) fn of(texts: BTreeMap<String, String>, sha256: String) -> Self {
        let contents = texts.into_iter();
        let contents = contents.map(|(path, text)| (path, text.into_bytes()));
        Self {
            contents: contents.collect(),
            sha256,
        }
    }

    /// Those that are text.
    pub(crate) fn texts(&self) -> BTreeMap<String, String> {
        let text = |path: &str| Some((path.to_owned(), self.text(path)?.to_owned()));
        self.paths().filter_map(text).collect()
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        std::str::from_utf8(self.contents.get(path)?).ok()
    }

    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.contents.keys().map(String::as_str)
    }

    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }
}

struct Reading<'a> {
    root: &'a Path,
    left: u64,
    entries: usize,
    contents: BTreeMap<String, Vec<u8>>,
    left_out: Vec<Trouble>,
}

impl Reading<'_> {
    fn folder(&mut self, folder: &Path, inside: &str, depth: usize) -> Result<(), Trouble> {
        if depth > DEEPEST {
            let path = inside.to_owned();
            return Err(Trouble::TooDeep { path });
        }
        let entries = std::fs::read_dir(folder).map_err(|source| read_trouble(inside, source))?;
        for entry in entries {
            let left = self.entries.checked_sub(1);
            self.entries = left.ok_or(Trouble::TooManyFiles)?;
            let entry = entry.map_err(|source| read_trouble(inside, source))?;
            let name = entry.file_name();
            let path = format!("{inside}{}", name.to_string_lossy());
            let plain = name
                .to_str()
                .filter(|name| !name.contains(char::is_control));
            let Some(name) = plain else {
                return Err(Trouble::Name { path });
            };
            if !name.starts_with('.') {
                self.entry(&entry.path(), path, depth)?;
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &Path, path: String, depth: usize) -> Result<(), Trouble> {
        let real = entry
            .canonicalize()
            .map_err(|source| read_trouble(&path, source))?;
        if !real.starts_with(self.root) {
            return Err(Trouble::Outside { path });
        }
        let metadata = std::fs::metadata(&real).map_err(|source| read_trouble(&path, source))?;
        if metadata.is_dir() {
            return self.folder(&real, &format!("{path}/"), depth + 1);
        }
        self.file(&real, path)
    }

    fn file(&mut self, real: &Path, path: String) -> Result<(), Trouble> {
        let opened = open(real).and_then(|file| Ok((file.metadata()?, file)));
        let (metadata, file) = opened.map_err(|source| read_trouble(&path, source))?;
        if !metadata.is_file() {
            return Err(Trouble::NotAFile { path });
        }
        if self.contents.len() >= MOST_FILES {
            return Err(Trouble::TooManyFiles);
        }
        let mut content = vec![];
        let read = file.take(LARGEST_FILE + 1).read_to_end(&mut content);
        read.map_err(|source| read_trouble(&path, source))?;
        let size = content.len() as u64;
        if size > LARGEST_FILE {
            return Err(Trouble::FileTooLarge { path });
        }
        let is_text = path.ends_with(".lua") || path.ends_with(".json");
        if is_text && content.starts_with(MARK) {
            // Some editors write it, and it says nothing.
            content.drain(..MARK.len());
        }
        if is_text && let Err(error) = std::str::from_utf8(&content) {
            let (line, column) = place(&content[..error.valid_up_to()]);
            let place = format!("{path}:{line}:{column}");
            self.left_out.push(Trouble::NotText { place });
            return Ok(());
        }
        self.left = self
            .left
            .checked_sub(size)
            .ok_or(Trouble::PackageTooLarge)?;
        self.contents.insert(path, content);
        Ok(())
    }
}

/// Opens what was looked at: a link or a pipe that came into its place since is neither followed nor
/// waited for.
#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY;
    let opened = rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::empty())?;
    Ok(opened.into())
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<File> {
    File::open(path)
}

/// Line and column of the first byte behind `before`.
fn place(before: &[u8]) -> (usize, usize) {
    let before = String::from_utf8_lossy(before);
    let last = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, last.chars().count() + 1)
}

fn read_trouble(path: &str, source: std::io::Error) -> Trouble {
    let path = path.to_owned();
    Trouble::Read { path, source }
}

/// Lengths stand before names and contents, so that no two packages spell the same bytes.
fn hash(contents: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hasher = Sha256::new();
    for (path, content) in contents {
        for part in [path.as_bytes(), content] {
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
    }
    hex::encode(hasher.finalize())
}
