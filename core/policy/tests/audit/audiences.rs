use deskhook_policy::{Audience, audit};

use crate::{TODAY, audited, files, layers, of, tenant, whom};

const SUPPORTERS: &str = r#"{"scope": "group", "name": "supporters", "settings": {
    "Integration.AnyDesk.Client": {"Direction": "outgoing", "ForceUserLogin": true, "RegisterAlias": true}}}"#;

/// Everybody, with devices of a platform.
fn on(platform: Option<&str>) -> Audience {
    Audience {
        platform: platform.map(str::to_owned),
        ..Audience::default()
    }
}

#[test]
fn everybody_and_each_who_has_a_layer_are_judged_alone() {
    let named = |scope: &str, name: &str| {
        format!(r#"{{"scope": "{scope}", "name": "{name}", "settings": {{}}}}"#)
    };
    let texts = [
        tenant("{}"),
        named("device", "kiosk"),
        named("group", "Berlin"),
        named("group", "berlin"),
        named("user", "jo"),
        named("all-users", "x"),
    ];
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    let all = Audience::all(&layers(&files(&texts)), &on(Some("linux")));
    let names: Vec<String> = all.iter().map(ToString::to_string).collect();
    assert_eq!(
        names,
        ["everybody", "group Berlin", "user jo", "device kiosk"]
    );
    assert!(
        all.iter()
            .all(|audience| audience.platform.as_deref() == Some("linux"))
    );
}

#[test]
fn supporters_are_judged_as_those_who_connect_and_the_others_as_those_who_are_connected_to() {
    let text =
        tenant(r#"{"Integration.AnyDesk": {"Enabled": true, "Client.Direction": "incoming"}}"#);
    let berlin = r#"{"scope": "group", "name": "Berlin", "settings": {}}"#;
    let audit = audited(&files(&[&text, SUPPORTERS, berlin]));
    let acl = of(&audit, "acl-missing");
    assert_eq!(acl.len(), 1);
    assert_eq!(whom(acl[0]), ["everybody", "group Berlin"]);
    let version = of(&audit, "minimum-version");
    assert_eq!(version.len(), 1);
    assert_eq!(
        whom(version[0]),
        ["everybody", "group Berlin", "group supporters"]
    );
    for rule in ["direction", "outgoing-login", "outgoing-alias"] {
        assert!(of(&audit, rule).is_empty(), "{rule}");
    }
}

#[test]
fn a_client_that_is_described_and_not_offered_is_judged() {
    let text = tenant(r#"{"Integration.AnyDesk.Enabled": false}"#);
    let outgoing = r#"{"scope": "group", "name": "supporters", "settings": {"Integration.AnyDesk.Client.Direction": "outgoing"}}"#;
    let audit = audited(&files(&[&text, outgoing]));
    let login = of(&audit, "outgoing-login");
    assert_eq!(login.len(), 1);
    assert_eq!(whom(login[0]), ["group supporters"]);
    assert_eq!(login[0].place.file(), "1.json");
}

#[test]
fn one_who_is_named_gets_their_own_layers_and_nobody_elses() {
    let text =
        tenant(r#"{"Integration.AnyDesk": {"Enabled": true, "Client.Direction": "incoming"}}"#);
    let jo = r#"{"scope": "user", "name": "Jo", "settings": {"Integration.AnyDesk.Client.AccessControlList": ["*"]}}"#;
    let layers = layers(&files(&[&text, SUPPORTERS, jo]));
    let found =
        |audience: Audience, rule: &str| of(&audit(&layers, &[audience], TODAY), rule).len();
    let jo = || Audience {
        user: Some("jo".to_owned()),
        ..Audience::default()
    };
    assert_eq!(found(jo(), "acl-open"), 1);
    assert_eq!(found(Audience::default(), "acl-open"), 0);
    let both = Audience {
        groups: vec!["SUPPORTERS".to_owned(), "supporters".to_owned()],
        ..jo()
    };
    assert_eq!(
        both.to_string(),
        "user jo with group SUPPORTERS with group supporters"
    );
    assert_eq!(found(both, "acl-open"), 0);
}

#[test]
fn a_filter_counts_where_the_platform_is_known() {
    let text = r#"{"scope": "tenant", "filters": {"only-on": ["os:windows"]}, "settings": {"Session.Consent.Mode": "never"}}"#;
    let layers = layers(&files(&[text]));
    for (platform, expected) in [(None, 1), (Some("windows"), 1), (Some("linux"), 0)] {
        let found = audit(&layers, &Audience::all(&layers, &on(platform)), TODAY);
        assert_eq!(found.findings.len(), expected, "{platform:?}");
    }
}

#[test]
fn key_value_files_are_for_their_group_alone() {
    let pairs = "Key = Session.Consent.Mode\nValue = \"never\"\n";
    let other = r#"{"scope": "group", "name": "Paris", "settings": {}}"#;
    let audit = audited(&files(&[pairs, other]));
    assert_eq!(whom(of(&audit, "consent-never")[0]), ["group Berlin"]);
}

#[test]
fn a_key_value_file_mends_and_excepts_nothing_for_the_others() {
    let text =
        tenant(r#"{"Integration.AnyDesk": {"Enabled": true, "Client.Direction": "incoming"}}"#);
    let list =
        "Key = Integration.AnyDesk.Client.AccessControlList\nValue = [\"*@acme\"]\n".to_owned();
    let exception = "Key = Audit.Exceptions.acl-missing\nValue = {\"Reason\": \"lab only\", \"Until\": \"2027-06-30\"}\n";
    let other = r#"{"scope": "device", "name": "kiosk", "settings": {}}"#;
    let mended = audited(&files(&[&text, &list, other]));
    let found = of(&mended, "acl-missing");
    assert_eq!(found.len(), 1);
    assert_eq!(whom(found[0]), ["everybody", "device kiosk"]);
    let excepted = audited(&files(&[&text, exception, other]));
    let found = of(&excepted, "acl-missing");
    let open: Vec<_> = found.iter().filter(|finding| finding.is_open()).collect();
    assert_eq!(found.len(), 2);
    assert_eq!(whom(open[0]), ["everybody", "device kiosk"]);
}

#[test]
fn what_is_wrong_with_a_layer_is_told_once() {
    let text = tenant(r#"{"Session.Consent.Mode": "sometimes"}"#);
    let berlin = r#"{"scope": "group", "name": "Berlin", "settings": {"Session.MaxMinutes": 0}}"#;
    let audit = audited(&files(&[&text, berlin]));
    assert_eq!(audit.problems.len(), 2, "{:#?}", audit.problems);
}

#[test]
fn a_layer_for_a_group_of_the_device_is_looked_at() {
    let kiosks =
        r#"{"scope": "group", "name": "Kiosks", "settings": {"Session.Consent.Mode": "never"}}"#;
    let layers = layers(&files(&[kiosks]));
    let on_a_kiosk = Audience {
        device_groups: Some(vec!["kiosks".to_owned()]),
        ..Audience::default()
    };
    let audit = audit(&layers, &[on_a_kiosk], TODAY);
    assert_eq!(of(&audit, "consent-never").len(), 1);
}
