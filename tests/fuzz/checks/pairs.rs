//! Any bytes as a file of `Key = ...` pairs: a layer or reasons, never a panic.

use deskhook_policy::{Layer, Subject, resolve};

pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let parsed = Layer::parse("Berlin.kv", text);
    assert_eq!(parsed.layer.is_none(), !parsed.problems.is_empty());
    for problem in &parsed.problems {
        let place = &problem.place;
        assert!(place.source().text().get(place.span()).is_some(), "{place}");
    }
    let Some(layer) = parsed.layer else { return };
    // It counts where its group is, and nowhere else.
    let of = |group: &str| Subject {
        groups: Some(vec![group.to_owned()]),
        ..Subject::everyone()
    };
    let elsewhere = resolve(std::slice::from_ref(&layer), &of("Paris"));
    assert_eq!(elsewhere.policy.tree, serde_json::json!({}));
    resolve(&[layer], &of("berlin"));
}
