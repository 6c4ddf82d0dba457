use std::fs;
use std::path::Path;

use deskhook_policy::Subject;
use deskhook_source::{Signing, load_signed};

use crate::office::{CLIENT, NOW, Office, codes, effect, minutes, tenant};

const FILES: [&str; 3] = ["slot-a", "ratchet", "slot-b"];

/// An office whose device accepted `CLIENT`, then a limit of ten minutes beside it; its bundles
/// are no longer in the policy folder.
fn settled() -> Office {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    office.put("b.bundle", &office.routine(1, &tenant(10)));
    assert_eq!(office.load().problems, []);
    office.take_away("a.bundle");
    office.take_away("b.bundle");
    office
}

fn contents(folder: &Path) -> Vec<Vec<u8>> {
    let read = |name: &&str| fs::read(folder.join(name)).expect("it is there");
    FILES.iter().map(read).collect()
}

#[test]
fn what_was_accepted_lies_in_three_files_and_is_written_when_it_changes() {
    let office = settled();
    let before = contents(&office.memory());
    assert_eq!(before[0], before[2], "two slots of the same");
    office.load();
    assert_eq!(contents(&office.memory()), before);
    office.put("b.bundle", &office.routine(2, &tenant(20)));
    office.load();
    let after = contents(&office.memory());
    assert!(before.iter().zip(&after).all(|(one, other)| one != other));
}

#[test]
fn a_crash_at_any_moment_of_writing_leaves_the_old_policy_or_the_new_one() {
    let office = settled();
    let before = contents(&office.memory());
    office.put("b.bundle", &office.routine(2, &tenant(20)));
    office.load();
    let after = contents(&office.memory());
    office.take_away("b.bundle");
    for written in 0..=FILES.len() {
        for (at, name) in FILES.iter().enumerate() {
            let content = if at < written { &after } else { &before };
            fs::write(office.memory().join(name), &content[at]).unwrap();
        }
        let expected = if written == 0 { 10 } else { 20 };
        let loaded = office.load();
        assert_eq!(loaded.problems, [], "{written} written");
        assert_eq!(minutes(&loaded), Some(expected), "{written} written");
        // And what was cut short is made good.
        let whole = contents(&office.memory());
        assert_eq!(whole[0], whole[2], "{written} written");
        office.put("b.bundle", &office.routine(1, &tenant(10)));
        let code = if written == 0 {
            vec![]
        } else {
            vec!["bundle-old"]
        };
        assert_eq!(codes(&office.load()), code, "{written} written");
        office.take_away("b.bundle");
    }
}

#[test]
fn the_first_acceptance_may_be_cut_short_as_well() {
    let office = settled();
    let after = contents(&office.memory());
    fs::remove_file(office.memory().join("ratchet")).unwrap();
    fs::remove_file(office.memory().join("slot-b")).unwrap();
    let loaded = office.load();
    assert_eq!((loaded.problems.len(), minutes(&loaded)), (0, Some(10)));
    assert_eq!(contents(&office.memory()), after);
}

#[test]
fn one_damaged_file_is_mended_from_the_others_whatever_byte_it_is() {
    let office = settled();
    let good = contents(&office.memory());
    let before = effect(&office.load());
    for (name, content) in FILES.iter().zip(&good) {
        let path = office.memory().join(name);
        let step = (content.len() / 60).max(1);
        for at in (0..content.len()).step_by(step) {
            let mut flipped = content.clone();
            flipped[at] ^= 1;
            for damaged in [&flipped, &content[..at]] {
                fs::write(&path, damaged).unwrap();
                let loaded = office.load();
                assert_eq!(codes(&loaded), ["memory-mended"], "{name}, byte {at}");
                assert_eq!(effect(&loaded), before, "{name}, byte {at}");
            }
        }
        assert_eq!(&fs::read(&path).unwrap(), content);
    }
}

