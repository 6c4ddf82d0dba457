//! From an installed client's files back to what policy wants of it, and no secret on the way.

use deskhook_policy::{
    ClientRole, Comparison, Installed, Layer, NotText, Resolved, Status, Subject, expectations,
    resolve,
};
use proptest::prelude::*;

fn resolved(client: &str) -> Resolved {
    let text =
        format!(r#"{{"scope": "tenant", "settings": {{"Integration.AnyDesk.Client": {client}}}}}"#);
    let parsed = Layer::parse("acme.json", &text);
    assert_eq!(parsed.problems, [], "{text}");
    let layer = parsed.layer.expect("it is a layer");
    let resolved = resolve(&[layer], &Subject::everyone());
    assert_eq!(resolved.problems, [], "{text}");
    resolved
}

fn compared(client: &str, confs: &[(&str, &[u8])]) -> Vec<Comparison> {
    let expected = expectations(&resolved(client), None);
    let mut installed = Installed::expecting(&expected);
    for (name, bytes) in confs {
        installed.read(name, bytes).expect("it is text");
    }
    installed.drift()
}

/// Status and vendor's key of each row that has a key.
fn states(rows: &[Comparison]) -> Vec<(Status, &str)> {
    let keyed = rows
        .iter()
        .filter_map(|row| Some((row.status, row.key.as_deref()?)));
    keyed.collect()
}

const POLICY: &str = r#"{"Direction": "incoming", "AccessControlList": ["*@acme", "123 456 789"],
    "RemovePresetProfiles": ["_default", "_unattended_access"], "UnattendedAccess": {"Enabled": false},
    "PermissionProfiles": {"support": {"input": true, "vpn": false}}, "RegisterAlias": true,
    "Advanced": {"ad.security.interactive_access": 1}, "MinimumVersion": "9.0.4", "DisableSettings": true}"#;

const AS_WANTED: &str = "ad.anynet.id=123456789\r\n\
    ad.security.permission_profiles._default.removed=1\r\n\
    ad.security.permission_profiles._unattended_access.removed=true\r\n\
    ad.security.permission_profiles.support.permissions.input=1\r\n\
    ad.security.permission_profiles.support.permissions.vpn=0\r\n\
    AD.Security.Interactive_Access = 1\r\n\
    ad.security.acl_enabled=true\r\n\
    ad.security.acl_list=*@acme:true;123456789:true;*@other:false\r\n\
    ad.features.unattended=false\r\n\
    ad.features.register_alias=true\r\n\
    ad.anynet.cur_version=25769803776\r\n";

#[test]
fn a_client_as_policy_wants_it_has_no_drift() {
    let rows = compared(POLICY, &[("system.conf", AS_WANTED.as_bytes())]);
    assert!(rows.iter().all(|row| !row.status.is_drift()), "{rows:#?}");
    let same = rows.iter().filter(|row| row.status == Status::Same).count();
    assert_eq!(same, 10, "{rows:#?}");
    let untold: Vec<&str> = rows
        .iter()
        .filter(|row| row.status == Status::Untold)
        .map(|row| row.from.trim_start_matches("Integration.AnyDesk.Client."))
        .collect();
    assert_eq!(untold, ["MinimumVersion", "Direction", "DisableSettings"]);
}

#[test]
fn what_differs_is_told_with_both_values_and_both_places() {
    let conf = AS_WANTED
        .replace("Access = 1", "Access = 0")
        .replace("123456789:true", "*:true")
        .replace("input=1", "input=0");
    let rows = compared(POLICY, &[("system.conf", conf.as_bytes())]);
    let drifts: Vec<&Comparison> = rows.iter().filter(|row| row.status.is_drift()).collect();
    assert_eq!(drifts.len(), 3, "{drifts:#?}");
    let access = serde_json::to_value(drifts[1]).expect("it serialises");
    assert_eq!(access["status"], "differs");
    assert_eq!(access["key"], "ad.security.interactive_access");
    assert_eq!(
        (&access["wanted"], &access["found"]),
        (&"1".into(), &"0".into())
    );
    assert_eq!(
        access["conf"],
        serde_json::json!({"file": "system.conf", "line": 6})
    );
    assert_eq!(
        (&access["file"], &access["line"]),
        (&"acme.json".into(), &4.into())
    );
    assert_eq!(access["layer"]["scope"], "tenant");
    assert_eq!(drifts[2].found.as_deref(), Some("*, *@acme"));
}

