//! The inputs that fuzzing found worth keeping, and those it started from.

use std::path::{Path, PathBuf};

#[path = "../../../tests/fuzz/checks/conf.rs"]
mod conf;
#[path = "../../../tests/fuzz/checks/layer.rs"]
mod layer;
#[path = "../../../tests/fuzz/checks/merge.rs"]
mod merge;
#[path = "../../../tests/fuzz/checks/pairs.rs"]
mod pairs;

/// The inputs of one target.
fn inputs(target: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus");
    let entries = std::fs::read_dir(folder.join(target)).expect("the corpus is there");
    let inputs: Vec<PathBuf> = entries
        .map(|entry| entry.expect("an input").path())
        .collect();
    assert!(inputs.len() > 5, "{target} has {} inputs", inputs.len());
    inputs
}

fn replay(target: &str, check: fn(&[u8])) {
    for input in inputs(target) {
        let data = std::fs::read(&input).expect("an input can be read");
        let held = std::panic::catch_unwind(|| check(&data));
        assert!(held.is_ok(), "{}", input.display());
    }
}

#[test]
fn every_layer_of_the_corpus_is_read_or_refused() {
    replay("layer", layer::check);
}

#[test]
fn every_file_of_pairs_of_the_corpus_is_read_or_refused() {
    replay("pairs", pairs::check);
}

#[test]
fn every_set_of_layers_of_the_corpus_merges_in_any_order() {
    replay("merge", merge::check);
}

#[test]
fn every_client_s_configuration_of_the_corpus_is_read_without_its_secrets() {
    replay("conf", conf::check);
}
