//! Who vouches for a plugin, and what is refused where nobody does.

use std::collections::BTreeMap;
use std::path::PathBuf;

use deskhook_native::{
    AdmissionError, Admitted, MANIFEST, Manifest, OpenError, Plugin, SignatureError, Signer, Terms,
    Verified, admit, ran, signature_of,
};
use serde_json::{Value, json};

use crate::fixture::{Place, set_mode, template, whole};

fn signer(number: u8) -> Signer {
    Signer::new(&[number; 32], [number; 8])
}

/// A plugin of that version, signed by the first publisher.
fn signed(version: &str) -> Place {
    let place = Place::new().with_c(&[]);
    write(&place, &json!({ "version": version }));
    sign(&place, &signer(1));
    place
}

fn manifest(place: &Place) -> PathBuf {
    place.folder().join(MANIFEST)
}

/// Writes the manifest of what lies there, with `changes`.
fn write(place: &Place, changes: &Value) {
    let mut template = template();
    for (field, value) in changes.as_object().into_iter().flatten() {
        template[field] = value.clone();
    }
    let text = place.manifest(&template).to_json();
    std::fs::write(manifest(place), text).expect("it is ours");
    set_mode(&manifest(place), 0o644);
}

fn sign(place: &Place, signer: &Signer) {
    for file in [manifest(place), place.library()] {
        let bytes = std::fs::read(&file).expect("it is ours");
        std::fs::write(signature_of(&file), signer.sign(&bytes, "x")).expect("it is ours");
    }
}

fn trusting(place: &Place) -> Terms {
    let publishers = BTreeMap::from([("deskhook".to_owned(), signer(1).public_line())]);
    Terms {
        publishers,
        ..place.terms()
    }
}

fn admitted(place: &Place) -> Result<Verified, AdmissionError> {
    Ok(admit(&place.folder(), &trusting(place))?.verified)
}

fn pinned(place: &Place) -> Terms {
    let manifest = Manifest::read(&place.folder()).expect("it is ours");
    Terms {
        pinned: Some(manifest.sha256),
        ..place.terms()
    }
}

#[test]
fn a_plugin_of_a_trusted_publisher_is_admitted_and_runs() {
    let place = signed("1.0.0");
    let verified = admitted(&place).unwrap();
    assert!(Plugin::load(&verified).is_ok());
    // What a child is told of it.
    let told = serde_json::to_string(&verified).unwrap();
    assert_eq!(serde_json::from_str::<Verified>(&told).unwrap(), verified);
}

#[test]
fn without_a_trusted_publisher_policy_has_to_name_the_library() {
    let place = signed("1.0.0");
    let refused = admit(&place.folder(), &place.terms()).unwrap_err();
    assert!(matches!(refused, AdmissionError::Nobody { .. }));
    let said = refused.to_string();
    let help = "Extensions.Packages.org.deskhook.fixture.Sha256";
    assert!(
        said.contains(help) && said.contains("\"Deskhook\""),
        "{said}"
    );
    assert!(admit(&place.folder(), &pinned(&place)).is_ok());
    let other = Terms {
        pinned: Some("ab".repeat(32)),
        ..place.terms()
    };
    let refused = admit(&place.folder(), &other).unwrap_err();
    assert!(matches!(
        refused,
        AdmissionError::Open(OpenError::Hash { .. })
    ));
    // A key that is none trusts nobody.
    let publishers = BTreeMap::from([("Deskhook".to_owned(), "RWnonsense".to_owned())]);
    let terms = Terms {
        publishers,
        ..pinned(&place)
    };
    let refused = admit(&place.folder(), &terms).unwrap_err();
    assert!(matches!(refused, AdmissionError::Key { .. }));
}

#[test]
fn a_signature_that_is_missing_or_another_s_or_of_other_bytes_is_refused() {
    for file in [manifest, Place::library] {
        let place = signed("1.0.0");
        std::fs::remove_file(signature_of(&file(&place))).unwrap();
        let refused = admitted(&place).unwrap_err();
        assert!(
            matches!(refused, AdmissionError::Unsigned { .. }),
            "{refused}"
        );
    }
    let place = signed("1.0.0");
    sign(&place, &signer(2));
    let refused = admitted(&place).unwrap_err();
    assert!(is_signature(&refused, SignatureError::Key), "{refused}");
    // Asking for more than was signed.
    let place = signed("1.0.0");
    write(
        &place,
        &json!({ "capabilities": ["policy:Fixture", "net:*"] }),
    );
    let refused = admitted(&place).unwrap_err();
    assert!(is_signature(&refused, SignatureError::Changed), "{refused}");
    // Another library under the same manifest, and with a manifest of its own.
    let place = signed("1.0.0").with_c(&[("ANSWER", "\"tampered\"")]);
    let refused = admitted(&place).unwrap_err();
    assert!(matches!(
        refused,
        AdmissionError::Open(OpenError::Hash { .. })
    ));
    write(&place, &json!({}));
    assert!(is_signature(
        &admitted(&place).unwrap_err(),
        SignatureError::Changed
    ));
}

fn is_signature(refused: &AdmissionError, why: SignatureError) -> bool {
    matches!(refused, AdmissionError::Signature { source, .. } if *source == why)
}