#[test]
fn a_line_that_no_file_has_is_missing_and_an_option_is_not() {
    let rows = compared(
        POLICY,
        &[("system.conf", b""), ("user.conf", b"# nothing\n")],
    );
    let states = states(&rows);
    let of = |status| states.iter().filter(move |(other, _)| *other == status);
    assert_eq!(of(Status::Missing).count(), 5, "{states:?}");
    assert!(of(Status::Untold).any(|(_, key)| *key == "ad.security.acl_list"));
    assert_eq!(of(Status::Differs).count(), 0, "{states:?}");
}

#[test]
fn a_key_that_is_there_twice_is_the_same_only_when_both_are() {
    let policy = r#"{"Advanced": {"ad.security.interactive_access": 2}}"#;
    let two = |one: &str, other: &str| {
        let confs = [
            ("system.conf", one.as_bytes()),
            ("user.conf", other.as_bytes()),
        ];
        compared(policy, &confs)[0].clone()
    };
    let (right, wrong) = (
        "ad.security.interactive_access=2",
        "ad.security.interactive_access=0",
    );
    assert_eq!(two(right, right).status, Status::Same);
    for row in [two(right, wrong), two(wrong, right)] {
        assert_eq!(row.status, Status::Differs);
        assert_eq!(row.found.as_deref(), Some("0"));
    }
}

#[test]
fn the_alias_of_an_end_user_s_client_is_in_the_namespace_too() {
    let policy = r#"{"Direction": "incoming", "Namespace": "acme"}"#;
    let of = |alias: &str| compared(policy, &[("system.conf", alias.as_bytes())]);
    let rows = of("ad.anynet.alias=pc@ad\n");
    assert_eq!(states(&rows), [(Status::Differs, "ad.anynet.alias")]);
    let rows = of("ad.anynet.alias=pc@acme\n");
    assert_eq!(states(&rows), [(Status::Same, "ad.anynet.alias")]);
}

#[test]
fn a_supporter_s_client_is_held_against_its_own_lines() {
    let policy = r#"{"Direction": "outgoing", "Namespace": "acme", "RemovePresetProfiles": ["_default"],
        "ForceUserLogin": true}"#;
    let conf = "ad.anynet.register.add_to_namespace=true\nad.anynet.alias=jo@ad\n";
    let rows = compared(policy, &[("system.conf", conf.as_bytes())]);
    assert_eq!(
        states(&rows),
        [
            (Status::Same, "ad.anydesk.register.add_to_namespace"),
            (Status::Differs, "ad.anynet.alias"),
        ]
    );
    let note = rows[0]
        .note
        .as_deref()
        .expect("the sources have two names for it");
    assert!(
        note.contains("ad.anynet.register.add_to_namespace"),
        "{note}"
    );
    assert_eq!(rows[1].found.as_deref(), Some("an alias in @ad"));
}

