use std::path::{Path, PathBuf};

use deskhook_policy::{Layer, Place, Problem, Source, Subject};
use deskhook_wire::{BundleFrame, PolicyBundle};

use crate::load::Reading;
use crate::signed::{BundleRefusal, read_bundle};
use crate::{Loaded, folder};

/// Reads policy files to look at them: layer files, and the layers in bundles, **whose
/// signatures are not looked at**, which is told of each.
///
/// What is refused is left out, and nothing is kept. Layers in a bundle have the path and the
/// place `BUNDLE!/FILE`.
pub fn inspect(paths: &[PathBuf], subject: &Subject) -> Loaded {
    let listing = folder::list(paths);
    let mut reading = Reading::of(None, &listing);
    for path in &listing.bundles {
        let name = path.display().to_string();
        match opened(path) {
            Ok(bundle) => reading.bundle(&name, &bundle),
            Err(refusal) => reading.refuse(path, refusal.problems(&name)),
        }
    }
    reading.finish(subject)
}

fn opened(path: &Path) -> Result<PolicyBundle, BundleRefusal> {
    let bytes = read_bundle(path).map_err(BundleRefusal::File)?;
    Ok(BundleFrame::parse(&bytes)?.unproved()?)
}

impl Reading {
    fn bundle(&mut self, name: &str, bundle: &PolicyBundle) {
        let place = Place::file_start(&Source::new(name, ""));
        let message = "whether the signatures of this bundle hold was not looked at";
        let told = Problem::warning("not-verified", place, message)
            .with_help("with --trust FILE it is; deskhook policy verify says who signed");
        self.problems.push(told);
        for layer in &bundle.layers {
            let name = format!("{name}!/{}", layer.file);
            let parsed = Layer::parse(&name, &layer.text);
            match parsed.layer {
                Some(layer) => {
                    self.layers.push(layer);
                    self.files.insert(name.into());
                }
                None => self.refuse(Path::new(&name), parsed.problems),
            }
        }
    }

    fn refuse(&mut self, path: &Path, problems: Vec<Problem>) {
        self.files.insert(path.to_owned());
        self.problems.extend(problems);
        self.refused += 1;
        self.lost = true;
    }
}
