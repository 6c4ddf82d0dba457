//! What reading and resolving policy costs, beside `serde_json` reading the same bytes.
//!
//! `cargo bench -p deskhook-policy --bench policy`

use deskhook_policy::{Layer, Subject, resolve};
use divan::{Bencher, black_box};

fn main() {
    divan::main();
}

/// 50 layers that set 10,000 keys, each of them in two layers: a fifth are Deskhook's own.
fn layers() -> Vec<String> {
    (0..50).map(layer).collect()
}

fn layer(number: usize) -> String {
    let first = number * 200;
    let keys = (first..first + 400).map(|key| key % 10_000).map(setting);
    let settings: Vec<String> = keys.collect();
    format!(
        r#"{{"scope": "group", "name": "group-{number}", "priority": {number}, "settings": {{{}}}}}"#,
        settings.join(",\n")
    )
}

fn setting(key: usize) -> String {
    match key % 5 {
        0 => format!(
            r#""Extensions.Packages.package-{key}": {{"Priority": {}}}"#,
            key % 100
        ),
        1 => format!(r#""Allow.Feature{key}": {}"#, key.is_multiple_of(3)),
        _ => format!(
            r#""Acme.Settings.Section{}.Key{key}": "value {key}""#,
            key % 7
        ),
    }
}

/// 1,000 files as an organisation has them: one layer each.
fn files() -> Vec<String> {
    (0..1000)
        .map(|number| {
            format!(
                r#"{{
  "scope": "user",
  "name": "user-{number}",
  "settings": {{
    "Integration.AnyDesk": {{"Enabled": true, "CustomClientSuffix": "acme"}},
    "Integration.AnyDesk.Ui.TrayMenuTextGerman": "Fernwartung starten",
    "Session": {{"MaxMinutes": {}, "Checks": {{"free-disk": "deny", "power": "warn"}}}},
    "Tray.Tooltip": {{"en": "Acme support", "de": "Acme-Hilfe"}}
  }},
  "remove": ["Session.RequireTicket"]
}}"#,
                1 + number % 600
            )
        })
        .collect()
}

fn parsed(texts: &[String]) -> Vec<Layer> {
    let layers = texts.iter().enumerate();
    let layers = layers.map(|(number, text)| Layer::parse(&format!("{number}.json"), text).layer);
    layers.collect::<Option<_>>().expect("the layers are right")
}

fn bytes(texts: &[String]) -> divan::counter::BytesCount {
    divan::counter::BytesCount::new(texts.iter().map(String::len).sum::<usize>())
}

mod resolve_50_layers_of_10_000_keys {
    use super::{Bencher, Subject, black_box, bytes, layers, parsed, resolve, values};

    #[divan::bench(sample_count = 30)]
    fn resolve_alone(bencher: Bencher) {
        let texts = layers();
        let layers = parsed(&texts);
        bencher
            .counter(bytes(&texts))
            .bench_local(|| resolve(black_box(&layers), &Subject::everyone()));
    }

    #[divan::bench(sample_count = 30)]
    fn parse_and_resolve(bencher: Bencher) {
        let texts = layers();
        bencher
            .counter(bytes(&texts))
            .bench_local(|| resolve(&parsed(black_box(&texts)), &Subject::everyone()));
    }

    #[divan::bench(sample_count = 30)]
    fn serde_json(bencher: Bencher) {
        let texts = layers();
        bencher
            .counter(bytes(&texts))
            .bench_local(|| values(black_box(&texts)));
    }
}

mod check_1_000_files {
    use super::{Bencher, Subject, black_box, bytes, files, parsed, resolve, values};

    #[divan::bench(sample_count = 30)]
    fn parse_and_check(bencher: Bencher) {
        let texts = files();
        bencher.counter(bytes(&texts)).bench_local(|| {
            let resolved = resolve(&parsed(black_box(&texts)), &Subject::everyone());
            assert!(resolved.problems.is_empty());
            resolved
        });
    }

    #[divan::bench(sample_count = 30)]
    fn serde_json(bencher: Bencher) {
        let texts = files();
        bencher
            .counter(bytes(&texts))
            .bench_local(|| values(black_box(&texts)));
    }
}

fn values(texts: &[String]) -> Vec<serde_json::Value> {
    let values = texts.iter().map(|text| serde_json::from_str(text));
    values
        .collect::<Result<_, _>>()
        .expect("the layers are JSON")
}
