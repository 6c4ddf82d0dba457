use std::path::Path;

use deskhook_wire::{PolicySigner, Role};

use crate::office::{CLIENT, Office, codes, minutes, tenant};

#[test]
fn a_trust_file_that_cannot_be_used_leaves_no_policy() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    let good = std::fs::read_to_string(office.trust()).unwrap();
    assert_eq!(office.load().resolved.policy.clients.len(), 1);
    let spoil: [&dyn Fn(&Path); 3] = [
        &|trust| std::fs::write(trust, "{\"keys\": []}").unwrap(),
        &|trust| std::fs::write(trust, "x".repeat(100_000)).unwrap(),
        &|trust| std::fs::remove_file(trust).unwrap(),
    ];
    for spoil in spoil {
        spoil(&office.trust());
        let loaded = office.load();
        assert_eq!(codes(&loaded), ["trust-unusable"]);
        assert!(loaded.resolved.policy.clients.is_empty());
    }
    office.trusts(&good);
    assert_eq!(office.load().resolved.policy.clients.len(), 1);
}

#[cfg(unix)]
#[test]
fn a_trust_file_that_others_can_change_is_not_trusted() {
    use std::os::unix::fs::PermissionsExt as _;
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, CLIENT));
    let open = std::fs::Permissions::from_mode(0o666);
    std::fs::set_permissions(office.trust(), open).unwrap();
    let loaded = office.load();
    assert_eq!(codes(&loaded), ["trust-unusable"]);
    assert!(
        loaded.problems[0].message.contains("0666"),
        "{:?}",
        loaded.problems
    );
}

#[test]
fn a_key_hands_over_to_another_and_is_worth_nothing_from_then_on() {
    let office = Office::new();
    office.put("a.bundle", &office.routine(u64::MAX, &tenant(10)));
    assert_eq!(minutes(&office.load()), Some(10));
    let new = PolicySigner::new(Role::Routine, &[3; 32]);
    office.put("rotate.bundle", &office.handing_over(&new));
    let loaded = office.load();
    assert_eq!((loaded.problems.len(), minutes(&loaded)), (0, Some(10)));
    let signed = |signer: &PolicySigner, serial, minutes| {
        let bundle = office.bundle(Role::Routine, serial, &tenant(minutes));
        bundle.sign(std::slice::from_ref(signer)).unwrap()
    };
    // The old key had used up all numbers: that binds the new one to nothing.
    office.put("a.bundle", &signed(&new, 1, 20));
    assert_eq!(minutes(&office.load()), Some(20));
    office.take_away("rotate.bundle");
    office.put(
        "a.bundle",
        &signed(&office.signer(Role::Routine), u64::MAX, 30),
    );
    let loaded = office.load();
    assert_eq!(codes(&loaded), ["bundle-untrusted"]);
    assert_eq!(minutes(&loaded), Some(20));
}

#[test]
fn a_new_trust_file_outweighs_what_was_handed_over_of_an_old_one() {
    let office = Office::new();
    office.put("a.bundle", &office.routine(7, &tenant(10)));
    let new = PolicySigner::new(Role::Routine, &[3; 32]);
    office.put("rotate.bundle", &office.handing_over(&new));
    office.load();
    let installed = PolicySigner::new(Role::Routine, &[4; 32]);
    office.trusts(&installed.public().line());
    let bundle = office.bundle(Role::Routine, 1, &tenant(40));
    office.put("a.bundle", &bundle.sign(&[installed]).unwrap());
    assert_eq!(minutes(&office.load()), Some(40));
    office.put("a.bundle", &bundle.sign(&[new]).unwrap());
    let loaded = office.load();
    assert!(
        codes(&loaded).contains(&"bundle-untrusted"),
        "{:?}",
        loaded.problems
    );
    assert_eq!(minutes(&loaded), Some(40));
}

#[test]
fn what_a_role_restricted_is_missed_until_a_key_that_is_trusted_now_signs_it() {
    let office = Office::new();
    office.put("a.bundle", &office.critical(1, &tenant(60)));
    let enabled = CLIENT.split("\n").next().unwrap_or_default();
    let enabled = format!("{}}}}}", enabled.trim_end_matches(','));
    office.put("b.bundle", &office.routine(1, &enabled));
    assert_eq!(office.load().resolved.policy.clients.len(), 1);
    let new = PolicySigner::new(Role::Critical, &[5; 32]);
    let routine = office.signer(Role::Routine).public().line();
    office.trusts(&format!("{}\n{routine}", new.public().line()));
    let loaded = office.load();
    let told = ["last-good-untrusted", "bundle-untrusted", "policy-lost"];
    assert_eq!(codes(&loaded), told);
    assert!(loaded.resolved.policy.clients.is_empty());
    let bundle = office.bundle(Role::Critical, 1, &tenant(5));
    office.put("a.bundle", &bundle.sign(&[new]).unwrap());
    office.load();
    let loaded = office.load();
    assert_eq!((loaded.problems.len(), minutes(&loaded)), (0, Some(5)));
    assert_eq!(loaded.resolved.policy.clients.len(), 1);
}