#[test]
fn a_pinned_library_of_a_trusted_publisher_needs_their_signature_all_the_same() {
    let place = signed("1.0.0");
    sign(&place, &signer(2));
    let terms = Terms {
        publishers: trusting(&place).publishers,
        ..pinned(&place)
    };
    let refused = admit(&place.folder(), &terms).unwrap_err();
    assert!(is_signature(&refused, SignatureError::Key), "{refused}");
}

#[test]
fn an_older_version_does_not_come_back_unless_policy_names_it() {
    let place = signed("1.1.0");
    let Verified { .. } = admitted(&place).unwrap();
    ran(&place.terms().copies, "org.deskhook.fixture", "1.1.0").unwrap();
    assert!(admitted(&place).is_ok(), "the same again");
    write(&place, &json!({ "version": "1.0.9" }));
    sign(&place, &signer(1));
    let refused = admitted(&place).unwrap_err();
    let said = refused.to_string();
    assert!(matches!(refused, AdmissionError::Downgrade { .. }));
    assert!(said.contains("1.0.9") && said.contains("1.1.0"), "{said}");
    let terms = Terms {
        publishers: trusting(&place).publishers,
        ..pinned(&place)
    };
    assert!(admit(&place.folder(), &terms).is_ok());
}

#[test]
fn a_manifest_that_others_can_write_to_or_that_is_a_link_is_refused() {
    let place = signed("1.0.0");
    set_mode(&manifest(&place), 0o666);
    let refused = admitted(&place).unwrap_err();
    assert!(matches!(refused, AdmissionError::Place { .. }), "{refused}");
    set_mode(&manifest(&place), 0o644);
    let elsewhere = place.folder().join("elsewhere.json");
    std::fs::rename(manifest(&place), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, manifest(&place)).unwrap();
    let refused = admitted(&place).unwrap_err();
    assert!(
        matches!(refused, AdmissionError::Manifest { .. }),
        "{refused}"
    );
    let said = whole(&refused);
    assert!(
        said.contains("links are refused: put the file itself"),
        "{said}"
    );
}

#[test]
fn a_plugin_s_folder_that_is_a_link_is_refused_with_what_to_do() {
    let place = signed("1.0.0");
    let link = place.folder().with_file_name("link");
    std::os::unix::fs::symlink(place.folder(), &link).unwrap();
    let refused = admit(&link, &trusting(&place)).unwrap_err();
    assert!(matches!(refused, AdmissionError::Place { .. }));
    let said = whole(&refused);
    assert!(
        said.contains("links are refused: put the folder itself"),
        "{said}"
    );
}

#[test]
fn a_signature_s_file_that_is_none_says_what_is_wrong_with_it() {
    let place = signed("1.0.0");
    let file = signature_of(&place.library());
    let good = std::fs::read(&file).unwrap();
    let crlf = String::from_utf8_lossy(&good).replace('\n', "\r\n");
    let long = [&good[..], &vec![b' '; 10 << 20]].concat();
    for (bytes, why) in [
        (&b""[..], "it is empty"),
        (b"\xff\xfe", "it is not UTF-8"),
        (crlf.as_bytes(), "CR LF"),
        (&[&good[..], b"more\n"].concat(), "behind its four lines"),
        (&long, "is larger than 4 KiB"),
    ] {
        std::fs::write(&file, bytes).unwrap();
        let said = whole(&admitted(&place).unwrap_err());
        assert!(said.contains(why) && said.contains("Deskhook"), "{said}");
    }
    std::fs::remove_file(&file).unwrap();
    let said = whole(&admitted(&place).unwrap_err());
    let wanted = "no signature of \"Deskhook\" that can be read: there is no file ";
    assert!(said.contains(wanted), "{said}");
    std::fs::write(&file, good).unwrap();
    assert!(admitted(&place).is_ok());
}

#[test]
fn what_was_admitted_is_kept_so_that_it_can_be_judged_once_more() {
    let place = signed("1.0.0");
    let terms = trusting(&place);
    let Admitted { verified, evidence } = admit(&place.folder(), &terms).unwrap();
    let state = tempfile::tempdir().unwrap();
    let kept = state.path().join("kept");
    assert!(!evidence.is_kept(&kept));
    for _ in 0..2 {
        evidence.keep(verified.library(), &kept).unwrap();
    }
    assert!(evidence.is_kept(&kept));
    assert_eq!(admit(&kept, &terms).unwrap().verified, verified);
    assert_eq!(
        std::fs::read_dir(state.path()).unwrap().count(),
        1,
        "nothing aside"
    );
    // Whom nobody trusts any more comes back by no way.
    let nobody = place.terms();
    assert!(matches!(
        admit(&kept, &nobody).unwrap_err(),
        AdmissionError::Nobody { .. }
    ));
}

#[test]
fn a_publisher_who_is_called_nearly_the_same_was_perhaps_meant() {
    let place = signed("1.0.0");
    let publishers = BTreeMap::from([("Deskhok".to_owned(), signer(1).public_line())]);
    let terms = Terms {
        publishers,
        ..place.terms()
    };
    let said = admit(&place.folder(), &terms).unwrap_err().to_string();
    assert!(
        said.contains("did the policy mean it by \"Deskhok\"?"),
        "{said}"
    );
}
