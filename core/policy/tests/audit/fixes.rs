use deskhook_policy::{Audit, Finding};
use proptest::prelude::*;

use crate::cases::cases;
use crate::{audited, files, of};

fn has(audit: &Audit, finding: &Finding) -> bool {
    let fingerprint = finding.fingerprint();
    audit.findings.iter().any(|other| {
        other.rule == finding.rule
            && other.about == finding.about
            && other.fingerprint() == fingerprint
    })
}

/// The files with the fix of `finding` beside them, as a user would keep it; pairs go into their file.
fn mended(files: &[(String, String)], finding: &Finding) -> Vec<(String, String)> {
    let mut files = files.to_vec();
    let text = finding.fix.text();
    if finding.fix.is_pairs() {
        let file = files
            .iter_mut()
            .find(|(name, _)| *name == finding.fix.beside.file);
        let (_, pairs) = file.expect("pairs are for a file that is there");
        pairs.push_str(&format!("\n\n{text}\n"));
    } else {
        files.push((format!("fix-{}.json", finding.rule.id), text));
    }
    files
}

#[test]
fn the_fix_of_every_finding_is_a_layer_beside_the_others_that_mends_it() {
    for case in cases() {
        let before = files(case.bad);
        let found = audited(&before);
        for finding in &found.findings {
            let after = audited(&mended(&before, finding));
            let text = finding.fix.text();
            assert!(
                !has(&after, finding),
                "{} is still there after\n{text}\nbeside {before:#?}",
                finding.message
            );
            assert!(
                after.problems.len() <= found.problems.len(),
                "{text}\n{:#?}",
                after.problems
            );
        }
        let rule = of(&found, case.rule)[0];
        let after = audited(&mended(&before, rule));
        assert!(of(&after, case.rule).is_empty(), "{}", case.rule);
    }
}

#[test]
fn all_fixes_together_leave_nothing_open() {
    let text = r#"{"scope": "tenant", "name": "Acme", "settings": {
        "Session.Consent.Mode": "never",
        "Integration.AnyDesk": {"Enabled": true, "Client": {
            "AccessControlList": ["*", "*@other", "123456789"],
            "UnattendedAccess": {"Enabled": true},
            "PermissionProfiles": {"My own": {"vpn": true, "file_manager": true}},
            "Advanced": {"ad.security.tcp_tunnel": 1, "ad.features.unattended": 1}}}}}"#;
    let supporters = r#"{"scope": "group", "name": "supporters", "settings": {"Integration.AnyDesk.Client.Direction": "outgoing"}}"#;
    let mut files = files(&[text, supporters]);
    for round in 0.. {
        let audit = audited(&files);
        if audit.findings.is_empty() {
            break;
        }
        assert!(round < 3, "after {round} rounds: {:#?}", audit.findings);
        for (number, finding) in audit.findings.iter().enumerate() {
            files.push((format!("fix-{round}-{number:02}.json"), finding.fix.text()));
        }
    }
}

#[test]
fn pairs_are_mended_in_their_own_file() {
    let pairs = "Key = Integration.AnyDesk.Enabled\nValue = true\n\nKey = Integration.AnyDesk.BootstrapperUrl\nValue = \"https://get.acme.com/a\"\n";
    let before = files(&[pairs]);
    let found = audited(&before);
    let acl = of(&found, "direction")[0];
    assert_eq!(
        acl.fix.text(),
        "Key = Integration.AnyDesk.Client.Direction\nValue = \"incoming\""
    );
    for finding in found
        .findings
        .iter()
        .filter(|finding| finding.fix.change.remove.is_empty())
    {
        let after = audited(&mended(&before, finding));
        assert!(
            of(&after, finding.rule.id).is_empty(),
            "{}",
            finding.fix.text()
        );
    }
    let unpinned = of(&found, "bootstrapper-unpinned")[0];
    assert_eq!(
        unpinned.fix.text(),
        "# Take Integration.AnyDesk.BootstrapperUrl out of this file."
    );
}

#[test]
fn what_supporters_inherit_is_mended_for_supporters_alone() {
    let tenant = r#"{"scope": "tenant", "priority": 90, "settings": {"Integration.AnyDesk": {"Enabled": true,
        "Client": {"Direction": "incoming", "PermissionProfiles": {"Support": {"input": true}}}}}}"#;
    let supporters = r#"{"scope": "group", "name": "Supporters", "settings": {"Integration.AnyDesk.Client.Direction": "outgoing"}}"#;
    let audit = audited(&files(&[tenant, supporters]));
    let found = of(&audit, "outgoing-permissions")[0];
    assert_eq!(found.layer.scope.to_string(), "tenant");
    assert_eq!(
        found.fix.text(),
        r#"{
  "scope": "group",
  "name": "Supporters",
  "priority": 1,
  "settings": {
    "Integration.AnyDesk.Client.PermissionProfiles.Support.input": false
  }
}"#
    );
}

/// Client settings of any kind, some right, some wrong.
fn any_client() -> impl Strategy<Value = serde_json::Value> {
    let switch = || prop::option::of(any::<bool>());
    let direction = prop::option::of(prop::sample::select(vec![
        "incoming",
        "outgoing",
        "bidirectional",
    ]));
    let entries = vec!["*", "*@ad", "*@acme", "jo@ad", "1*", "*@other", "123456789"];
    let list = prop::option::of(prop::collection::vec(prop::sample::select(entries), 0..4));
    let names = vec![
        "tcp_tunnel",
        "VPN",
        "input",
        "file_manager",
        "restart",
        "privacy_feature",
    ];
    let permissions = prop::collection::btree_map(prop::sample::select(names), any::<bool>(), 0..4);
    let profile = prop::sample::select(vec!["Support", "First line", "_default"]);
    let profiles = prop::collection::btree_map(profile, permissions, 0..3);
    let flags = (switch(), switch(), switch(), switch(), switch());
    let rest = (
        direction,
        list,
        profiles,
        prop::option::of(Just("acme")),
        flags,
    );
    rest.prop_map(|(direction, list, profiles, namespace, flags)| {
        let (login, book, enabled, factor, alias) = flags;
        let mut client = serde_json::json!({"Direction": direction, "AccessControlList": list,
            "PermissionProfiles": profiles, "Namespace": namespace, "ForceUserLogin": login,
            "DisableAddressBook": book, "RegisterAlias": alias,
            "UnattendedAccess": {"Enabled": enabled, "TwoFactor": factor}});
        clean(&mut client);
        client
    })
}

/// Takes out what is not set.
fn clean(value: &mut serde_json::Value) {
    if let Some(object) = value.as_object_mut() {
        object.retain(|_, value| !value.is_null());
        object.values_mut().for_each(clean);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_found_its_fix_mends(
        tenant in any_client(),
        group in any_client(),
        priority in -3i64..3,
    ) {
        let layer = |scope: &str, client: &serde_json::Value| serde_json::json!({
            "scope": scope, "name": "Acme", "priority": priority,
            "settings": {"Integration.AnyDesk": {"Enabled": true, "Client": client}}}).to_string();
        let before = files(&[&layer("tenant", &tenant), &layer("group", &group)]);
        for finding in &audited(&before).findings {
            let after = audited(&mended(&before, finding));
            prop_assert!(!has(&after, finding), "{}\n{}", finding.message, finding.fix.text());
            prop_assert!(after.problems.is_empty(), "{:?}", after.problems);
        }
    }
}
