//! From policy to the lines of the vendor's generator.

use deskhook_policy::{
    ClientRole, ClientSettings, Direction, Evidence, Layer, Problem, Resolved, Subject,
    client_settings, resolve,
};

/// One tenant layer with these settings of the client's.
fn resolved(client: &str) -> Resolved {
    let text =
        format!(r#"{{"scope": "tenant", "settings": {{"Integration.AnyDesk.Client": {client}}}}}"#);
    let parsed = Layer::parse("acme.json", &text);
    assert_eq!(parsed.problems, [], "{text}");
    let layer = parsed.layer.expect("it is a layer");
    resolve(&[layer], &Subject::everyone())
}

fn made(client: &str, role: ClientRole) -> ClientSettings {
    client_settings(&resolved(client), role).expect("policy and role agree")
}

fn lines(settings: &ClientSettings) -> Vec<String> {
    settings.lines.iter().map(ToString::to_string).collect()
}

fn form(settings: &ClientSettings) -> Vec<(&str, &str)> {
    let entries = settings.form.iter();
    entries
        .map(|entry| (entry.name, entry.value.as_str()))
        .collect()
}

/// The use case of the guide as one organisation would write it, for both roles.
const USE_CASE: &str = r#"{"AccessControlList": ["*@acme"], "Namespace": "acme", "RegisterAlias": true,
    "ForceUserLogin": true, "DisableSettings": true, "AssignToLicense": true,
    "RemovePresetProfiles": ["_unattended_access", "full access", "_screen_sharing", "Default", "_default"],
    "UnattendedAccess": {"Enabled": false}}"#;

#[test]
fn the_use_case_of_the_guide_gives_its_lines_and_no_others() {
    let user = made(USE_CASE, ClientRole::EndUser);
    assert_eq!(
        lines(&user),
        [
            "ad.security.permission_profiles._default.removed=1",
            "ad.security.permission_profiles._screen_sharing.removed=1",
            "ad.security.permission_profiles._full_access.removed=1",
            "ad.security.permission_profiles.unattended access.removed=1",
        ]
    );
    assert_eq!(
        form(&user),
        [
            ("Build Type", "Incoming"),
            ("Access Control List", "*@acme"),
            ("Unattended Access", "off: set no password"),
            ("Automatically register alias", "on"),
            ("Namespace", "acme"),
            ("Disable settings", "on"),
            ("Assign to license", "on"),
        ]
    );
    let support = made(USE_CASE, ClientRole::Support);
    assert_eq!(
        lines(&support),
        ["ad.anydesk.register.add_to_namespace=true"]
    );
    assert_eq!(form(&support)[0], ("Build Type", "Outgoing"));
    assert_eq!(form(&support)[1].0, "Session Permission Profiles");
    assert_eq!(form(&support)[2], ("Force User Login", "on"));
    assert_eq!(form(&support)[3], ("Namespace", "acme"));
    for settings in [user, support] {
        let documented = |line: &deskhook_policy::VendorLine| line.evidence == Evidence::Documented;
        assert!(settings.lines.iter().all(documented));
    }
}

#[test]
fn a_line_knows_the_policy_key_and_the_place_that_it_comes_from() {
    let settings = made(
        r#"{"RemovePresetProfiles": ["_default"]}"#,
        ClientRole::EndUser,
    );
    let line = serde_json::to_value(&settings.lines[0]).expect("it serialises");
    assert_eq!(
        line["key"],
        "ad.security.permission_profiles._default.removed"
    );
    assert_eq!(line["value"], "1");
    assert_eq!(
        line["from"],
        "Integration.AnyDesk.Client.RemovePresetProfiles"
    );
    assert_eq!(
        (&line["file"], &line["line"]),
        (&"acme.json".into(), &1.into())
    );
    assert_eq!(line["layer"]["scope"], "tenant");
    assert_eq!(line["evidence"], "documented");
}

