use std::collections::BTreeSet;

use deskhook_policy::rules;

use crate::cases::cases;
use crate::{audited, files, of};

#[test]
fn every_rule_that_can_be_checked_has_a_case() {
    let cases: BTreeSet<&str> = cases().map(|case| case.rule).collect();
    let rules: BTreeSet<&str> = rules()
        .filter(|rule| !rule.is_manual())
        .map(|rule| rule.id)
        .collect();
    assert_eq!(cases, rules);
}

#[test]
fn every_rule_finds_what_violates_it_and_nothing_in_what_holds() {
    for case in cases() {
        let bad = audited(&files(case.bad));
        assert_eq!(
            of(&bad, case.rule).len(),
            1,
            "{} in {:#?}",
            case.rule,
            case.bad
        );
        let good = audited(&files(case.good));
        assert!(
            of(&good, case.rule).is_empty(),
            "{} in {:#?}",
            case.rule,
            case.good
        );
    }
}

#[test]
fn the_place_is_what_sets_the_key_or_what_enables_the_client() {
    let set = r#"{"scope": "tenant", "settings": {"Integration.AnyDesk": {
  "Enabled": true,
  "Client": {"Direction": "bidirectional"}}}}"#;
    let audit = audited(&files(&[set]));
    let place = |rule: &str| of(&audit, rule)[0].place.to_string();
    assert_eq!(place("direction"), "0.json:3:27");
    assert_eq!(place("acl-missing"), "0.json:2:14");
    let described =
        r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.Client.Namespace": "acme"}}"#;
    let audit = audited(&files(&[described]));
    assert_eq!(
        of(&audit, "acl-missing")[0].place.to_string(),
        "0.json:1:74"
    );
}

#[test]
fn a_policy_without_a_client_has_nothing_to_deviate() {
    for text in [
        r#"{"scope": "tenant", "settings": {}}"#,
        r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.Enabled": false}}"#,
        r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.BootstrapperUrl": "https://a.b/c"}}"#,
        r#"{"scope": "tenant", "settings": {"Integration.Vnc.Enabled": true}}"#,
    ] {
        let audit = audited(&files(&[text]));
        assert_eq!(audit.findings, [], "{text}");
        assert!(audit.holds());
    }
}

#[test]
fn errors_come_before_warnings_and_notes() {
    let audit = audited(&files(&[
        r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.Enabled": true}}"#,
    ]));
    let levels: Vec<_> = audit
        .findings
        .iter()
        .map(|finding| finding.rule.level)
        .collect();
    let mut sorted = levels.clone();
    sorted.sort_by(|one, other| other.cmp(one));
    assert_eq!(levels, sorted);
    assert!(levels.len() > 5, "{levels:?}");
    assert!(!audit.holds());
}

#[test]
fn every_profile_is_a_finding_of_its_own() {
    let text = r#"{"scope": "tenant", "settings": {"Integration.AnyDesk.Client.PermissionProfiles": {
        "One": {"file_manager": true}, "Two": {"clipboard_files": true, "file_manager": true}}}}"#;
    let audit = audited(&files(&[text]));
    let found: Vec<&str> = of(&audit, "permission-files")
        .iter()
        .map(|f| f.message.as_str())
        .collect();
    assert_eq!(
        found,
        [
            "the profile One moves files on and off the device: file_manager",
            "the profile Two moves files on and off the device: clipboard_files, file_manager",
        ]
    );
}

#[test]
fn a_fingerprint_stays_when_lines_move_and_tells_profiles_apart() {
    let text = |space: &str| {
        format!(
            r#"{{{space}"scope": "tenant", "settings": {{"Integration.AnyDesk.Client.PermissionProfiles": {{
        "One": {{"vpn": true}}, "Two": {{"vpn": true}}}}}}}}"#
        )
    };
    let prints = |space: &str| -> Vec<String> {
        let audit = audited(&files(&[text(space).as_str()]));
        audit
            .findings
            .iter()
            .map(deskhook_policy::Finding::fingerprint)
            .collect()
    };
    assert_eq!(prints(""), prints("\n\n  "));
    let all = prints("");
    let different: BTreeSet<&String> = all.iter().collect();
    assert_eq!(different.len(), all.len());
}
