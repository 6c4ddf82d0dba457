//! The size and naming law of this code base: every rule is a test, every breach is told with its
//! file and line and with what to do about it.

#[path = "tidy/deny.rs"]
mod deny;
#[path = "tidy/dependencies.rs"]
mod dependencies;
#[path = "tidy/escapes.rs"]
mod escapes;
#[path = "tidy/folders.rs"]
mod folders;
#[path = "tidy/guide.rs"]
mod guide;
#[path = "tidy/license.rs"]
mod license;
#[path = "tidy/manifests.rs"]
mod manifests;
#[path = "tidy/names.rs"]
mod names;
#[path = "tidy/proofs.rs"]
mod proofs;
#[path = "tidy/signatures.rs"]
mod signatures;
#[path = "tidy/sizes.rs"]
mod sizes;
#[path = "tidy/sources.rs"]
mod sources;
#[path = "tidy/tree.rs"]
mod tree;
#[path = "tidy/words.rs"]
mod words;

use deny::Rules;
use guide::Guide;
use sources::{Breach, root, rust_sources, text_sources};
use tree::Tree;

/// Fails with every breach, one a line.
#[track_caller]
fn expect_none(breaches: Vec<Breach>) {
    let told: Vec<String> = breaches.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "\n\n{}\n", told.join("\n"));
}

#[test]
fn no_file_is_longer_than_400_lines() {
    expect_none(sizes::long_files(&text_sources()));
}

#[test]
fn no_function_is_longer_than_60_lines() {
    expect_none(sizes::long_functions(&rust_sources()));
}

#[test]
fn a_lib_rs_holds_only_docs_modules_and_uses() {
    expect_none(sizes::full_lib_files(&rust_sources()));
}

#[test]
fn modules_types_and_files_are_nouns_that_say_something() {
    expect_none(names::empty_names(&rust_sources()));
}

#[test]
fn the_name_of_a_test_is_a_sentence() {
    expect_none(names::terse_tests(&rust_sources()));
}

#[test]
fn a_function_takes_at_most_four_parameters_and_no_bool() {
    expect_none(signatures::wide_functions(&rust_sources()));
}

#[test]
fn only_an_extension_is_dyn() {
    expect_none(signatures::open_types(&rust_sources()));
}

#[test]
fn no_attribute_escapes_the_lints() {
    expect_none(escapes::allowed_lints(&rust_sources()));
}

#[test]
fn unsafe_stays_in_its_rooms() {
    expect_none(escapes::stray_unsafe(&rust_sources()));
}

#[test]
fn tests_wait_on_state_and_never_sleep() {
    expect_none(escapes::sleeping_tests(&rust_sources()));
}

#[test]
fn nothing_is_left_for_later() {
    expect_none(words::unfinished(&text_sources()));
}

#[test]
fn nothing_names_the_machine_it_was_written_on() {
    expect_none(words::machine_paths(&text_sources()));
}

#[test]
fn every_crate_inherits_package_fields_lints_and_versions() {
    expect_none(manifests::loose_manifests());
}

#[test]
fn every_dependency_is_used() {
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).expect("a workspace");
    let (texts, files) = (text_sources(), rust_sources());
    expect_none(dependencies::unused(&texts, &files, &workspace));
}

#[test]
fn no_crate_is_there_in_two_versions_without_a_reason() {
    let rules = Rules::read();
    expect_none(rules.unreasoned());
    expect_none(Tree::read().second_versions(&rules));
}

#[test]
fn every_licence_in_the_tree_is_allowed() {
    expect_none(Tree::read().licenses(&Rules::read()));
}

#[test]
fn no_crate_is_banned_or_from_elsewhere_than_a_registry() {
    expect_none(Tree::read().strangers(&Rules::read()));
}

#[test]
fn what_the_guide_for_contributors_shows_runs_and_what_it_names_is_there() {
    let texts = text_sources();
    let guide = Guide::among(&texts);
    expect_none(guide.invented_code());
    expect_none(guide.missing_paths());
    expect_none(guide.hidden_options());
}

#[test]
fn the_top_level_holds_only_what_belongs_there() {
    expect_none(folders::strangers());
}
