//! What a routine layer may say, and what is for critical ones alone.

use deskhook_policy::{Layer, Problem};

fn places(file: &str, text: &str) -> Vec<Problem> {
    let parsed = Layer::parse(file, text);
    let layer = parsed
        .layer
        .unwrap_or_else(|| panic!("{text}: {:?}", parsed.problems));
    layer.critical_places()
}

fn settings(settings: &str) -> Vec<Problem> {
    let layer = format!(r#"{{"scope": "tenant", "settings": {{{settings}}}}}"#);
    places("a.json", &layer)
}

#[test]
fn every_form_of_a_critical_key_is_found() {
    for critical in [
        r#""Elevation.Enabled": false"#,
        r#""elevation": {"Programs": []}"#,
        r#""Elevation": {}"#,
        r#""Elevation": 5"#,
        r#""Extensions": {"Packages": {"org.example.x": {"Enabled": false}}}"#,
        r#""Extensions.Packages.org.example.x.Capabilities": []"#,
        r#""Extensions.Isolation": "child""#,
        r#""Extensions.Publishers": {"acme": "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"}"#,
        r#""Integration": {"AnyDesk": {"BootstrapperUrl": "https://files.example/a"}}"#,
        r#""INTEGRATION.anydesk.bootstrapperURL": "https://files.example/a""#,
        r#""Integration": {"AnyDesk.BootstrapperSha256": []}"#,
        r#""Integration.AnyDesk": {"bootstrapperMaxBytes": 1}"#,
        r#""Integration.AnyDesk.BootstrapperOfTomorrow": 1"#,
        r#""Integration.RustDesk.AllowUnpinned": true"#,
        r#""Integration.RustDesk.Client.Advanced": {"whitelist": "*"}"#,
        r#""Integration.AnyDesk.Client.AccessControlList": ["*"]"#,
        r#""Integration.AnyDesk.Client": {"Advanced": {"ad.security.acl_enabled": false}}"#,
        r#""Integration.AnyDesk.Client.UnattendedAccess.Enabled": true"#,
        r#""Integration.TeamViewer.BootstrapperUrl": "https://files.example/a""#,
        r#""Integration.Clients.acme.Launch.Arguments": []"#,
        r#""Integration.Clients": {}"#,
        r#""Integration.Clients": "none""#,
        r#""Integration.Vnc": {"Listen": "network"}"#,
        r#""Integration.Vnc.ViewOnly": false"#,
        r#""Session.Consent.Mode": "never""#,
        r#""Session": {"Consent": {"NoUser": "allow"}}"#,
        r#""Session.Consent.GrantMinutes": "forever""#,
    ] {
        let found = settings(critical);
        assert!(!found.is_empty(), "{critical}");
        assert_eq!(found[0].code, "critical-key", "{critical}");
    }
}

#[test]
fn a_value_where_a_critical_key_would_stand_is_found_and_an_empty_object_is_nothing() {
    for scalar in [
        r#""Integration": 1"#,
        r#""Integration.AnyDesk": "off""#,
        r#""Integration.Foreign": [1]"#,
        r#""Session": false"#,
        r#""Session.Consent": null"#,
    ] {
        assert!(!settings(scalar).is_empty(), "{scalar}");
    }
    for empty in [r#""Integration": {}"#, r#""Session": {}"#] {
        assert!(settings(empty).is_empty(), "{empty}");
    }
}

#[test]
fn removing_a_critical_key_or_what_it_stands_in_is_found() {
    for key in [
        "Integration",
        "integration.ANYDESK",
        "Integration.AnyDesk.BootstrapperSha256",
        "Integration.AnyDesk.Client.AccessControlList",
        "Integration.Clients.acme",
        "Session",
        "Session.Consent",
        "Session.Consent.Mode",
        "Elevation",
        "Elevation.Methods",
        "Extensions.Packages.x",
    ] {
        let json = format!(r#"{{"scope": "tenant", "remove": ["{key}"]}}"#);
        assert_eq!(places("a.json", &json).len(), 1, "{key}");
        let pairs = format!("# taken away\nKey = {key}\nValue = undefined\n");
        let found = places("Berlin.kv", &pairs);
        assert_eq!(found.len(), 1, "{key}");
        assert_eq!(found[0].place.to_string(), "Berlin.kv:2:7");
    }
}

#[test]
fn the_rest_of_a_policy_is_routine() {
    for routine in [
        r#""Integration.AnyDesk": {"Enabled": true, "CustomClientSuffix": "acme",
            "Ui": {"TrayMenuTextEnglish": "Help"}}"#,
        r#""Integration.Vnc.Enabled": false"#,
        r#""Session": {"MaxMinutes": 5, "RequireReason": true, "Checks": {"power": "deny"}}"#,
        r#""Session.Consent.Text": {"en": "Close private windows."}"#,
        r#""Session.Consent": {"Text": "Close private windows."}"#,
        r#""Tray": {"Quit": true}, "WebLinks": [], "Allow.Printing": false"#,
        r#""Links.Scheme": "acme-help", "Organization.Name": "Acme""#,
        r#""Tickets.Server": "https://tickets.example", "ElevationOf": 3"#,
    ] {
        assert_eq!(settings(routine), [], "{routine}");
    }
    let removed =
        r#"{"scope": "tenant", "remove": ["Session.MaxMinutes", "Tray", "Session.Consent.Text"]}"#;
    assert_eq!(places("a.json", removed), []);
}

#[test]
fn each_place_is_told_in_the_order_of_the_file_with_its_key() {
    let text = "{\"scope\": \"group\", \"name\": \"Berlin\", \"settings\": {\n  \
                \"Session.MaxMinutes\": 5,\n  \"elevation.enabled\": true,\n  \
                \"Integration\": {\"AnyDesk\": {\"BootstrapperUrl\": \"https://a.example/b\"}}\n}}";
    let found = places("b.json", text);
    let told: Vec<_> = found
        .iter()
        .map(|it| (it.place.to_string(), it.key.clone().unwrap_or_default()))
        .collect();
    assert_eq!(
        told,
        [
            ("b.json:3:24".to_owned(), "Elevation.Enabled".to_owned()),
            (
                "b.json:4:50".to_owned(),
                "Integration.AnyDesk.BootstrapperUrl".to_owned()
            ),
        ]
    );
}
