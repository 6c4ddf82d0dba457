//! What many layers become: order, merging, strictness, removal, what is refused.

use deskhook_policy::{
    CheckMode, ConsentMode, Isolation, Layer, OnTimeout, Resolved, Severity, Subject, explain,
    resolve,
};
use serde_json::{Value, json};

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

fn codes(resolved: &Resolved) -> Vec<(&'static str, String)> {
    let line = |p: &deskhook_policy::Problem| (p.code, p.key.clone().unwrap_or_default());
    resolved.problems.iter().map(line).collect()
}

/// Why the other values of a key do not hold, in words.
fn reasons(resolved: &Resolved, key: &str) -> Vec<String> {
    let explanation = explain(resolved, key);
    let why = |o: &deskhook_policy::Overridden| format!("{}: {}", o.setting.value, o.why);
    explanation.overridden.iter().map(why).collect()
}

#[test]
fn the_narrower_scope_wins_then_the_priority_then_the_later_name() {
    let mut layers = vec![
        layer(
            "d.json",
            r#""scope": "device", "name": "pc1""#,
            r#"{"V": "device"}"#,
        ),
        layer(
            "u.json",
            r#""scope": "user", "name": "jo""#,
            r#"{"V": "user"}"#,
        ),
        layer(
            "g3.json",
            r#""scope": "group", "name": "a", "priority": 5"#,
            r#"{"V": "a5"}"#,
        ),
        group("b", r#"{"V": "b"}"#),
        group("a", r#"{"V": "a"}"#),
        layer("all.json", r#""scope": "all-users""#, r#"{"V": "all"}"#),
        tenant(r#"{"V": "tenant"}"#),
    ];
    for expected in ["device", "user", "a5", "b", "a", "all", "tenant"] {
        let resolved = everyone(&layers);
        assert_eq!(resolved.policy.get("V"), Some(&expected.into()));
        layers.remove(0);
    }
}

#[test]
fn objects_merge_by_key_and_lists_and_scalars_are_replaced() {
    let resolved = everyone(&[
        tenant(r#"{"A": {"x": 1, "list": [1, 2, 3]}, "B": [1], "C": "text"}"#),
        group(
            "g",
            r#"{"A": {"y": 2, "list": [4]}, "B": "now a text", "C": [7]}"#,
        ),
    ]);
    assert_eq!(resolved.problems, []);
    assert_eq!(
        resolved.policy.tree,
        json!({"A": {"x": 1, "y": 2, "list": [4]}, "B": "now a text", "C": [7]})
    );
}

#[test]
fn an_object_that_meets_a_scalar_is_told_and_the_broader_value_stays() {
    let resolved = everyone(&[
        tenant(r#"{"A": {"x": 1}, "B": 2, "C": {}}"#),
        group("g", r#"{"A": 5, "B": {"y": 1}, "C": 3}"#),
    ]);
    assert_eq!(
        resolved.policy.tree,
        json!({"A": {"x": 1}, "B": 2, "C": {}})
    );
    let expected = ["A", "B.y", "C"].map(|key| ("conflict", key.to_owned()));
    assert_eq!(codes(&resolved), expected);
    assert!(
        resolved
            .problems
            .iter()
            .all(|p| p.severity == Severity::Error)
    );
    assert_eq!(
        reasons(&resolved, "A"),
        ["5: tenant has another shape there, and came first"]
    );
}

#[test]
fn a_removed_key_is_gone_and_may_be_set_anew_by_the_same_layer() {
    let remover = layer(
        "g.json",
        r#""scope": "group", "name": "g", "remove": ["a", "B.x"]"#,
        r#"{"A": {"new": true}}"#,
    );
    let resolved = everyone(&[
        tenant(r#"{"A": {"x": 1, "y": 2}, "B": {"x": 1, "y": 2}}"#),
        remover,
    ]);
    assert_eq!(
        resolved.policy.tree,
        json!({"A": {"new": true}, "B": {"y": 2}})
    );
    assert_eq!(reasons(&resolved, "B.x"), ["1: group g removes the key"]);
    assert_eq!(explain(&resolved, "B.x").value, None);
}

#[test]
fn an_explicit_false_under_allow_wins_from_wherever_it_comes() {
    let layers = [
        tenant(
            r#"{"Allow": {"Elevation": false, "Packages": {"a": true, "b": false}, "Copy": true}}"#,
        ),
        group(
            "g1",
            r#"{"Allow.Elevation": true, "Allow.Packages.b": true, "Allow.Packages.a": false}"#,
        ),
        layer(
            "d.json",
            r#""scope": "device", "name": "d", "remove": ["Allow"]"#,
            r#"{"Allow.Copy": {"x": true}}"#,
        ),
    ];
    let resolved = everyone(&layers);
    let allow = &resolved.policy.allow;
    for (feature, expected) in [
        ("elevation", false),
        ("Elevation.anything", false),
        ("packages.A", false),
        ("packages.b", false),
        ("packages", true),
        ("copy", true),
        ("copy.x", true),
        ("unheard", true),
    ] {
        assert_eq!(allow.permits(feature), expected, "{feature}");
    }
    assert_eq!(
        reasons(&resolved, "Allow.Elevation"),
        ["true: tenant says false, and an explicit false wins"]
    );
    let loosened = codes(&resolved);
    assert!(
        loosened.contains(&("less-strict", "Allow.Elevation".to_owned())),
        "{loosened:?}"
    );
}

#[test]
fn a_forbidden_feature_takes_its_names_along_whichever_layer_forbids_it() {
    let one = tenant(r#"{"Allow.Plugins": {"a": true}}"#);
    let other = group("g", r#"{"Allow.Plugins": false}"#);
    let resolved = everyone(&[one, other]);
    assert_eq!(resolved.problems, []);
    assert!(!resolved.policy.allow.permits("plugins.a"));
    assert_eq!(
        resolved.policy.get("Allow.Plugins"),
        Some(&Value::Bool(false))
    );
}

#[test]
fn consent_and_isolation_only_get_stricter() {
    let loose = r#"{"Session.Consent": {"Mode": "never", "OnTimeout": "allow", "NoUser": "allow",
        "TimeoutSeconds": 30, "GrantMinutes": 60}, "Extensions.Isolation": "in-process"}"#;
    let strict = r#"{"Session.Consent": {"Mode": "always", "OnTimeout": "deny", "NoUser": "deny",
        "TimeoutSeconds": 90, "GrantMinutes": 5}, "Extensions.Isolation": "child"}"#;
    for layers in [
        [tenant(loose), group("g", strict)],
        [tenant(strict), group("g", loose)],
    ] {
        let policy = everyone(&layers).policy;
        let consent = &policy.session.consent;
        assert_eq!(consent.mode, ConsentMode::Always);
        assert_eq!(
            (consent.on_timeout, consent.no_user),
            (OnTimeout::Deny, OnTimeout::Deny)
        );
        assert_eq!((consent.timeout_seconds, consent.grant_minutes), (90, 5));
        assert_eq!(policy.extensions.isolation, Isolation::Child);
    }
    let resolved = everyone(&[tenant(strict), group("g", loose)]);
    assert_eq!(resolved.problems.len(), 6);
    assert!(resolved.problems.iter().all(|p| p.code == "less-strict"));
    let why = "\"never\": tenant is stricter, and this only gets stricter";
    assert_eq!(reasons(&resolved, "Session.Consent.Mode"), [why]);
    assert_eq!(
        everyone(&[tenant(loose)]).policy.session.consent.mode,
        ConsentMode::Never
    );
}

#[test]
fn a_strict_value_is_removed_only_where_its_default_is_as_strict() {
    let remove = r#""scope": "group", "name": "g", "remove": ["Session.Consent"]"#;
    let remover = || layer("g.json", remove, "{}");
    let strict = tenant(r#"{"Session.Consent": {"Mode": "always", "TimeoutSeconds": 300}}"#);
    let resolved = everyone(&[strict, remover()]);
    assert_eq!(resolved.policy.session.consent.timeout_seconds, 300);
    assert_eq!(
        codes(&resolved),
        [("less-strict", "Session.Consent.TimeoutSeconds".to_owned())]
    );
    let loose = tenant(r#"{"Session.Consent.Mode": "never"}"#);
    let resolved = everyone(&[loose, remover()]);
    assert_eq!(resolved.policy.session.consent.mode, ConsentMode::Always);
}

#[test]
fn removing_a_strict_value_first_does_not_let_it_be_loosened() {
    let strict =
        || tenant(r#"{"Session.Consent.Mode": "always", "Extensions.Isolation": "child"}"#);
    let header = r#""scope": "group", "name": "g", "remove": ["Session", "Extensions"]"#;
    let remover = |settings: &str| layer("g.json", header, settings);
    let loose = r#"{"Session.Consent.Mode": "never", "Extensions.Isolation": "in-process"}"#;
    let later = layer("u.json", r#""scope": "user", "name": "jo""#, loose);
    for layers in [
        vec![strict(), remover(loose)],
        vec![strict(), remover("{}"), later],
    ] {
        let policy = everyone(&layers).policy;
        assert_eq!(policy.session.consent.mode, ConsentMode::Always);
        assert_eq!(policy.extensions.isolation, Isolation::Child);
    }
}

#[test]
fn a_wrong_type_or_bad_value_is_refused_with_its_place_and_the_broader_value_stays() {
    let resolved = everyone(&[
        tenant(
            r#"{"Session": {"MaxMinutes": 60, "Checks": {"power": "deny"}}, "Integration.AnyDesk.Enabled": true}"#,
        ),
        group(
            "g",
            r#"{"Session": {"MaxMinutes": "ten", "Checks": {"power": "denny"}}, "Integration.AnyDesk": 1}"#,
        ),
    ]);
    let session = &resolved.policy.session;
    assert_eq!(session.max_minutes, Some(60));
    assert_eq!(session.checks["power"], CheckMode::Deny);
    assert_eq!(resolved.policy.clients.len(), 1);
    let expected = [
        ("wrong-type", "Session.MaxMinutes".to_owned()),
        ("bad-value", "Session.Checks.power".to_owned()),
        ("wrong-type", "Integration.AnyDesk".to_owned()),
    ];
    assert_eq!(codes(&resolved), expected);
    let bad = &resolved.problems[1];
    assert_eq!(bad.help.as_deref(), Some("did you mean \"deny\"?"));
    assert_eq!(&bad.place.source().text()[bad.place.span()], "\"denny\"");
    assert_eq!(
        reasons(&resolved, "Session.MaxMinutes"),
        ["\"ten\": the value was refused"]
    );
}

#[test]
fn an_unknown_key_of_ours_is_a_warning_with_the_nearest_name_and_the_rest_applies() {
    let resolved = everyone(&[tenant(
        r#"{"Integration.AnyDesk": {"Enabled": true, "BootstraperUrl": "x", "Ui": {"TrayMenuEnglish": "Help"}},
            "Integration.RustDsk.Enabled": true, "Session.Checks.colour": "deny"}"#,
    )]);
    assert!(
        resolved
            .problems
            .iter()
            .all(|p| p.code == "unknown-key" && p.severity == Severity::Warning)
    );
    let help: Vec<_> = resolved
        .problems
        .iter()
        .map(|p| p.help.as_deref())
        .collect();
    let expected = [
        Some("did you mean Integration.AnyDesk.BootstrapperUrl?"),
        Some("did you mean Integration.AnyDesk.Ui.TrayMenuTextEnglish?"),
        Some("did you mean Integration.RustDesk?"),
        None,
    ];
    assert_eq!(help, expected);
    assert_eq!(resolved.policy.clients.len(), 1);
    assert_eq!(
        resolved.policy.get("Integration.AnyDesk.BootstraperUrl"),
        Some(&"x".into())
    );
    assert!(resolved.policy.session.checks.is_empty());
}

#[test]
fn a_boolean_as_text_holds_with_a_warning() {
    let resolved = everyone(&[tenant(r#"{"Integration.AnyDesk.Enabled": "True"}"#)]);
    assert_eq!(resolved.policy.clients.len(), 1);
    assert_eq!(
        codes(&resolved),
        [("text-for-bool", "Integration.AnyDesk.Enabled".to_owned())]
    );
    assert_eq!(
        resolved.problems[0].help.as_deref(),
        Some("write true without quotes")
    );
}

#[test]
fn the_version_is_twelve_hex_digits_of_the_content() {
    let one = everyone(&[tenant(r#"{"A": {"x": 1}, "B": 2}"#)])
        .policy
        .version;
    let same = everyone(&[tenant(r#"{"B": 2, "A.x": 1}"#)]).policy.version;
    let other = everyone(&[tenant(r#"{"A": {"x": 1}, "B": 3}"#)])
        .policy
        .version;
    assert_eq!(one, same);
    assert_ne!(one, other);
    assert!(
        one.len() == 12 && one.bytes().all(|b| b.is_ascii_hexdigit()),
        "{one}"
    );
}
