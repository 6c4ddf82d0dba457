use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use deskhook_policy::{Layer, Parsed, Place, Problem, Resolved, Source, Subject, resolve};

use crate::folder::Listing;
use crate::last_good::Texts;
use crate::{LastGood, file, folder};

/// One reading of the layer files.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The effective policy with its provenance.
    pub resolved: Resolved,
    /// The layers that count, for those who apply them more than once.
    pub layers: Vec<Layer>,
    /// Everything that is wrong: with files, then with keys.
    pub problems: Vec<Problem>,
    /// The layer files that were found, sorted.
    pub files: Vec<PathBuf>,
    /// How many of them are refused whole, and how many folders cannot be read.
    pub refused: usize,
    /// When to read again although nothing changed on disk, in seconds since 1970: a signed bundle
    /// expires then, or may be taken into use.
    pub due: Option<u64>,
}

/// Reads the layer files among `paths` (files, or folders of `.json` and `.kv` files) and
/// resolves them for `subject`.
///
/// A file that is refused keeps the version of it that was last good, of which `last_good`
/// keeps the text; a new file that was never good is left out. Where nothing was ever good,
/// and with no `last_good`, one refused file turns all integrations off. A folder that is not
/// there holds no layers. Signed bundles are refused, and change nothing: see
/// [`load_signed`](crate::load_signed).
pub fn load(paths: &[PathBuf], subject: &Subject, last_good: Option<&LastGood>) -> Loaded {
    let listing = folder::list(paths);
    // A folder that once was empty says nothing of what is good.
    let kept = last_good.and_then(LastGood::read);
    let mut reading = Reading::of(kept.filter(|kept| !kept.is_empty()), &listing);
    let bundles = listing.bundles.iter().map(|path| no_trust(path));
    reading.problems.extend(bundles);
    if let Some(last_good) = last_good {
        reading.keep(last_good);
    }
    reading.finish(subject)
}

fn no_trust(bundle: &Path) -> Problem {
    let source = Source::new(bundle.display().to_string(), "");
    let message = "a signed bundle counts only where the agent has a trust file";
    Problem::error("no-trust", Place::file_start(&source), message)
        .with_help("name the trust file by the setting `trust`, or put the layer files here")
}

/// One reading of layer files.
#[derive(Default)]
pub(crate) struct Reading {
    /// What was good the last time.
    kept: Option<Texts>,
    /// What is good now.
    good: Texts,
    pub(crate) layers: Vec<Layer>,
    pub(crate) problems: Vec<Problem>,
    /// Every layer file that was found.
    pub(crate) files: BTreeSet<PathBuf>,
    /// Whether a file is bad that was never good.
    pub(crate) lost: bool,
    /// How many are bad.
    pub(crate) refused: usize,
}

impl Loaded {
    /// What is wrong with the files; what is wrong with keys is among what was resolved.
    pub fn file_problems(&self) -> &[Problem] {
        let keys = self.resolved.problems.len();
        &self.problems[..self.problems.len().saturating_sub(keys)]
    }
}

impl Reading {
    /// Reads every layer file of a listing.
    pub(crate) fn of(kept: Option<Texts>, listing: &Listing) -> Self {
        let mut reading = Self {
            kept,
            problems: listing.problems.clone(),
            refused: listing.problems.len(),
            files: listing.files.clone(),
            ..Self::default()
        };
        for path in &listing.files {
            reading.file(path);
        }
        for folder in &listing.unreadable {
            reading.unreadable(folder);
        }
        reading
    }

    /// What holds for `subject`.
    pub(crate) fn finish(self, subject: &Subject) -> Loaded {
        let mut resolved = resolve(&self.layers, subject);
        if self.lost && self.kept.is_none() {
            resolved.turn_integrations_off();
        }
        let mut problems = self.problems;
        problems.extend(resolved.problems.iter().cloned());
        Loaded {
            resolved,
            layers: self.layers,
            problems,
            files: self.files.into_iter().collect(),
            refused: self.refused,
            due: None,
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
