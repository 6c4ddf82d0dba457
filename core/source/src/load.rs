use std::path::{Path, PathBuf};

use deskhook_policy::{Layer, Parsed, Place, Problem, Resolved, Source, Subject, resolve};

use crate::last_good::Texts;
use crate::{LastGood, file, folder};

/// One reading of the layer files.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The effective policy with its provenance.
    pub resolved: Resolved,
    /// Everything that is wrong: with files, then with keys.
    pub problems: Vec<Problem>,
    /// The layer files that were found, sorted.
    pub files: Vec<PathBuf>,
    /// How many of them are refused whole.
    pub refused: usize,
}

/// The layers of a folder, not yet applied for anybody.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    /// Those that could be read.
    pub layers: Vec<Layer>,
    /// Why the others could not.
    pub problems: Vec<Problem>,
    /// The layer files that were found, sorted.
    pub files: Vec<PathBuf>,
    /// How many of them are refused whole.
    pub refused: usize,
}

/// Reads the layer files among `paths`, as [`load`] does, for those who apply them more than once.
/// A refused file is left out.
pub fn read(paths: &[PathBuf]) -> Layers {
    let listing = folder::list(paths);
    let mut reading = Reading::new(listing.problems, None);
    for path in &listing.files {
        reading.file(path);
    }
    Layers {
        layers: reading.layers,
        problems: reading.problems,
        files: listing.files.into_iter().collect(),
        refused: reading.refused,
    }
}

/// Reads the layer files among `paths` (files, or folders of `.json` and `.kv` files) and
/// resolves them for `subject`.
///
/// A file that is refused keeps the version of it that was last good, of which `last_good`
/// keeps the text; a new file that was never good is left out. Where nothing was ever good,
/// and with no `last_good`, one refused file turns all integrations off. A folder that is not
/// there holds no layers.
pub fn load(paths: &[PathBuf], subject: &Subject, last_good: Option<&LastGood>) -> Loaded {
    let listing = folder::list(paths);
    // A folder that once was empty says nothing of what is good.
    let kept = last_good.and_then(LastGood::read);
    let kept = kept.filter(|kept| !kept.is_empty());
    let mut reading = Reading::new(listing.problems, kept);
    for path in &listing.files {
        reading.file(path);
    }
    for folder in &listing.unreadable {
        reading.unreadable(folder);
    }
    if let Some(last_good) = last_good {
        reading.keep(last_good);
    }
    let mut resolved = resolve(&reading.layers, subject);
    if reading.lost && reading.kept.is_none() {
        resolved.turn_integrations_off();
    }
    let mut problems = reading.problems;
    problems.extend(resolved.problems.iter().cloned());
    Loaded {
        resolved,
        problems,
        files: listing.files.into_iter().collect(),
        refused: reading.refused,
    }
}

struct Reading {
    /// What was good the last time.
    kept: Option<Texts>,
    /// What is good now.
    good: Texts,
    layers: Vec<Layer>,
    problems: Vec<Problem>,
    /// Whether a file is bad that was never good.
    lost: bool,
    /// How many are bad.
    refused: usize,
}

impl Reading {
    fn new(problems: Vec<Problem>, kept: Option<Texts>) -> Self {
        Self {
            kept,
            good: Texts::new(),
            layers: vec![],
            problems,
            lost: false,
            refused: 0,
        }
    }

    fn file(&mut self, path: &Path) {
        let name = path.display().to_string();
        let refused = match file::read(path) {
            Ok(text) => {
                let parsed = Layer::parse(&name, &text);
                let Some(layer) = parsed.layer else {
                    return self.fall_back(&name, parsed.problems);
                };
                self.layers.push(layer);
                self.good.insert(name, text);
                return;
            }
            Err(problems) => problems,
        };
        self.fall_back(&name, refused);
    }

    /// The last good version of a refused file.
    fn fall_back(&mut self, name: &str, refused: Vec<Problem>) {
        self.refused += 1;
        self.problems.extend(refused);
        let kept = self.kept.as_ref().and_then(|kept| kept.get(name)).cloned();
        let Some(text) = kept else {
            self.lost = true;
            return;
        };
        let Parsed {
            layer: Some(layer), ..
        } = Layer::parse(name, &text)
        else {
            self.lost = true;
            return;
        };
        let place = Place::file_start(layer.source());
        let message = "the last good version of this file is in use";
        self.problems
            .push(Problem::warning("last-good-used", place, message));
        self.layers.push(layer);
        self.good.insert(name.to_owned(), text);
    }

    /// Nothing is known of the files in this folder: all of them stay as they were.
    fn unreadable(&mut self, folder: &Path) {
        let inside = |name: &String| Path::new(name).starts_with(folder);
        let kept = self.kept.iter().flatten().filter(|(name, _)| inside(name));
        let kept: Vec<(String, String)> = kept
            .map(|(name, text)| (name.clone(), text.clone()))
            .collect();
        self.lost |= kept.is_empty();
        for (name, text) in kept {
            if let Some(layer) = Layer::parse(&name, &text).layer {
                self.layers.push(layer);
                self.good.insert(name, text);
            }
        }
    }

    /// A first set counts as good only when all of it is.
    fn keep(&mut self, last_good: &LastGood) {
        let first = self.kept.is_none();
        if (first && self.lost) || self.kept.as_ref() == Some(&self.good) {
            return;
        }
        if let Err(error) = last_good.save(&self.good) {
            let source = Source::new(last_good.file().display().to_string(), "");
            let reason = std::error::Error::source(&error).map(ToString::to_string);
            let message = format!("{error}: {}", reason.unwrap_or_default());
            let problem =
                Problem::warning("last-good-not-kept", Place::file_start(&source), message)
                    .with_help(
                        "a broken file would turn to nothing instead of its last good version",
                    );
            self.problems.push(problem);
        }
    }
}
