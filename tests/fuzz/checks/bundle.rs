//! Any bytes as a signed bundle: read within bounds, and believed only as it was signed.

use std::sync::LazyLock;

use deskhook_wire::{BundleFrame, BundledLayer, PolicyBundle, PolicyKey, PolicySigner, Role};

static SIGNED: LazyLock<(Vec<PolicyKey>, Vec<u8>)> = LazyLock::new(|| {
    let signer = PolicySigner::new(Role::Routine, &[7; 32]);
    let keys = vec![signer.public()];
    let layer = BundledLayer {
        file: "a.json".to_owned(),
        text: r#"{"scope": "tenant", "settings": {}}"#.to_owned(),
    };
    let bundle = PolicyBundle {
        version: PolicyBundle::VERSION,
        role: Role::Routine,
        serial: 1,
        issued: 1,
        expires: 2,
        layers: vec![layer],
        next: None,
    };
    let bytes = bundle.sign(&[signer]);
    (keys, bytes.expect("it can be signed"))
});

pub(crate) fn check(data: &[u8]) {
    let (keys, own) = &*SIGNED;
    let Ok(frame) = BundleFrame::parse(data) else {
        return;
    };
    // What nobody proved may be looked at, and must not break anything.
    let _ = frame.unproved();
    if let Ok(signed) = frame.verify(keys) {
        // Signatures of strangers may stand beside ours; what it covers is ours to the byte.
        let payload = |bytes: &[u8]| {
            let at = bytes.windows(2).position(|pair| pair == b"\n\n");
            at.map(|at| bytes[at..].to_vec())
        };
        assert_eq!(payload(data), payload(own));
        assert!(signed.read().is_ok());
    }
}
