//! One layer file: for whom it is, and what it sets and removes.

mod critical;
mod filters;
mod flat;
mod header;
mod key;
mod scope;

use std::ops::Range;
use std::sync::Arc;

pub(crate) use filters::Filters;
pub(crate) use flat::{Flat, Setting as LeafSetting, empty};
pub(crate) use key::{Key, lower};
pub use scope::Scope;

use crate::problem::concealed;
use crate::syntax::{self, MAX_BYTES};
use crate::{LayerName, Place, Problem, Source};

/// One layer of policy, read and checked, not yet applied.
#[derive(Clone, Debug)]
pub struct Layer {
    pub(crate) name: Arc<LayerName>,
    pub(crate) source: Arc<Source>,
    pub(crate) filters: Filters,
    pub(crate) flat: Flat,
    /// The keys that broader layers set and this one takes away.
    pub(crate) removals: Vec<(Key, Range<usize>)>,
    /// Whether it is a file of `Key = ...` pairs, whose group is only its file's name.
    pub(crate) is_pairs: bool,
}

/// What came of a file: a layer, or the reasons why there is none.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The layer; none where the file was refused whole.
    pub layer: Option<Layer>,
    /// Why it was refused, every reason with its place. What is wrong with single keys is
    /// said by [`resolve`](crate::resolve), for the layers that apply.
    pub problems: Vec<Problem>,
}

impl Layer {
    /// Reads the text of a layer file. `file` is its path, as problems shall name it; one that
    /// ends in `.kv` is read as `Key = ...` / `Value = ...` pairs, every other one as JSON.
    pub fn parse(file: &str, text: &str) -> Parsed {
        if text.len() > MAX_BYTES {
            return Parsed::too_large(file);
        }
        let source = Source::new(file, text);
        let read = if has_pairs(file) {
            from_pairs(&source)
        } else {
            from_json(&source)
        };
        match read {
            Ok(layer) => Parsed {
                layer: Some(layer),
                problems: vec![],
            },
            Err(problems) => Parsed {
                layer: None,
                problems: concealed(problems),
            },
        }
    }

    /// Which layer it is.
    pub fn name(&self) -> &LayerName {
        &self.name
    }

    /// The file that it was read from.
    pub fn source(&self) -> &Arc<Source> {
        &self.source
    }
}

impl Parsed {
    /// What came of a file of more than 256 KiB, without looking into it.
    pub fn too_large(file: &str) -> Self {
        let place = Place::file_start(&Source::new(file, ""));
        let message = format!("the file has more than {} KiB", MAX_BYTES / 1024);
        let problems = vec![
            Problem::error("too-large", place, message)
                .with_help("split it; all layers of one group may have the same name"),
        ];
        Self {
            layer: None,
            problems,
        }
    }
}

pub(crate) fn has_pairs(file: &str) -> bool {
    let ending = file.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| ending.eq_ignore_ascii_case("kv"))
}

fn stem(file: &str) -> &str {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

/// A `.kv` file: scope group, named after the file, priority 0.
fn from_pairs(source: &Arc<Source>) -> Result<Layer, Vec<Problem>> {
    let read = syntax::pairs(source);
    let mut flat = flat::Flattening::new(source);
    let mut removals = vec![];
    for pair in &read.pairs {
        match &pair.value {
            Some(node) => flat.setting(&pair.key, &pair.key_span, node),
            None => removals.extend(flat.removal(&pair.key, &pair.key_span)),
        }
    }
    let (flat, mut problems) = flat.finish(&removals);
    problems.splice(0..0, read.problems);
    if !problems.is_empty() {
        return Err(problems);
    }
    let name = LayerName {
        scope: Scope::Group,
        name: stem(source.name()).to_owned(),
        priority: 0,
        file: source.name().to_owned(),
    };
    Ok(Layer {
        name: Arc::new(name),
        source: Arc::clone(source),
        filters: Filters::default(),
        flat,
        removals,
        is_pairs: true,
    })
}

fn from_json(source: &Arc<Source>) -> Result<Layer, Vec<Problem>> {
    let text = source.text();
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let root = syntax::parse(source, start..text.len())?;
    let header = header::Header::read(source, &root)?;
    let mut flat = flat::Flattening::new(source);
    for member in header.settings {
        flat.setting(&member.key, &member.key_span, &member.value);
    }
    let mut removals = vec![];
    for (key, span) in header.remove {
        removals.extend(flat.removal(&key, &span));
    }
    let (flat, problems) = flat.finish(&[]);
    if !problems.is_empty() {
        return Err(problems);
    }
    Ok(Layer {
        name: Arc::new(header.name),
        source: Arc::clone(source),
        filters: header.filters,
        flat,
        removals,
        is_pairs: false,
    })
}
