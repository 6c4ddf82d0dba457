//! The inputs that fuzzing found worth keeping, and those it started from.

use std::path::{Path, PathBuf};

#[path = "../../../tests/fuzz/checks/package.rs"]
mod package;
#[path = "../../../tests/fuzz/checks/script.rs"]
mod script;
#[path = "../../../tests/fuzz/checks/value.rs"]
mod value;

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
fn every_script_of_the_corpus_ends_in_time_and_the_next_call_works() {
    replay("script", script::check);
}

#[test]
fn every_value_of_the_corpus_crosses_as_it_is_or_is_refused() {
    replay("value", value::check);
}
