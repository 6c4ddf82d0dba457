//! Any bytes as a client's configuration: rows about what policy names, and never a secret.

use std::sync::LazyLock;

use deskhook_policy::{Expectations, Installed, Layer, Subject, expectations, resolve};

const POLICY: &str = r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.Client": {
    "Direction": "incoming", "AccessControlList": ["*@acme"], "RemovePresetProfiles": ["_default"],
    "UnattendedAccess.Enabled": false, "RegisterAlias": true, "Namespace": "acme",
    "Advanced": {"ad.ui.lang": "de"}, "MinimumVersion": "9.0.4"}}}"#;

static EXPECTED: LazyLock<Expectations> = LazyLock::new(|| {
    let layers: Vec<Layer> = Layer::parse("a.json", POLICY).layer.into_iter().collect();
    assert_eq!(layers.len(), 1);
    expectations(&resolve(&layers, &Subject::everyone()), None)
});

pub(crate) fn check(data: &[u8]) {
    let mut installed = Installed::expecting(&EXPECTED);
    // What is no text is refused.
    let _ = installed.read("system.conf", data);
    let rows = installed.drift();
    assert!(rows.len() < 32, "{rows:?}");
    let told = format!("{rows:?}");
    for secret in ["pwd_hash", "pwd_salt", "token_salt", "PRIVATE"] {
        assert!(!told.contains(secret), "{told}");
    }
}