#[test]
fn the_role_is_the_end_user_s_where_policy_leaves_it_open() {
    let resolved = resolved(r#"{"RemovePresetProfiles": ["_default"]}"#);
    let expected = expectations(&resolved, None);
    assert_eq!(
        (expected.role, expected.remarks.len()),
        (ClientRole::EndUser, 1)
    );
    assert_eq!(
        expectations(&resolved, Some(ClientRole::Support)).role,
        ClientRole::Support
    );
}

#[test]
fn a_password_is_told_where_policy_wants_none_and_its_key_never() {
    let forbidden = r#"{"UnattendedAccess": {"Enabled": false}}"#;
    for key in [
        "ad.anynet.pwd_hash",
        "ad.security.pwd",
        "ad.security.permission_profiles._unattended_access.pwd",
    ] {
        let conf = format!("ad.ui.lang=de\n{key}=s3cr3t\n");
        let rows = compared(forbidden, &[("system.conf", conf.as_bytes())]);
        let told = rows
            .iter()
            .find(|row| row.status == Status::Differs)
            .expect("a drift");
        assert_eq!(told.found.as_deref(), Some("a password is set"));
        assert_eq!(
            (
                told.key.as_deref(),
                told.conf.as_ref().map(|found| found.line)
            ),
            (None, Some(2))
        );
        let printed = format!(
            "{}{rows:?}",
            serde_json::to_string(&rows).expect("it serialises")
        );
        assert!(
            !printed.contains("s3cr3t") && !printed.contains(key),
            "{printed}"
        );
        let empty = format!("{key}=\n");
        let rows = compared(forbidden, &[("system.conf", empty.as_bytes())]);
        assert!(rows.iter().all(|row| !row.status.is_drift()), "{rows:#?}");
        let allowed = r#"{"UnattendedAccess": {"Enabled": true}}"#;
        let rows = compared(allowed, &[("system.conf", conf.as_bytes())]);
        assert!(rows.iter().all(|row| !row.status.is_drift()), "{rows:#?}");
    }
}

#[test]
fn a_file_is_read_in_every_encoding_that_clients_write() {
    let policy = r#"{"Advanced": {"ad.ui.lang": "dé"}}"#;
    let text = "ad.x=1\r\nad.ui.lang=dé\r\n";
    let little = text.encode_utf16().flat_map(u16::to_le_bytes);
    let big = text.encode_utf16().flat_map(u16::to_be_bytes);
    let encoded: [Vec<u8>; 4] = [
        text.into(),
        b"\xef\xbb\xbf"
            .iter()
            .copied()
            .chain(text.bytes())
            .collect(),
        b"\xff\xfe".iter().copied().chain(little.clone()).collect(),
        b"\xfe\xff".iter().copied().chain(big).collect(),
    ];
    for bytes in encoded {
        let rows = compared(policy, &[("user.conf", &bytes)]);
        assert_eq!(states(&rows), [(Status::Same, "ad.ui.lang")], "{bytes:?}");
    }
    let latin = b"ad.anynet.alias=j\xf6rg@ad\nad.ui.lang=d\xc3\xa9\n";
    assert_eq!(
        compared(policy, &[("user.conf", latin)])[0].status,
        Status::Same
    );
    let expected = expectations(&resolved(policy), None);
    let bare: Vec<u8> = little.collect();
    assert_eq!(
        Installed::expecting(&expected).read("user.conf", &bare),
        Err(NotText)
    );
}

/// A line of a client's file, with a secret in it somewhere.
fn secret_line() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "ad.anynet.pwd_hash",
        "ad.anynet.pwd_salt",
        "ad.anynet.token_salt",
        "ad.anynet.pkey",
        "ad.license.key",
        "ad.security.permission_profiles._default.pwd",
        "ad.security.permission_profiles.unattended access.salt",
        "ad.anynet.fpr",
        "ad.anynet.alias",
        "ad.roster.items",
        "ad.security.permission_profiles._default.removed",
        "ad.security.acl_enabled",
        "ad.features.unattended",
        "private",
        "",
    ]);
    let sign = prop::sample::select(vec!["=", " = ", "==", ":", "", "\t=\t"]);
    let secret = prop::sample::select(vec![
        "s3cr3t",
        "\"s3cr3t\"",
        "-----BEGIN PRIVATE KEY-----\ns3cr3t=\nad.s3cr3t\ns3cr3t==\n-----END PRIVATE KEY-----",
        "jo.s3cr3t@ad",
        "x\u{b}s3cr3t",
    ]);
    (key, sign, secret).prop_map(|(key, sign, secret)| format!("{key}{sign}{secret}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_secret_of_a_client_is_kept_or_told(
        lines in prop::collection::vec(secret_line(), 0..12),
        end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        junk in prop::collection::vec(any::<u8>(), 0..8),
    ) {
        let expected = expectations(&resolved(POLICY), None);
        let mut bytes = lines.join(end).into_bytes();
        bytes.extend(junk);
        let mut installed = Installed::expecting(&expected);
        let mut told = match installed.read("system.conf", &bytes) {
            Ok(_) => String::new(),
            Err(error) => format!("{error} {error:?}"),
        };
        let rows = installed.drift();
        told += &format!("{installed:?}{rows:?}{}", serde_json::to_string(&rows).expect("it serialises"));
        prop_assert!(!told.contains("s3cr3t"), "{}", told);
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        let expected = expectations(&resolved(POLICY), None);
        let mut installed = Installed::expecting(&expected);
        let rows = installed.drift().len();
        let _ = installed.read("system.conf", &bytes);
        prop_assert_eq!(installed.drift().len(), rows);
    }
}
