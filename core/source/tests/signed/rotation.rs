use deskhook_wire::{PolicySigner, Role};

use crate::office::{NOW, Office, codes, minutes, tenant};

fn next() -> PolicySigner {
    PolicySigner::new(Role::Routine, &[3; 32])
}

/// A routine bundle of the old key, the next one, or both, issued so many seconds from now.
fn signed(signers: &[PolicySigner], serial: u64, after: u64) -> Vec<u8> {
    let text = tenant(u32::try_from(serial).expect("a small number"));
    let mut bundle = Office::new().bundle(Role::Routine, serial, &text);
    bundle.issued = NOW + after;
    bundle.sign(signers).expect("it makes sense")
}

#[test]
fn a_key_that_takes_over_brings_no_older_bundle_back() {
    let old = || Office::new().signer(Role::Routine);
    let both = || [old(), next()];
    // Signed by both within a second, or by the old one alone (as with the other's line taken
    // away) a second later.
    for second in [signed(&both(), 6, 0), signed(&[old()], 6, 1)] {
        let office = Office::new();
        office.put("a.bundle", &second);
        assert_eq!(minutes(&office.load_at(NOW + 1)), Some(6));
        office.put("a.bundle", &signed(&both(), 5, 0));
        office.put("rotate.bundle", &office.handing_over(&next()));
        for _ in 0..2 {
            let loaded = office.load_at(NOW + 1);
            assert_eq!(codes(&loaded), ["bundle-old"]);
            assert_eq!(minutes(&loaded), Some(6));
        }
        office.put("a.bundle", &signed(&[next()], 7, 2));
        let loaded = office.load_at(NOW + 2);
        assert_eq!((codes(&loaded).len(), minutes(&loaded)), (0, Some(7)));
    }
}

#[test]
fn a_key_that_handed_over_is_worth_nothing_where_the_next_one_was_trusted_already() {
    let office = Office::new();
    let old = || office.signer(Role::Routine);
    let lines = [old().public().line(), next().public().line()];
    office.trusts(&lines.join("\n"));
    office.put("rotate.bundle", &office.handing_over(&next()));
    office.put("a.bundle", &signed(&[next()], 5, 0));
    assert_eq!(minutes(&office.load()), Some(5));
    office.put("a.bundle", &signed(&[old()], 6, 0));
    for _ in 0..2 {
        let loaded = office.load();
        assert_eq!(codes(&loaded), ["bundle-untrusted"]);
        assert_eq!(minutes(&loaded), Some(5));
    }
    // A device that never knew the old one has nothing to do.
    let office = Office::new();
    let rotate = office.handing_over(&next());
    office.trusts(&next().public().line());
    office.put("rotate.bundle", &rotate);
    office.put("a.bundle", &signed(&[next()], 5, 0));
    let loaded = office.load();
    assert_eq!((codes(&loaded).len(), minutes(&loaded)), (0, Some(5)));
}

/// With a line of a stranger's signature more, which anybody can write there.
fn with_another_line(bundle: &[u8]) -> Vec<u8> {
    let nothing = format!("{}==", "A".repeat(86));
    let line = format!("\nsignature routine 00000000000000aa {nothing}\n\n");
    let text = String::from_utf8(bundle.to_vec()).expect("a bundle is text");
    text.replacen("\n\n", &line, 1).into_bytes()
}

#[test]
fn a_handing_over_that_was_taken_back_is_not_repeated_by_another_line() {
    let office = Office::new();
    let old = || office.signer(Role::Routine);
    office.put("1.bundle", &office.handing_over(&next()));
    office.load();
    let back = deskhook_wire::PolicyBundle {
        layers: vec![],
        next: Some(old().public()),
        ..office.bundle(Role::Routine, 2, "")
    };
    office.put("2.bundle", &back.sign(&[next(), old()]).unwrap());
    office.load();
    office.put(
        "1.bundle",
        &with_another_line(&office.handing_over(&next())),
    );
    office.put("a.bundle", &signed(&[old()], 5, 0));
    let loaded = office.load();
    assert_eq!((codes(&loaded).len(), minutes(&loaded)), (0, Some(5)));
}

#[test]
fn a_bundle_with_another_line_is_the_same_bundle() {
    let office = Office::new();
    let bundle = signed(&[office.signer(Role::Routine)], 5, 0);
    for bytes in [with_another_line(&bundle), bundle] {
        office.put("a.bundle", &bytes);
        let loaded = office.load();
        assert_eq!((codes(&loaded).len(), minutes(&loaded)), (0, Some(5)));
    }
}
