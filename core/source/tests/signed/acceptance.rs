use std::fs;

use deskhook_policy::{Severity, Subject};
use deskhook_source::load;
use deskhook_wire::{BundledLayer, LARGEST_BUNDLE, PolicyBundle, PolicySigner, Role};

use crate::office::{CLIENT, DAY, NOW, Office, codes, effect, minutes, tenant};

#[test]
fn of_each_role_one_bundle_holds_and_loose_files_count_for_nothing() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    office.put("b.bundle", &office.routine(1, &tenant(30)));
    let loaded = office.load();
    assert_eq!(loaded.problems, []);
    assert_eq!(loaded.resolved.policy.clients.len(), 1);
    assert_eq!(minutes(&loaded), Some(30));
    office.put("loose.json", tenant(5).as_bytes());
    office.put("loose.kv", b"not even a layer");
    let loaded = office.load();
    assert_eq!(codes(&loaded), ["unsigned", "unsigned"]);
    assert_eq!((minutes(&loaded), loaded.refused), (Some(30), 2));
    let place = loaded
        .resolved
        .provenance
        .get("session.maxminutes")
        .unwrap();
    let place = place.winner.as_ref().unwrap().place.to_string();
    assert!(place.ends_with("b.bundle!/layer.json:1:56"), "{place}");
}

#[test]
fn without_a_trust_file_a_bundle_is_refused_and_loose_files_hold() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    office.put("loose.json", tenant(5).as_bytes());
    let loaded = load(&[office.policy()], &Subject::everyone(), None);
    assert_eq!(codes(&loaded), ["no-trust"]);
    assert_eq!(minutes(&loaded), Some(5));
}

#[test]
fn no_changed_byte_and_no_cut_of_a_new_bundle_changes_what_holds() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    let before = effect(&office.load());
    let next = office.critical(2, &tenant(600));
    for at in 0..next.len() {
        let mut flipped = next.clone();
        flipped[at] ^= 1;
        for damaged in [&flipped, &next[..at]] {
            office.put("a.bundle", damaged);
            let loaded = office.load();
            assert_eq!(effect(&loaded), before, "byte {at}");
            assert_eq!(loaded.refused, 1, "byte {at}");
            assert_eq!(loaded.problems[0].severity, Severity::Error);
        }
    }
    office.put("a.bundle", &next);
    assert_eq!(minutes(&office.load()), Some(600));
}

#[test]
fn what_is_refused_says_why_and_changes_nothing() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(5, CLIENT));
    let before = effect(&office.load());
    let stranger = PolicySigner::new(Role::Critical, &[9; 32]);
    let thief = PolicySigner::new(Role::Critical, &[2; 32]);
    let bundle = office.bundle(Role::Critical, 6, &tenant(600));
    let changed = |change: fn(&mut PolicyBundle)| {
        let mut bundle = bundle.clone();
        change(&mut bundle);
        office.sign(&bundle)
    };
    let cases: Vec<(&str, Vec<u8>)> = vec![
        ("bundle-untrusted", bundle.sign(&[stranger]).unwrap()),
        ("bundle-role", bundle.sign(&[thief]).unwrap()),
        (
            "bundle-expired",
            changed(|it| (it.issued, it.expires) = (NOW - 9, NOW)),
        ),
        (
            "bundle-not-yet",
            changed(|it| (it.issued, it.expires) = (NOW + 2 * DAY, NOW + 3 * DAY)),
        ),
        ("bundle-old", changed(|it| it.serial = 4)),
        ("bundle-serial", changed(|it| it.serial = 5)),
        (
            "missing-bracket",
            changed(|it| it.layers[0].text = "{".into()),
        ),
        ("bundle-too-large", vec![b' '; LARGEST_BUNDLE + 1]),
        ("bundle-damaged", tenant(600).into_bytes()),
        ("critical-key", office.routine(6, CLIENT)),
    ];
    for (code, bytes) in cases {
        office.put("a.bundle", &bytes);
        let loaded = office.load();
        assert_eq!(loaded.problems[0].code, code);
        assert!(loaded.problems[0].place.file().contains("a.bundle"));
        assert_eq!(effect(&loaded), before, "{code}");
        assert_eq!(loaded.refused, 1, "{code}");
    }
}

#[test]
fn a_bundle_that_is_taken_away_holds_on_and_an_empty_one_takes_policy_away() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    let before = effect(&office.load());
    office.take_away("a.bundle");
    for _ in 0..2 {
        assert_eq!(effect(&office.load()), before);
    }
    fs::remove_dir(office.policy()).unwrap();
    assert_eq!(effect(&office.load()), before);
    fs::create_dir(office.policy()).unwrap();
    let empty = PolicyBundle {
        layers: vec![],
        ..office.bundle(Role::Critical, 2, "")
    };
    office.put("b.bundle", &office.sign(&empty));
    let loaded = office.load();
    assert_eq!(loaded.problems, []);
    assert!(loaded.resolved.policy.clients.is_empty());
}

#[test]
fn an_older_bundle_beside_the_newest_is_only_remarked_on() {
    let office = Office::new();
    office.put("1.bundle", &office.routine(2, &tenant(20)));
    office.put("2.bundle", &office.routine(1, &tenant(10)));
    let loaded = office.load();
    assert_eq!(codes(&loaded), ["bundle-old"]);
    assert_eq!(loaded.problems[0].severity, Severity::Warning);
    assert_eq!((minutes(&loaded), loaded.refused), (Some(20), 0));
    office.take_away("1.bundle");
    let loaded = office.load();
    assert_eq!(loaded.problems[0].severity, Severity::Error);
    assert_eq!((minutes(&loaded), loaded.refused), (Some(20), 1));
}

#[test]
fn a_bundle_of_many_layers_keeps_their_order_and_their_groups() {
    let office = Office::new();
    let layer = |file: &str, text: &str| BundledLayer {
        file: file.into(),
        text: text.into(),
    };
    let bundle = PolicyBundle {
        layers: vec![
            layer("Berlin.kv", "Key = Session.MaxMinutes\nValue = 15\n"),
            layer("10-tenant.json", &tenant(60)),
        ],
        ..office.bundle(Role::Routine, 1, "")
    };
    office.put("a.bundle", &office.sign(&bundle));
    let minutes_of = |group: &str| {
        let subject = Subject {
            groups: Some(vec![group.to_owned()]),
            ..Subject::everyone()
        };
        minutes(&office.load_for(&subject, NOW))
    };
    assert_eq!(minutes_of("berlin"), Some(15));
    assert_eq!(minutes_of("paris"), Some(60));
}

#[test]
fn a_folder_of_too_many_bundles_counts_as_refused() {
    let office = Office::new();
    for number in 1..=17 {
        let name = format!("{number}.bundle");
        office.put(&name, &office.routine(number, &tenant(5)));
    }
    let loaded = office.load();
    assert_eq!(codes(&loaded), ["unreadable", "no-bundle"]);
    assert_eq!(loaded.refused, 1);
    let looked_at = deskhook_source::inspect(&[office.policy()], &Subject::everyone());
    assert_eq!(looked_at.refused, 1);
}
