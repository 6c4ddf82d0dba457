//! The layer files that the guides show have nothing wrong.

use std::path::Path;

use deskhook_policy::{Layer, Resolved, Subject, resolve};

/// The guide at `path`, seen from this crate's folder.
fn guide(path: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(path).expect("a guide is where it always was")
}

/// What stands between the fences of each block in `language`.
fn blocks<'g>(guide: &'g str, language: &str) -> Vec<&'g str> {
    let fence = format!("\n```{language}\n");
    let after = guide.split(fence.as_str()).skip(1);
    after
        .map(|rest| {
            let (block, _) = rest.split_once("```").expect("a block has an end");
            block
        })
        .collect()
}

/// The layer file `text`, applied alone; fails when anything is wrong with it.
fn resolved(file: &str, text: &str) -> Resolved {
    let parsed = Layer::parse(file, text);
    assert_eq!(parsed.problems, [], "in the block\n{text}");
    let layer = parsed.layer.expect("a file without problems is a layer");
    let resolved = resolve(&[layer], &Subject::everyone());
    assert_eq!(resolved.problems, [], "in the block\n{text}");
    resolved
}

#[test]
fn the_layer_file_of_the_guide_is_right() {
    let guide = guide("../README.md");
    let resolved = resolved("guide.json", blocks(&guide, "json")[0]);
    assert_eq!(resolved.policy.clients.len(), 1);
    assert!(resolved.policy.session.require_reason);
}

#[test]
fn every_layer_file_of_the_reference_is_right() {
    let guide = guide("README.md");
    for (language, file) in [("json", "guide.json"), ("kv", "Berlin.kv")] {
        let blocks = blocks(&guide, language);
        assert!(!blocks.is_empty(), "no block in {language}");
        for text in blocks {
            resolved(file, text);
        }
    }
}

#[test]
fn the_layer_files_of_the_other_guides_are_right() {
    for path in [
        "../../scripts/README.md",
        "../../scripts/packages/business-hours/README.md",
        "../../scripts/packages/device-posture/README.md",
        "../../scripts/packages/events-webhook/README.md",
        "../../scripts/packages/helpdesk-branding/README.md",
        "../../scripts/packages/ticket-required/README.md",
        "../../plugins/README.md",
    ] {
        let guide = guide(path);
        let blocks = blocks(&guide, "json");
        let layers = blocks.iter().filter(|text| text.contains("\"scope\""));
        assert!(layers.clone().count() > 0, "no layer file in {path}");
        for text in layers {
            resolved("guide.json", text);
        }
    }
}

#[test]
fn the_pairs_of_the_reference_make_a_client() {
    let guide = guide("README.md");
    let resolved = resolved("Berlin.kv", blocks(&guide, "kv")[0]);
    let clients = resolved.policy.clients;
    assert_eq!(clients.len(), 1);
    assert_eq!(clients[0].name, "anydesk");
    assert!(clients[0].download.is_some());
}

#[test]
fn the_client_of_the_reference_has_every_way_to_an_address() {
    let guide = guide("README.md");
    let blocks = blocks(&guide, "json");
    let mut own = blocks
        .into_iter()
        .filter(|text| text.contains("Integration.Clients"));
    let text = own.next().expect("the guide shows a client");
    let clients = resolved("guide.json", text).policy.clients;
    assert_eq!(clients.len(), 1);
    assert_eq!(clients[0].name, "acme-support");
    assert_eq!(clients[0].address.len(), 3);
    assert!(clients[0].ready.is_some());
}
