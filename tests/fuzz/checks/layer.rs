//! Any bytes as a JSON layer file: a layer or reasons, never a panic.

use deskhook_policy::{Layer, Severity, Subject, explain, resolve};

pub(crate) fn check(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let parsed = Layer::parse("input.json", text);
    assert_eq!(parsed.layer.is_none(), !parsed.problems.is_empty());
    for problem in &parsed.problems {
        assert_eq!(problem.severity, Severity::Error, "{problem}");
        let place = &problem.place;
        assert!(place.source().text().get(place.span()).is_some(), "{place}");
        assert!(!place.excerpt().contains('\n'), "{place}");
    }
    let Some(layer) = parsed.layer else { return };
    let json = text.trim_start_matches('\u{feff}');
    assert!(json.parse::<serde_json::Value>().is_ok());
    let resolved = resolve(&[layer], &Subject::everyone());
    for trail in resolved.provenance.iter() {
        let explained = explain(&resolved, &trail.key);
        let explained = (explained.set_by, explained.overridden);
        assert_eq!(explained, (trail.winner.clone(), trail.overridden.clone()));
    }
}
