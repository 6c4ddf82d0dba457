//! No input panics, and no order of files matters.

use std::sync::LazyLock;

use deskhook_policy::{Layer, Subject, explain, json_schema, resolve};
use proptest::prelude::*;

/// Text that is nearly a layer file: the grammar's own pieces, in any order.
fn nearly_json() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        "\"",
        "'",
        "\\",
        "\\u12",
        "\n",
        " ",
        "true",
        "undefined",
        "1e9",
        "-",
        "0x",
        "//",
        "/*",
        "#",
        "ü",
        "\u{feff}",
        "\u{0}",
        "“",
        "\"scope\":\"tenant\"",
        "\"settings\":{",
        "\"name\"",
        "\"Integration.AnyDesk\"",
        "Key = A.B\n",
        "Value = ",
        "**Key** = ",
        "=",
        ";",
        "A",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// Settings over few keys, so that layers meet.
fn settings() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "A",
        "A.B",
        "a.b.C",
        "Session.MaxMinutes",
        "Session.Consent.Mode",
        "Session.Consent",
        "Session.Consent.GrantMinutes",
        "Allow.X",
        "Allow.X.y",
        "allow",
        "Integration.AnyDesk.Enabled",
        "Integration.Clients.x",
        "WebLinks",
        "Extensions.Isolation",
    ]);
    let value = prop::sample::select(vec![
        "1",
        "true",
        "false",
        "\"never\"",
        "\"always\"",
        "\"in-process\"",
        "{}",
        "[]",
        "null",
        "{\"B\": 2}",
        "{\"y\": false}",
        "{\"Mode\": \"when-present\"}",
        "{\"x\": {\"Y\": true}}",
    ]);
    (key, value).prop_map(|(key, value)| format!("\"{key}\": {value}"))
}

fn layer_text() -> impl Strategy<Value = String> {
    let scope = prop::sample::select(vec!["tenant", "all-users", "group", "user", "device"]);
    let name = prop::sample::select(vec!["a", "b", "B"]);
    let remove = prop::sample::select(vec![
        "",
        "\"A\"",
        "\"Session.Consent\"",
        "\"Allow\", \"a.b\"",
    ]);
    let settings = prop::collection::vec(settings(), 0..3);
    (scope, name, 0..3_i64, remove, settings).prop_map(|(scope, name, priority, remove, settings)| {
        format!(
            "{{\"scope\": \"{scope}\", \"name\": \"{name}\", \"priority\": {priority}, \"remove\": [{remove}], \"settings\": {{{}}}}}",
            settings.join(", ")
        )
    })
}

static SCHEMA: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
    let schema = serde_json::to_value(json_schema()).expect("a schema is JSON");
    jsonschema::draft202012::new(&schema).expect("the schema is one")
});

fn layers(texts: &[String]) -> Vec<Layer> {
    let parse = |(i, text): (usize, &String)| Layer::parse(&format!("{i}.json"), text).layer;
    texts.iter().enumerate().filter_map(parse).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_text_panics(text in ".*", nearly in nearly_json()) {
        for text in [text, nearly] {
            for file in ["a.json", "a.kv"] {
                let parsed = Layer::parse(file, &text);
                prop_assert_eq!(parsed.layer.is_none(), !parsed.problems.is_empty());
                for problem in &parsed.problems {
                    let cut = &problem.place.source().text()[problem.place.span()];
                    prop_assert!(cut.len() <= text.len() && !problem.to_string().is_empty());
                }
                let layers: Vec<Layer> = parsed.layer.into_iter().collect();
                let resolved = resolve(&layers, &Subject::everyone());
                explain(&resolved, &text);
            }
        }
    }

    #[test]
    fn the_order_of_files_does_not_matter(
        (texts, shuffled) in prop::collection::vec(layer_text(), 0..6)
            .prop_flat_map(|texts| { let n = texts.len(); (Just(texts), Just((0..n).collect::<Vec<_>>()).prop_shuffle()) })
    ) {
        let layers = layers(&texts);
        let turned: Vec<Layer> = shuffled.iter().filter_map(|i| layers.get(*i).cloned()).collect();
        prop_assume!(turned.len() == layers.len());
        let subject = Subject { groups: Some(vec!["b".to_owned()]), ..Subject::everyone() };
        let (one, other) = (resolve(&layers, &subject), resolve(&turned, &subject));
        prop_assert_eq!(one.policy, other.policy);
        prop_assert_eq!(one.provenance, other.provenance);
        prop_assert_eq!(one.problems, other.problems);
    }

    #[test]
    fn a_narrower_layer_never_loosens_consent_isolation_or_a_false(
        base in layer_text(), more in prop::collection::vec(layer_text(), 0..4)
    ) {
        let tenant = "{\"scope\": \"tenant\", \"settings\": {\"Session.Consent.Mode\": \"always\", \"Extensions.Isolation\": \"child\", \"Allow.X\": false}}";
        let texts: Vec<String> = std::iter::once(tenant.to_owned()).chain([base]).chain(more)
            .filter(|text| text == tenant || !text.contains("\"tenant\"")).collect();
        let policy = resolve(&layers(&texts), &Subject::everyone()).policy;
        prop_assert_eq!(policy.session.consent.mode, deskhook_policy::ConsentMode::Always);
        prop_assert_eq!(policy.extensions.isolation, deskhook_policy::Isolation::Child);
        prop_assert!(!policy.allow.permits("x.y"));
    }

    #[test]
    fn whatever_is_accepted_is_json(text in nearly_json()) {
        if Layer::parse("a.json", &text).layer.is_some() {
            let text = text.trim_start_matches('\u{feff}');
            prop_assert!(serde_json::from_str::<serde_json::Value>(text).is_ok());
        }
    }

    #[test]
    fn the_schema_takes_every_layer_without_a_problem(text in layer_text()) {
        let Some(layer) = Layer::parse("a.json", &text).layer else { return Ok(()) };
        if resolve(&[layer], &Subject::everyone()).problems.is_empty() {
            let layer = serde_json::from_str(&text).expect("a layer is JSON");
            let said = SCHEMA.validate(&layer);
            prop_assert!(said.is_ok(), "{}\n{:?}", text, said);
        }
    }
}