#[test]
fn a_client_for_both_ways_has_the_lines_of_both() {
    let both = USE_CASE.replacen('{', r#"{"Direction": "bidirectional", "#, 1);
    let settings = made(&both, ClientRole::EndUser);
    assert_eq!(settings.lines.len(), 5);
    assert_eq!(settings.lines, made(&both, ClientRole::Support).lines);
    let form = form(&settings);
    assert_eq!(form[0], ("Build Type", "Bidirectional"));
    assert!(form.contains(&("Access Control List", "*@acme")));
    assert!(form.contains(&("Force User Login", "on")));
}

#[test]
fn nothing_is_printed_that_policy_does_not_say() {
    for role in [ClientRole::EndUser, ClientRole::Support] {
        let settings = made(r#"{"Direction": "bidirectional"}"#, role);
        assert_eq!(settings.lines, []);
        assert_eq!(settings.direction, Direction::Bidirectional);
        assert!(settings.remarks.len() > 1, "{:?}", settings.remarks);
    }
    let no = r#"{"Namespace": "acme", "RegisterAlias": false}"#;
    let settings = made(no, ClientRole::Support);
    assert_eq!(settings.lines, []);
    assert!(form(&settings).contains(&("Automatically register alias", "off")));
}

#[test]
fn a_profile_of_the_organisation_s_own_becomes_lines_of_its_permissions() {
    let client = r#"{"RemovePresetProfiles": ["_default"], "PermissionProfiles": {
        "support": {"VPN": false, "input": true}, "default": {"audio": true}, "Unattended Access": {"sas": true}}}"#;
    let settings = made(client, ClientRole::EndUser);
    assert_eq!(
        lines(&settings)[1..],
        [
            "ad.security.permission_profiles._unattended_access.permissions.sas=1",
            "ad.security.permission_profiles.support.permissions.vpn=0",
            "ad.security.permission_profiles.support.permissions.input=1",
        ]
    );
    assert!(
        settings.lines[1..]
            .iter()
            .all(|line| line.evidence == Evidence::Seen)
    );
    let left_out = "the profile default is removed, so its PermissionProfiles are left out";
    assert!(settings.remarks.iter().any(|said| said == left_out));
    let support = made(client, ClientRole::Support);
    assert_eq!(support.lines, []);
    let left_out = |key: &str| support.remarks.iter().any(|said| said.starts_with(key));
    assert!(
        left_out("PermissionProfiles is left out") && left_out("RemovePresetProfiles is left out")
    );
}

#[test]
fn what_stands_under_advanced_is_passed_on_and_goes_before() {
    let client = r#"{"RemovePresetProfiles": ["_default"], "Advanced": {"ad.ui.lang": "de",
        "ad.security.interactive_access": 1, "ad.security.tcp_tunnel": false,
        "ad.security.permission_profiles._default.removed": 0}}"#;
    let settings = made(client, ClientRole::EndUser);
    assert_eq!(
        lines(&settings),
        [
            "ad.security.permission_profiles._default.removed=0",
            "ad.security.interactive_access=1",
            "ad.security.tcp_tunnel=false",
            "ad.ui.lang=de",
        ]
    );
    assert!(
        settings
            .lines
            .iter()
            .all(|line| line.evidence == Evidence::Own)
    );
    assert!(
        settings
            .remarks
            .iter()
            .any(|said| said.ends_with("and holds"))
    );
}