#[test]
fn a_damaged_ratchet_lets_no_older_bundle_in() {
    let office = Office::new();
    office.put("b.bundle", &office.routine(5, &tenant(50)));
    office.load();
    fs::write(office.memory().join("ratchet"), "gone").unwrap();
    office.put("b.bundle", &office.routine(4, &tenant(40)));
    let loaded = office.load();
    assert_eq!(codes(&loaded), ["memory-mended", "bundle-old"]);
    assert_eq!(minutes(&loaded), Some(50));
}

#[test]
fn where_too_little_is_left_to_know_nothing_holds_until_somebody_looks() {
    for damaged in [&["slot-a", "ratchet"][..], &["slot-b", "ratchet"], &FILES] {
        let office = settled();
        for name in damaged {
            fs::write(office.memory().join(name), "gone").unwrap();
        }
        office.put("a.bundle", &office.critical(1, CLIENT));
        for _ in 0..2 {
            let loaded = office.load();
            assert_eq!(codes(&loaded), ["memory-damaged"], "{damaged:?}");
            assert!(loaded.resolved.policy.clients.is_empty());
            assert_eq!(loaded.refused, 1);
        }
        fs::remove_dir_all(office.memory()).unwrap();
        assert_eq!(office.load().resolved.policy.clients.len(), 1);
    }
}

#[test]
fn with_both_slots_damaged_the_ratchet_still_takes_no_older_bundle() {
    let office = settled();
    for name in ["slot-a", "slot-b"] {
        fs::write(office.memory().join(name), "gone").unwrap();
    }
    office.put("a.bundle", &office.critical(1, CLIENT));
    office.put("b.bundle", &office.routine(0, &tenant(99)));
    let loaded = office.load();
    assert_eq!(
        codes(&loaded),
        ["memory-mended", "bundle-old", "policy-lost"]
    );
    assert_eq!(minutes(&loaded), Some(60));
    assert!(loaded.resolved.policy.clients.is_empty());
    office.put("b.bundle", &office.routine(1, &tenant(10)));
    let loaded = office.load();
    assert_eq!((loaded.problems.len(), minutes(&loaded)), (0, Some(10)));
    assert_eq!(loaded.resolved.policy.clients.len(), 1);
}

#[test]
fn a_slot_that_is_older_than_the_ratchet_restricts_and_starts_nothing() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    office.load();
    let old = fs::read(office.memory().join("slot-a")).unwrap();
    office.put("a.bundle", &office.critical(2, CLIENT));
    office.load();
    office.take_away("a.bundle");
    for name in ["slot-a", "slot-b"] {
        fs::write(office.memory().join(name), &old).unwrap();
    }
    let loaded = office.load();
    assert_eq!(codes(&loaded), ["policy-old"]);
    assert!(loaded.resolved.policy.clients.is_empty());
    assert_eq!(minutes(&loaded), Some(60));
    office.put("a.bundle", &office.critical(2, CLIENT));
    let loaded = office.load();
    assert_eq!(
        (loaded.problems.len(), loaded.resolved.policy.clients.len()),
        (0, 1)
    );
}

#[test]
fn what_cannot_be_kept_is_told() {
    let office = settled();
    fs::remove_dir_all(office.memory()).unwrap();
    fs::write(office.memory(), "a file").unwrap();
    office.put("a.bundle", &office.critical(1, CLIENT));
    let loaded = office.load();
    assert_eq!(codes(&loaded), ["memory-unusable"]);
    assert!(loaded.resolved.policy.clients.is_empty());
}

#[test]
fn many_readings_at_once_never_fall_back() {
    let office = Office::new();
    office.put("b.bundle", &office.routine(1, &tenant(1)));
    office.load();
    std::thread::scope(|scope| {
        for serial in 2..10_u32 {
            let (office, bytes) = (&office, office.routine(serial.into(), &tenant(serial)));
            scope.spawn(move || {
                let own = office.memory().with_file_name(format!("{serial}.bundle"));
                fs::write(&own, bytes).unwrap();
                let signing = Signing {
                    trust: office.trust(),
                    memory: Some(office.memory()),
                    now: NOW,
                };
                load_signed(&[own], &Subject::everyone(), &signing);
            });
        }
    });
    office.take_away("b.bundle");
    assert_eq!(minutes(&office.load()), Some(9));
}
