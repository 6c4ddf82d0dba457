//! Whom a layer is for, and who set what: subjects, filters, provenance.

use deskhook_policy::{Layer, Resolved, Subject, explain, resolve};
use serde_json::json;

/// A layer of `scope` with a name, further parts of its header, and settings.
fn layer(file: &str, header: &str, settings: &str) -> Layer {
    let text = format!("{{{header}, \"settings\": {settings}}}");
    let parsed = Layer::parse(file, &text);
    parsed
        .layer
        .unwrap_or_else(|| panic!("{:#?}", parsed.problems))
}

fn tenant(settings: &str) -> Layer {
    layer(
        "tenant.json",
        r#""scope": "tenant", "name": "Acme""#,
        settings,
    )
}

fn group(name: &str, settings: &str) -> Layer {
    let header = format!(r#""scope": "group", "name": "{name}""#);
    layer(&format!("{name}.json"), &header, settings)
}

fn everyone(layers: &[Layer]) -> Resolved {
    resolve(layers, &Subject::everyone())
}

/// Why the other values of a key do not hold, in words.
fn reasons(resolved: &Resolved, key: &str) -> Vec<String> {
    let explanation = explain(resolved, key);
    let why = |o: &deskhook_policy::Overridden| format!("{}: {}", o.setting.value, o.why);
    explanation.overridden.iter().map(why).collect()
}

#[test]
fn on_a_device_only_layers_that_are_for_it_apply() {
    let layers = [
        tenant(r#"{"T": 1}"#),
        layer("a.json", r#""scope": "all-users""#, r#"{"A": 1}"#),
        group("berlin", r#"{"G": 1}"#),
        group("paris", r#"{"P": 1}"#),
        layer("u.json", r#""scope": "user", "name": "JO""#, r#"{"U": 1}"#),
        layer(
            "d.json",
            r#""scope": "device", "name": "pc2""#,
            r#"{"D": 1}"#,
        ),
    ];
    let subject = Subject {
        user: Some("jo".to_owned()),
        groups: Some(vec!["Berlin".to_owned()]),
        device: Some("pc1".to_owned()),
        ..Subject::everyone()
    };
    let resolved = resolve(&layers, &subject);
    assert_eq!(
        resolved.policy.tree,
        json!({"T": 1, "A": 1, "G": 1, "U": 1})
    );
    assert_eq!(
        reasons(&resolved, "P"),
        ["1: the layer is for another group, user or device"]
    );
    let nobody = Subject {
        groups: Some(vec![]),
        ..Subject::everyone()
    };
    assert_eq!(resolve(&layers[2..4], &nobody).policy.tree, json!({}));
}

#[test]
fn a_filtered_layer_was_never_assigned() {
    let applies = |filters: &str, subject: &Subject| {
        let header = format!(r#""scope": "tenant", "filters": {filters}"#);
        let layers = [layer(
            "a.json",
            &header,
            r#"{"A": 1, "Session.MaxMinutes": "x"}"#,
        )];
        let resolved = resolve(&layers, subject);
        assert_eq!(
            resolved.problems.len(),
            usize::from(resolved.policy.get("A").is_some())
        );
        resolved.policy.get("A").is_some()
    };
    let desktop = Subject {
        platform: Some("windows".to_owned()),
        device_groups: Some(vec!["Kiosk".to_owned()]),
        vdi: Some(true),
        hybrid_joined: Some(false),
        private_device: Some(false),
        ..Subject::everyone()
    };
    for (filters, expected) in [
        (r#"{"only-on": ["vdi"]}"#, true),
        (r#"{"only-on": "hybrid-joined"}"#, false),
        (r#"{"ignore-on": ["vdi"]}"#, false),
        (r#"{"Ignore-On": "private-device"}"#, true),
        (r#"{"only-on": ["os:linux", "os:Windows"]}"#, true),
        (r#"{"only-on": ["vdi", "os:linux"]}"#, false),
        (
            r#"{"only-on": {"vdi": true, "os": ["windows", "macos"]}}"#,
            true,
        ),
        (r#"{"ignore-on": {"device-group": "kiosk"}}"#, false),
        (r#"{"only-on": ["device-group:office"]}"#, false),
        (r#"{}"#, true),
    ] {
        assert_eq!(applies(filters, &desktop), expected, "{filters}");
        assert!(applies(filters, &Subject::everyone()), "{filters}");
    }
}

#[test]
fn a_filter_is_named_as_the_reason() {
    let header = r#""scope": "tenant", "filters": {"ignore-on": ["private-device"]}"#;
    let layers = [layer("a.json", header, r#"{"A": 1}"#)];
    let own = Subject {
        private_device: Some(true),
        ..Subject::everyone()
    };
    let resolved = resolve(&layers, &own);
    assert_eq!(
        reasons(&resolved, "A"),
        ["1: the layer's filter ignore-on private-device left it out"]
    );
}

#[test]
fn every_leaf_knows_who_set_it_where_and_what_it_overrode() {
    let resolved = everyone(&[
        tenant("{\n \"Session\": {\"MaxMinutes\": 60}}"),
        layer(
            "b.json",
            r#""scope": "group", "name": "Berlin", "priority": 2"#,
            "{\n\n  \"session.maxminutes\": 30}",
        ),
        group("Berlin", r#"{"Session.MaxMinutes": 45}"#),
    ]);
    let explanation = explain(&resolved, "SESSION.maxminutes");
    assert_eq!(explanation.key, "Session.MaxMinutes");
    assert_eq!(explanation.value, Some(json!(30)));
    let set_by = explanation.set_by.as_ref().expect("a layer set it");
    assert_eq!(set_by.layer.to_string(), "group Berlin");
    assert_eq!(set_by.place.to_string(), "b.json:3:25");
    assert_eq!(
        reasons(&resolved, "Session.MaxMinutes"),
        [
            "60: group Berlin is narrower",
            "45: group Berlin has the higher priority 2"
        ]
    );
    let shown = serde_json::to_value(&explanation).expect("it is plain data");
    assert_eq!(shown["set_by"]["line"], 3);
    assert_eq!(shown["overridden"][0]["why"]["reason"], "scope");
}

#[test]
fn a_section_is_explained_leaf_by_leaf_and_a_slip_by_its_nearest_key() {
    let resolved = everyone(&[tenant(
        r#"{"Session": {"MaxMinutes": 60, "RequireReason": true}}"#,
    )]);
    let section = explain(&resolved, "session");
    assert_eq!(
        section.value,
        Some(json!({"MaxMinutes": 60, "RequireReason": true}))
    );
    let inside: Vec<&str> = section
        .inside
        .iter()
        .map(|trail| trail.key.as_str())
        .collect();
    assert_eq!(inside, ["Session.MaxMinutes", "Session.RequireReason"]);
    let unset = explain(&resolved, "session.requireticket");
    assert_eq!(
        (unset.key.as_str(), unset.value, unset.nearest),
        ("Session.RequireTicket", None, None)
    );
    let slip = explain(&resolved, "Session.MaxMinuts");
    assert_eq!(slip.nearest.as_deref(), Some("Session.MaxMinutes"));
}

#[test]
fn a_device_without_groups_takes_its_own_pairs_and_no_layer_for_a_group() {
    let layers = [
        Layer::parse("Berlin.kv", "Key = A\nValue = 1\n")
            .layer
            .unwrap(),
        group("Berlin", r#"{"B": 2}"#),
    ];
    let of = |groups: &[&str]| {
        let groups = Some(groups.iter().map(ToString::to_string).collect());
        let subject = Subject {
            groups,
            ..Subject::default()
        };
        resolve(&layers, &subject).policy.tree
    };
    assert_eq!(of(&[]), json!({"A": 1}));
    assert_eq!(of(&["berlin"]), json!({"A": 1, "B": 2}));
    assert_eq!(of(&["Paris"]), json!({}));
}

#[test]
fn names_inside_a_feature_that_is_false_are_overridden_by_it() {
    let layers = [
        tenant(r#"{"Allow.A": false, "Allow.B": {"y": true}}"#),
        group("g", r#"{"Allow": {"A": {"z": true}, "B": true}}"#),
    ];
    let resolved = everyone(&layers);
    assert_eq!(
        resolved.policy.get("Allow"),
        Some(&json!({"A": false, "B": {"y": true}}))
    );
    let section = explain(&resolved, "Allow.A");
    assert!(section.inside.iter().all(|trail| trail.winner.is_none()));
    assert_eq!(
        reasons(&resolved, "Allow.A.z"),
        ["true: tenant says false, and an explicit false wins"]
    );
    assert!(explain(&resolved, "Allow.B.y").set_by.is_some());
}

#[test]
fn a_system_that_no_device_has_is_told_and_refuses_nothing() {
    let told = |filters: &str, subject: &Subject| {
        let header = format!(r#""scope": "tenant", "filters": {filters}"#);
        let problems = resolve(&[layer("a.json", &header, "{}")], subject).problems;
        let each = problems.into_iter();
        each.map(|p| (p.code, p.place.to_string(), p.help.unwrap_or_default()))
            .collect::<Vec<_>>()
    };
    let linux = Subject {
        platform: Some("linux".to_owned()),
        ..Subject::everyone()
    };
    for subject in [Subject::everyone(), linux] {
        let near = told(r#"{"only-on": ["os:widnows"]}"#, &subject);
        assert_eq!(near.len(), 1, "{near:?}");
        assert_eq!(near[0].0, "unknown-system");
        assert_eq!(near[0].1, "a.json:1:45");
        assert_eq!(near[0].2, "did you mean os:windows?");
        let far = told(r#"{"ignore-on": {"os": ["Linux", "beos"]}}"#, &subject);
        assert_eq!(far[0].2, "systems are linux, windows, macos");
        assert!(
            told(
                r#"{"only-on": ["os:MacOS", "device-group:beos"]}"#,
                &subject
            )
            .is_empty()
        );
    }
}
