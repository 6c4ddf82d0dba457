//! Any bytes as several layer files, parted by lines of `---`: their order does not matter, and
//! what a tenant is strict about stays so.

use deskhook_policy::{ConsentMode, Isolation, Layer, Resolved, Subject, resolve};

const STRICT: &str = r#"{"scope": "tenant", "priority": -1000, "settings":
    {"Session.Consent.Mode": "always", "Extensions.Isolation": "child", "Allow.Printing": false}}"#;

pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let parts = text.split("\n---\n").take(8).enumerate();
    let parse = |(number, part)| Layer::parse(&format!("{number}.json"), part).layer;
    let mut layers: Vec<Layer> = parts.filter_map(parse).collect();
    let one = resolve(&layers, &Subject::everyone());
    layers.reverse();
    same(&one, &resolve(&layers, &Subject::everyone()));

    layers.extend(Layer::parse("strict.json", STRICT).layer);
    let lowest = |layer: &Layer| layer.name().priority > -1000;
    if layers[..layers.len() - 1].iter().all(lowest) {
        let policy = resolve(&layers, &Subject::everyone()).policy;
        assert_eq!(policy.session.consent.mode, ConsentMode::Always);
        assert_eq!(policy.extensions.isolation, Isolation::Child);
        assert!(!policy.allow.permits("printing"));
    }
}

fn same(one: &Resolved, other: &Resolved) {
    assert_eq!(one.policy, other.policy);
    assert_eq!(one.provenance, other.provenance);
    assert_eq!(one.problems, other.problems);
}
