use super::*;

fn signer(role: Role, seed: u8) -> PolicySigner {
    PolicySigner::new(role, &[seed; 32])
}

fn bundle() -> PolicyBundle {
    PolicyBundle {
        version: 1,
        role: Role::Critical,
        serial: 7,
        issued: 1_800_000_000,
        expires: 1_800_086_400,
        layers: vec![BundledLayer {
            file: "1.json".into(),
            text: "{\"scope\": \"tenant\"}\n".into(),
        }],
        next: None,
    }
}

fn read(bytes: &[u8], keys: &[PolicyKey]) -> Result<PolicyBundle, BundleError> {
    BundleFrame::parse(bytes)?.verify(keys)?.read()
}

fn code(result: Result<PolicyBundle, BundleError>) -> &'static str {
    result.expect_err("it is refused").code()
}

#[test]
fn what_was_signed_comes_back_to_those_who_trust_the_key() {
    let signer = signer(Role::Critical, 1);
    let bytes = bundle().sign(std::slice::from_ref(&signer)).unwrap();
    assert_eq!(read(&bytes, &[signer.public()]).unwrap(), bundle());
}

#[test]
fn no_changed_byte_and_no_cut_is_ever_believed() {
    let signer = signer(Role::Critical, 1);
    let keys = [signer.public()];
    let bytes = bundle().sign(&[signer]).unwrap();
    for at in 0..bytes.len() {
        for bit in 0..8 {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            assert!(read(&changed, &keys).is_err(), "bit {bit} of byte {at}");
        }
        assert!(read(&bytes[..at], &keys).is_err(), "cut at {at}");
    }
    for more in [&b"\n"[..], b" ", b"}", b"\0"] {
        assert!(read(&[&bytes, more].concat(), &keys).is_err());
    }
}

#[test]
fn a_key_signs_its_own_role_and_no_other() {
    let (critical, routine) = (signer(Role::Critical, 1), signer(Role::Routine, 2));
    let stolen = PolicySigner::new(Role::Critical, &[2; 32]);
    let bytes = bundle().sign(&[stolen]).unwrap();
    let keys = [critical.public(), routine.public()];
    assert_eq!(code(read(&bytes, &keys)), "bundle-role");
    assert_eq!(code(read(&bytes, &keys[..1])), "bundle-untrusted");
    let refused = bundle().sign(&[routine]).unwrap_err();
    assert_eq!(refused.code(), "bundle-role");
}

#[test]
fn a_signature_of_one_role_is_none_of_the_other() {
    let bytes = bundle().sign(&[signer(Role::Critical, 1)]).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let routine = text.replacen("signature critical", "signature routine", 1);
    let keys = [signer(Role::Routine, 1).public()];
    assert_eq!(code(read(routine.as_bytes(), &keys)), "bundle-changed");
}

#[test]
fn one_trusted_signature_is_enough_and_a_bad_one_of_a_trusted_key_is_too_much() {
    let (one, other) = (signer(Role::Critical, 1), signer(Role::Critical, 2));
    let keys = [one.public(), other.public()];
    let bytes = bundle().sign(&[one, other]).unwrap();
    assert!(read(&bytes, &keys[..1]).is_ok());
    assert!(read(&bytes, &keys[1..]).is_ok());
    let text = String::from_utf8(bytes).unwrap();
    let second = text.lines().nth(2).unwrap().to_owned();
    let (head, signature) = second.rsplit_once(' ').unwrap();
    let spoilt: String = signature
        .char_indices()
        .map(|(at, c)| match (at, c) {
            (5, 'A') => 'B',
            (5, _) => 'A',
            _ => c,
        })
        .collect();
    let spoilt = text.replace(&second, &format!("{head} {spoilt}"));
    assert_eq!(code(read(spoilt.as_bytes(), &keys)), "bundle-changed");
}

#[test]
fn a_frame_of_many_shapes_is_refused_without_looking_far() {
    let line = "signature critical 0123456789abcdef ";
    let signature = format!("{}==", "A".repeat(86));
    let cases = [
        (String::new(), "bundle-damaged"),
        ("deskhook-bundle/2\n\n{}".into(), "bundle-damaged"),
        ("deskhook-bundle/1\n".into(), "bundle-damaged"),
        ("deskhook-bundle/1\n\n{}".into(), "bundle-unsigned"),
        ("deskhook-bundle/1\nsignature\n\n".into(), "bundle-damaged"),
        (
            format!("deskhook-bundle/1\n{line}{signature}"),
            "bundle-damaged",
        ),
        (
            format!("deskhook-bundle/1\n{line}{signature} \n\n"),
            "bundle-damaged",
        ),
        (
            format!("deskhook-bundle/1\r\n{line}{signature}\r\n\r\n"),
            "bundle-damaged",
        ),
        (
            format!("deskhook-bundle/1\n{line}{signature}\n{line}{signature}\n\n"),
            "bundle-damaged",
        ),
        (
            format!("deskhook-bundle/1\n{}", "x".repeat(1000)),
            "bundle-damaged",
        ),
        (
            format!("deskhook-bundle/1\n{line}{signature}\n\n"),
            "bundle-untrusted",
        ),
    ];
    for (text, wanted) in cases {
        assert_eq!(code(read(text.as_bytes(), &[])), wanted, "{text:?}");
    }
    let huge = vec![b'x'; LARGEST_BUNDLE + 1];
    assert_eq!(code(read(&huge, &[])), "bundle-too-large");
}

