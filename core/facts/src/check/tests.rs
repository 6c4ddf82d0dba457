use std::path::Path;
use std::sync::mpsc;

use super::*;
use deskhook_hooks::{Bound, Chain, Context, HostQuestion, SessionRequest};
use deskhook_policy::ExtensionPolicy;
use deskhook_session::Judgement;
use serde_json::json;

/// A device with a given supply of power, no visible processes and no updates.
fn device(supply: &[(&str, &str)]) -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("sys/class/power_supply/BAT0");
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in supply {
        std::fs::write(folder.join(file), text).unwrap();
    }
    root
}

fn run(root: &Path, wanted: &[(&str, CheckMode)]) -> (Vec<Judgement>, Vec<HostQuestion>) {
    let mut policy = Policy::default();
    let named = wanted
        .iter()
        .map(|(name, mode)| ((*name).to_owned(), *mode));
    policy.session.checks = named.collect();
    let bound = |extension| Bound {
        extension,
        policy: ExtensionPolicy::default(),
    };
    let facts = Arc::new(Facts::below(root, root));
    let (tell, told) = mpsc::channel();
    let chain = Chain::new(
        checks(&policy, &facts).into_iter().map(bound).collect(),
        &tell,
    );
    let call = Call::new(
        Hook::SessionRequest,
        Context::default(),
        SessionRequest::default(),
    );
    let judgements = chain.decide(call);
    (judgements, told.try_iter().collect())
}

fn denial(judgement: &Judgement) -> Option<&str> {
    match &judgement.verdict {
        Some(Verdict::Deny { code, .. }) => Some(code),
        _ => None,
    }
}

const DISCHARGING: &[(&str, &str)] = &[("type", "Battery"), ("status", "Discharging")];

#[test]
#[cfg(target_os = "linux")]
fn a_failing_check_denies_or_warns_as_the_policy_says_and_never_allows() {
    let root = device(DISCHARGING);
    let (denied, _) = run(
        root.path(),
        &[("power", CheckMode::Deny), ("free-disk", CheckMode::Deny)],
    );
    assert_eq!(
        denied
            .iter()
            .map(|voice| voice.by.as_str())
            .collect::<Vec<_>>(),
        ["free-disk", "power"]
    );
    assert_eq!(
        (denied[0].verdict.as_ref(), denial(&denied[1])),
        (None, Some("on-battery"))
    );

    let (warned, logged) = run(root.path(), &[("power", CheckMode::Warn)]);
    assert_eq!(warned[0].verdict, None);
    assert!(
        warned[0]
            .note
            .as_ref()
            .is_some_and(|note| note.contains("battery"))
    );
    assert_eq!(logged.len(), 1);

    assert!(run(root.path(), &[("power", CheckMode::Off)]).0.is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn what_cannot_be_determined_denies_and_warns_too() {
    let empty = tempfile::tempdir().unwrap();
    for name in [
        "power",
        "disk-encryption",
        "antivirus",
        "updates",
        "firewall",
        "of-tomorrow",
    ] {
        let (denied, _) = run(empty.path(), &[(name, CheckMode::Deny)]);
        assert_eq!(denial(&denied[0]), Some(format!("{name}-unknown").as_str()));
        let (warned, _) = run(empty.path(), &[(name, CheckMode::Warn)]);
        assert!(
            warned[0].verdict.is_none() && warned[0].note.is_some(),
            "{name}"
        );
    }
}

#[test]
fn every_finding_is_a_sentence() {
    let values = [
        json!("off"),
        json!("battery"),
        json!("none"),
        json!("unknown"),
        json!(3),
        json!(99),
        json!(null),
    ];
    for name in [
        "disk-encryption",
        "firewall",
        "updates",
        "antivirus",
        "free-disk",
        "power",
        "x",
    ] {
        for value in &values {
            if let Finding::Wrong(code, message) = judge(name, value) {
                assert!(
                    message.ends_with('.') && message.starts_with(char::is_uppercase),
                    "{message}"
                );
                assert!(
                    code.bytes()
                        .all(|byte| byte.is_ascii_lowercase() || byte == b'-'),
                    "{code}"
                );
            }
        }
    }
    assert!(matches!(judge("free-disk", &json!(500)), Finding::Fine));
    assert!(matches!(
        judge("free-disk", &json!(499)),
        Finding::Wrong(..)
    ));
    assert!(matches!(judge("updates", &json!(30)), Finding::Fine));
    assert!(matches!(judge("updates", &json!(31)), Finding::Wrong(..)));
}
