use deskhook_policy::Why;
use deskhook_wire::Role;

use crate::office::{CLIENT, DAY, NOW, Office, codes, minutes, tenant};

#[test]
fn once_a_bundle_in_use_expires_it_restricts_and_starts_nothing() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    let loaded = office.load();
    assert_eq!(loaded.due, Some(NOW + DAY));
    assert!(loaded.resolved.policy.elevation.enabled);
    let late = office.load_at(NOW + DAY);
    assert_eq!(codes(&late), ["policy-expired"]);
    let policy = &late.resolved.policy;
    assert!(policy.clients.is_empty() && policy.expired && !policy.elevation.enabled);
    assert_eq!(policy.tree.get("Integration"), None);
    assert_eq!((minutes(&late), late.due), (Some(60), None));
    let why = late.resolved.provenance.get("elevation.enabled").unwrap();
    assert_eq!(why.overridden[0].why, Why::Expired);
    office.put(
        "a.bundle",
        &office.issued(NOW + DAY, office.bundle(Role::Critical, 2, CLIENT)),
    );
    let renewed = office.load_at(NOW + DAY + 5);
    assert_eq!(renewed.problems, []);
    assert_eq!(renewed.resolved.policy.clients.len(), 1);
}

#[test]
fn a_clock_that_is_set_back_makes_no_bundle_last_longer() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    office.load();
    let routine = office.issued(NOW + 2 * DAY, office.bundle(Role::Routine, 1, &tenant(5)));
    office.put("b.bundle", &routine);
    assert!(office.load_at(NOW + 2 * DAY).resolved.policy.expired);
    assert!(office.load_at(NOW).resolved.policy.expired, "set back");
}

#[test]
fn a_bundle_of_tomorrow_is_read_again_when_its_time_has_come() {
    let office = Office::new();
    let early = office.issued(NOW + 3 * DAY, office.bundle(Role::Routine, 1, &tenant(5)));
    office.put("a.bundle", &early);
    let loaded = office.load();
    assert_eq!(codes(&loaded), ["bundle-not-yet", "no-bundle"]);
    assert_eq!(minutes(&loaded), None);
    let due = loaded.due.expect("a time to read again");
    assert_eq!(due, NOW + 2 * DAY);
    assert_eq!(minutes(&office.load_at(due)), Some(5));
}

#[test]
fn bundles_that_are_each_a_day_ahead_of_the_former_one_do_not_move_the_clock() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    for day in 1..=3 {
        let bundle = office.bundle(Role::Routine, day, r#"{"scope": "tenant"}"#);
        office.put("b.bundle", &office.issued(NOW + day * DAY, bundle));
        let loaded = office.load_at(NOW + 5);
        let told: &[&str] = if day == 1 { &[] } else { &["bundle-not-yet"] };
        assert_eq!(codes(&loaded), told, "day {day}");
        assert_eq!(loaded.resolved.policy.clients.len(), 1, "day {day}");
    }
}
