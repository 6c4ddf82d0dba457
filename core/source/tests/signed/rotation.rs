use deskhook_wire::{PolicySigner, Role};

use crate::office::{NOW, Office, codes, minutes, tenant};

fn next() -> PolicySigner {
    PolicySigner::new(Role::Routine, &[3; 32])
}

/// A routine bundle of the old key, the next one, or both, issued so many seconds from now.
fn signed(signers: &[PolicySigner], serial: u64, after: u64) -> Vec<u8> {
    let text = tenant(u32::try_from(serial).unwrap());
    let mut bundle = Office::new().bundle(Role::Routine, serial, &text);
    bundle.issued = NOW + after;
    bundle.sign(signers).unwrap()
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
