//! The bundles that fuzzing found worth keeping, and those it started from.

use std::path::Path;

#[path = "../../../tests/fuzz/checks/bundle.rs"]
mod bundle;

#[test]
fn every_bundle_of_the_corpus_is_believed_only_as_it_was_signed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fuzz/corpus/bundle");
    let mut inputs = 0;
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("an input").path();
        let data = std::fs::read(&path).expect("an input can be read");
        let held = std::panic::catch_unwind(|| bundle::check(&data));
        assert!(held.is_ok(), "{}", path.display());
        inputs += 1;
    }
    assert!(inputs > 5, "{inputs}");
}
