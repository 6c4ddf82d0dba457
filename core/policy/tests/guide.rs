//! The layer file that the guide shows has nothing wrong.

use std::path::Path;

use deskhook_policy::{Layer, Subject, resolve};

#[test]
fn the_layer_file_of_the_guide_is_right() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let guide = std::fs::read_to_string(path).unwrap();
    let (_, block) = guide.split_once("```json\n").unwrap();
    let (text, _) = block.split_once("```").unwrap();
    let parsed = Layer::parse("guide.json", text);
    assert_eq!(parsed.problems, []);
    let resolved = resolve(&[parsed.layer.unwrap()], &Subject::everyone());
    assert_eq!(resolved.problems, []);
    assert_eq!(resolved.policy.clients.len(), 1);
    assert!(resolved.policy.session.require_reason);
}
