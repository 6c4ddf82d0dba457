use std::path::Path;

use deskhook_policy::rules;

use crate::{audited, files};

/// The guide's use case: an incoming client for everybody, an outgoing one for the support staff.
const EVERYBODY: &str = r#"{"scope": "tenant", "name": "Acme", "settings": {"Integration.AnyDesk": {
    "Enabled": true,
    "BootstrapperUrl": "https://downloads.acme.example/AnyDesk.exe",
    "BootstrapperSha256": "0000000000000000000000000000000000000000000000000000000000000000",
    "Client": {
        "Direction": "incoming",
        "AccessControlList": ["*@acme"],
        "Namespace": "acme",
        "RegisterAlias": true,
        "AssignToLicense": true,
        "DisableSettings": true,
        "DisableAddressBook": true,
        "DisableTcpListen": true,
        "MinimumVersion": "9.0.4",
        "PermissionProfiles": {"Support": {"input": true, "user_pointer": true}},
        "Advanced": {
            "ad.security.permission_profiles._default.removed": 1,
            "ad.security.permission_profiles._screen_sharing.removed": 1,
            "ad.security.permission_profiles._full_access.removed": 1,
            "ad.security.permission_profiles.unattended access.removed": 1}}}}}"#;

const SUPPORTERS: &str = r#"{"scope": "group", "name": "supporters",
    "remove": ["Integration.AnyDesk.Client.PermissionProfiles"],
    "settings": {"Integration.AnyDesk.Client": {
        "Direction": "outgoing",
        "ForceUserLogin": true,
        "DisableAddressBook": false,
        "Advanced": {"ad.anydesk.register.add_to_namespace": true}}}}"#;

#[test]
fn the_use_case_of_the_guide_has_no_finding() {
    let audit = audited(&files(&[EVERYBODY, SUPPORTERS]));
    assert_eq!(audit.findings, []);
    assert_eq!(audit.problems, []);
}

#[test]
fn the_settings_of_the_realmjoin_page_alone_are_far_from_it() {
    let pairs = r#"Key = Integration
Value = {"AnyDesk": {"Enabled": true, "BootstrapperUrl": "https://files.acme.example/AnyDesk.exe", "Ui": {"TrayMenuTextEnglish": "Start remote session"}}}
"#;
    let audit = audited(&files(&[pairs]));
    let found: Vec<&str> = audit
        .findings
        .iter()
        .map(|finding| finding.rule.id)
        .collect();
    assert_eq!(
        found,
        [
            "direction",
            "acl-missing",
            "bootstrapper-unpinned",
            "settings-open",
            "address-book-open",
            "tcp-listening",
            "minimum-version",
            "namespace-missing",
            "preset-profiles",
            "license-unassigned",
            "alias-unregistered",
        ]
    );
}

#[test]
fn the_reference_lists_every_rule_as_it_is() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let guide = std::fs::read_to_string(path).expect("the reference is where it always was");
    let rows = rules().map(|rule| {
        let level = if rule.is_manual() {
            "by hand"
        } else {
            rule.level.word()
        };
        format!(
            "| `{}` | {level} | {} | {} |",
            rule.id, rule.title, rule.basis
        )
    });
    let missing: Vec<String> = rows.filter(|row| !guide.contains(row.as_str())).collect();
    assert!(
        missing.is_empty(),
        "these rows are missing:\n{}",
        missing.join("\n")
    );
    let listed = guide.lines().filter(|line| {
        let mut cells = line.split(" | ");
        let level = cells.nth(1).unwrap_or_default();
        line.starts_with("| `") && ["error", "warning", "note", "by hand"].contains(&level)
    });
    assert_eq!(
        listed.count(),
        rules().count(),
        "a row is there of a rule that is gone"
    );
}