#[test]
fn what_a_bundle_says_of_itself_has_to_make_sense() {
    type Change = fn(&mut PolicyBundle);
    let cases: &[Change] = &[
        |bundle| bundle.version = 2,
        |bundle| bundle.expires = bundle.issued,
        |bundle| bundle.expires = bundle.issued + LONGEST_VALIDITY + 1,
        |bundle| bundle.issued = u64::MAX,
        |bundle| bundle.layers[0].file = "../1.json".into(),
        |bundle| bundle.layers[0].file = ".1.json".into(),
        |bundle| bundle.layers[0].file = "a\u{1b}[2J.json".into(),
        |bundle| bundle.layers[0].file = String::new(),
        |bundle| bundle.layers.push(bundle.layers[0].clone()),
        |bundle| bundle.next = Some(signer(Role::Critical, 2).public()),
        |bundle| {
            bundle.layers.clear();
            bundle.next = Some(signer(Role::Routine, 2).public());
        },
    ];
    for (number, change) in cases.iter().enumerate() {
        let mut bundle = bundle();
        change(&mut bundle);
        let signed = bundle.sign(&[signer(Role::Critical, 1)]);
        assert!(signed.is_err(), "case {number}");
    }
}

#[test]
fn an_unknown_field_is_refused_though_it_was_signed() {
    let signer = signer(Role::Critical, 1);
    let keys = [signer.public()];
    let payload = serde_json::to_string(&bundle()).unwrap();
    for changed in [
        payload.replacen("{\"version\"", "{\"not_before\":1,\"version\"", 1),
        payload.replacen("\"critical\"", "\"routine\"", 1),
        payload.replacen("\"serial\":7", "\"serial\":7,\"serial\":8", 1),
        "[]".to_owned(),
    ] {
        let bytes = frame::write(
            Role::Critical,
            std::slice::from_ref(&signer),
            changed.as_bytes(),
        );
        assert!(read(&bytes, &keys).is_err(), "{changed}");
    }
}

#[test]
fn a_key_takes_over_only_where_it_has_signed_as_well() {
    let (old, new) = (signer(Role::Critical, 1), signer(Role::Critical, 2));
    let keys = [old.public()];
    let handing = PolicyBundle {
        layers: vec![],
        next: Some(new.public()),
        ..bundle()
    };
    let alone = handing.sign(std::slice::from_ref(&old)).unwrap();
    assert_eq!(code(read(&alone, &keys)), "bundle-content");
    let unasked = handing.sign(std::slice::from_ref(&new)).unwrap();
    assert_eq!(code(read(&unasked, &keys)), "bundle-untrusted");
    let both = handing.sign(&[old, new]).unwrap();
    assert_eq!(read(&both, &keys).unwrap(), handing);
}

#[test]
fn a_trust_file_is_lines_of_keys_or_a_list_of_them() {
    let (one, other) = (
        signer(Role::Critical, 1).public(),
        signer(Role::Routine, 2).public(),
    );
    let lines = format!("{}\n{}\n", one.line(), other.line());
    let list = format!("{{\"keys\": [{}, {}]}}", one.line(), other.line());
    for text in [lines.clone(), list] {
        assert_eq!(
            PolicyKey::list(&text).unwrap(),
            [one.clone(), other.clone()]
        );
    }
    let other_name = lines.replacen(&one.id, "0123456789abcdef", 1);
    for (text, told) in [
        ("", "no key"),
        ("{\"keys\": []}", "no key"),
        ("# my keys", "line 1, column 1"),
        (&one.line().replace("critical", "root"), "entry 1"),
        (&format!("{lines}{lines}"), "twice"),
        (&other_name, "one of the two is a slip"),
        ("{\"keys\": [], \"threshold\": 2}", "threshold"),
    ] {
        let error = PolicyKey::list(text).unwrap_err().to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
}

#[test]
fn a_weak_key_is_none_whoever_lists_it() {
    let zero = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, [0; 32]);
    let text = format!(r#"{{"role": "critical", "id": "66687aadf862bd77", "public": "{zero}"}}"#);
    assert!(PolicyKey::list(&text).is_err());
}

#[test]
fn the_file_of_a_signer_is_one_signer_or_none() {
    let signer = signer(Role::Routine, 3);
    let text = signer.to_text();
    let same = PolicySigner::from_text(&text).unwrap();
    assert_eq!(same.public(), signer.public());
    assert!(text.contains("Keep it secret"), "{text}");
    assert!(!format!("{signer:?}").contains("AwMD"), "{signer:?}");
    for cut in 0..text.trim_end().len() {
        assert!(PolicySigner::from_text(&text[..cut]).is_none(), "{cut}");
    }
    let other = text.replace(&signer.public().id, "0123456789abcdef");
    assert!(PolicySigner::from_text(&other).is_none());
}

#[test]
fn a_bundle_that_was_copied_as_a_text_says_so() {
    let signer = signer(Role::Critical, 1);
    let bytes = bundle().sign(std::slice::from_ref(&signer)).unwrap();
    let text = String::from_utf8(bytes).unwrap().replace('\n', "\r\n");
    assert!(is_bundle(text.as_bytes()));
    let refused = read(text.as_bytes(), &[signer.public()]).unwrap_err();
    assert!(matches!(refused, BundleError::LineEnds), "{refused}");
    assert_eq!(refused.code(), "bundle-damaged");
}