#[test]
fn a_policy_for_the_other_role_is_contradicted_at_its_place() {
    let resolved = resolved(r#"{"Direction": "outgoing"}"#);
    let problem: Problem =
        client_settings(&resolved, ClientRole::EndUser).expect_err("an end user's client receives");
    assert_eq!(problem.code, "role-contradiction");
    assert_eq!(
        problem.key.as_deref(),
        Some("Integration.AnyDesk.Client.Direction")
    );
    let place = &problem.place;
    assert_eq!(&place.source().text()[place.span()], "\"outgoing\"");
    let help = problem.help.expect("it says what to do");
    assert!(
        help.contains("tenant") && help.contains("--group"),
        "{help}"
    );
    assert!(client_settings(&resolved, ClientRole::Support).is_ok());
}

/// Settings that would bring a secret, or a second line.
const REFUSED: &[(&str, &str)] = &[
    (
        r#"{"Advanced": {"ad.anynet.pwd_hash": "s3cr3t"}}"#,
        "secret-key",
    ),
    (
        r#"{"Advanced": {"ad": {"anynet": {"token_salt": "s3cr3t"}}}}"#,
        "secret-key",
    ),
    (
        r#"{"Advanced": {"ad.anynet.pkey": "s3cr3t"}}"#,
        "secret-key",
    ),
    (
        r#"{"Advanced": {"ad.security.permission_profiles.unattended access.pwd": "s3cr3t"}}"#,
        "secret-key",
    ),
    (
        r#"{"Advanced": {"ad.ui.logo": "-----BEGIN PRIVATE KEY-----s3cr3t"}}"#,
        "secret-key",
    ),
    (
        r#"{"Advanced": {"ad.ui.lang": "de\nad.x=s3cr3t"}}"#,
        "bad-value",
    ),
    (r#"{"Advanced": {"ad.ui.lang": "a=s3cr3t"}}"#, "bad-value"),
    (
        r#"{"Advanced": {"ad.ui.lang\nad.x": "s3cr3t"}}"#,
        "bad-name",
    ),
    (r#"{"Advanced": {"ad.x=1": "s3cr3t"}}"#, "bad-name"),
    (
        r#"{"PermissionProfiles": {"a\nb": {"input": true}}}"#,
        "bad-name",
    ),
    (
        r#"{"PermissionProfiles": {"a": {"input=1": true}}}"#,
        "bad-name",
    ),
    (
        r#"{"RemovePresetProfiles": ["_default", "a\nad.x=1"]}"#,
        "bad-name",
    ),
];

#[test]
fn a_secret_and_a_second_line_are_refused_and_never_repeated() {
    for (client, code) in REFUSED {
        let resolved = resolved(client);
        let problems = &resolved.problems;
        assert_eq!(problems.len(), 1, "{client} {problems:#?}");
        assert_eq!(problems[0].code, *code, "{client}");
        let settings = client_settings(&resolved, ClientRole::EndUser).expect("they agree");
        assert_eq!(settings.lines, [], "{client}");
        let told = format!(
            "{problems:?}{:?}{}",
            resolved.provenance, resolved.policy.tree
        );
        let documents = [
            serde_json::to_string(problems),
            serde_json::to_string(&resolved.provenance),
        ];
        for told in documents.into_iter().flatten().chain([told]) {
            assert!(!told.contains("s3cr3t"), "{client}\n{told}");
            assert!(!told.contains('\n'), "{client}\n{told}");
        }
    }
}

#[test]
fn the_excerpt_of_a_refused_line_covers_its_secret() {
    let resolved = resolved(r#"{"Advanced": {"ad.anynet.pwd_hash": "s3cr3t"}}"#);
    let place = &resolved.problems[0].place;
    assert!(place.excerpt().contains("ad.anynet.pwd_hash"));
    assert!(!place.excerpt().contains("s3cr3t"));
    assert!(!place.source().shown().contains("s3cr3t"));
}

#[test]
fn a_switch_over_a_secret_is_a_setting_like_others() {
    let client = r#"{"Advanced": {"ad.security.allow_logon_token": false}}"#;
    let settings = made(client, ClientRole::EndUser);
    assert_eq!(lines(&settings), ["ad.security.allow_logon_token=false"]);
}

#[test]
fn no_client_is_described_while_integrations_are_off() {
    let mut resolved = resolved(USE_CASE);
    resolved.turn_integrations_off();
    let settings = client_settings(&resolved, ClientRole::EndUser).expect("nothing contradicts");
    assert_eq!(settings.lines, []);
}
