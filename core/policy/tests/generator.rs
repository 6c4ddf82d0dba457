//! The use case of the vendor's guide, as the reference of policy shows it.

use std::path::Path;

use deskhook_policy::{ClientRole, Layer, Subject, client_settings, resolve};

/// What stands between the fences of each block in `language`.
fn blocks<'g>(guide: &'g str, language: &str) -> Vec<&'g str> {
    let fence = format!("\n```{language}\n");
    let after = guide.split(fence.as_str()).skip(1);
    let block = |rest: &'g str| rest.split_once("```").map(|(block, _)| block);
    after.filter_map(block).collect()
}

#[test]
fn the_reference_shows_the_lines_that_its_layers_give() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let guide = std::fs::read_to_string(path).expect("the reference is where it always was");
    let layers: Vec<Layer> = blocks(&guide, "json")
        .into_iter()
        .filter(|text| text.contains("\"Integration.AnyDesk.Client\""))
        .filter_map(|text| Layer::parse("guide.json", text).layer)
        .collect();
    let shown = blocks(&guide, "ini");
    assert_eq!((layers.len(), shown.len()), (2, 2));
    let roles = [
        ("End users", ClientRole::EndUser),
        ("Supporters", ClientRole::Support),
    ];
    for ((group, role), shown) in roles.into_iter().zip(shown) {
        let subject = Subject {
            groups: Some(vec![group.to_owned()]),
            ..Subject::everyone()
        };
        let settings = client_settings(&resolve(&layers, &subject), role).expect("they agree");
        let lines = settings.lines.iter().map(|line| format!("{line}\n"));
        assert_eq!(lines.collect::<String>(), shown);
    }
}
