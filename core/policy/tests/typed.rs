//! From keys to the typed policy, key by key of the contract.

use deskhook_policy::{
    Address, AddressSource, Binding, CheckMode, ClientSpec, ElevationMethod, Language, Layer,
    Policy, Problem, Stop, Subject, resolve,
};

fn resolved(settings: &str) -> (Policy, Vec<Problem>) {
    let text = format!(r#"{{"scope": "tenant", "name": "Acme", "settings": {settings}}}"#);
    let parsed = Layer::parse("a.json", &text);
    let layer = parsed
        .layer
        .unwrap_or_else(|| panic!("{:#?}", parsed.problems));
    let resolved = resolve(&[layer], &Subject::everyone());
    (resolved.policy, resolved.problems)
}

fn policy(settings: &str) -> Policy {
    let (policy, problems) = resolved(settings);
    assert_eq!(problems, [], "{settings}");
    policy
}

fn start_text(policy: &Policy, language: &str) -> String {
    let text = policy.start_text.get(&Language::parse(language));
    text.unwrap_or_default().to_owned()
}

fn link(client: &ClientSpec, address: &str) -> String {
    client
        .link
        .to(&Address::parse(address).expect("an address"))
}

#[test]
fn without_a_word_nothing_is_enabled_and_consent_is_asked() {
    let policy = policy("{}");
    let nothing = Policy {
        version: policy.version.clone(),
        organization: "Acme".to_owned(),
        tree: serde_json::json!({}),
        ..Policy::default()
    };
    assert_eq!(policy, nothing);
}

#[test]
fn the_organisation_is_named_by_its_key_or_its_tenant_layer() {
    assert_eq!(policy("{}").organization, "Acme");
    assert_eq!(
        policy(r#"{"Organization.Name": "Acme GmbH"}"#).organization,
        "Acme GmbH"
    );
}

#[test]
fn anydesk_is_asked_for_its_id_and_retried_until_it_is_ready() {
    let policy = policy(r#"{"Integration.AnyDesk.Enabled": true}"#);
    let client = &policy.clients[0];
    assert_eq!(client, &ClientSpec::anydesk(""));
    let AddressSource::Query(query) = &client.address[0] else {
        panic!("{client:?}")
    };
    assert_eq!(query.arguments, ["--get-id"]);
    assert_eq!(query.not_ready, ["SERVICE_NOT_RUNNING", "0"]);
    assert_eq!(link(client, "123 456 789"), "anydesk:123456789");
    assert_eq!(start_text(&policy, "de"), "Start remote session");
}

#[test]
fn the_suffix_makes_the_link_of_a_custom_client() {
    for (suffix, expected) in [
        ("acme", "anydesk:AnyDesk-ad_acme:jo@acme"),
        ("ad_acme", "anydesk:AnyDesk-ad_acme:jo@acme"),
        ("acme_msi", "anydesk:AnyDesk-ad_acme_msi:jo@acme"),
    ] {
        let settings = format!(
            r#"{{"Integration.AnyDesk": {{"Enabled": true, "CustomClientSuffix": "{suffix}"}}}}"#
        );
        assert_eq!(link(&policy(&settings).clients[0], "jo@acme"), expected);
    }
}

#[test]
fn a_bootstrapper_is_the_organisations_own_client() {
    let sum = "A".repeat(64);
    let policy = policy(&format!(
        r#"{{"Integration.AnyDesk": {{"Enabled": true, "BootstrapperUrl": "https://get.acme.com/a.exe", "BootstrapperSha256": "{sum}"}}}}"#
    ));
    let client = &policy.clients[0];
    assert!(client.executables.is_empty());
    let download = client.download.as_ref().expect("it is fetched");
    assert_eq!(download.sha256, ["a".repeat(64)]);
    assert_eq!(
        (download.max_bytes, download.allow_unpinned),
        (134_217_728, false)
    );
}

#[test]
fn only_urls_that_are_safe_to_fetch_are_taken() {
    let refused = |url: &str| {
        let (policy, problems) = resolved(&format!(
            r#"{{"Integration.AnyDesk": {{"Enabled": true, "BootstrapperUrl": "{url}"}}}}"#
        ));
        assert_eq!(
            policy.clients[0].download.is_none(),
            !problems.is_empty(),
            "{url}"
        );
        problems.first().map(|problem| problem.message.clone())
    };
    for url in [
        "https://get.acme.com/a.exe",
        "http://127.0.0.1:8000/a",
        "http://localhost/a",
        "http://[::1]/a",
    ] {
        assert_eq!(refused(url), None, "{url}");
    }
    for (url, why) in [
        (
            "http://get.acme.com/a.exe",
            "only https is fetched (http from this machine alone)",
        ),
        (
            "https://jo@get.acme.com/a",
            "the URL has a user name or password in it",
        ),
        (
            "https://:pw@get.acme.com/a",
            "the URL has a user name or password in it",
        ),
        ("file:///etc/passwd", "the URL has no host"),
        (
            "ftp://get.acme.com/a",
            "only https is fetched (http from this machine alone)",
        ),
        (
            "[https://a.b/c](https://a.b/c)",
            "this is a Markdown link, not a URL; write only the address",
        ),
        ("a.exe", "this is no URL: relative URL without a base"),
    ] {
        assert_eq!(refused(url).as_deref(), Some(why), "{url}");
    }
}

#[test]
fn the_first_enabled_client_gives_the_start_text_in_every_language_by_name() {
    let policy = policy(
        r#"{"Integration": {"RustDesk": {"Enabled": true, "Ui": {"TrayMenuTextGerman": "Hilfe holen", "TrayMenuTextPolish": "Pomoc"}},
            "AnyDesk": {"Enabled": false, "Ui": {"TrayMenuTextEnglish": "Other"}}, "Vnc.Enabled": true}}"#,
    );
    let names: Vec<&str> = policy.clients.iter().map(|c| c.name.as_str()).collect();
    assert_eq!(names, ["rustdesk", "vnc", "vnc-tigervnc"]);
    let texts = ["de-AT", "pl", "fr"].map(|language| start_text(&policy, language));
    assert_eq!(texts, ["Hilfe holen", "Pomoc", "Start remote session"]);
    assert_eq!(
        link(&policy.clients[0], "123456789"),
        "rustdesk://123456789"
    );
    assert_eq!(
        link(&policy.clients[1], "vnc://127.0.0.1:5901"),
        "vnc://127.0.0.1:5901"
    );
}

#[test]
fn vnc_listens_on_the_loopback_unless_policy_says_network() {
    let arguments = |settings: &str| {
        let policy = policy(&format!(r#"{{"Integration.Vnc": {settings}}}"#));
        policy
            .clients
            .into_iter()
            .map(|c| c.launch.arguments)
            .collect::<Vec<_>>()
    };
    for arguments in arguments(r#"{"Enabled": true}"#) {
        assert!(arguments.iter().any(|a| a == "-localhost"), "{arguments:?}");
        assert!(
            arguments
                .windows(2)
                .any(|w| w == ["-rfbauth", "{password_file}"]),
            "{arguments:?}"
        );
    }
    for arguments in arguments(r#"{"Enabled": true, "Listen": "network", "ViewOnly": true}"#) {
        assert!(
            !arguments.iter().any(|a| a == "-localhost"),
            "{arguments:?}"
        );
        let watches = |a: &String| a == "-viewonly" || a == "-AcceptPointerEvents=0";
        assert!(arguments.iter().any(watches), "{arguments:?}");
    }
}

#[test]
fn a_client_of_the_organisations_own_is_a_whole_spec() {
    let policy = policy(
        r#"{"Integration.Clients.acme-view": {
            "DisplayName": "Acme View",
            "Executables": [{"platform": "linux", "Path": "/opt/acme/view"}],
            "Launch": {"Arguments": ["--listen", "{port}"], "Environment": {"ACME_MODE": "help"}},
            "Address": [{"Output": {"Prefix": "ID ", "Template": "{value}"}}, {"query": {"Arguments": ["--id"]}}],
            "Stop": {"Command": ["--quit"]},
            "Link": {"Template": "acme:{address}"}}}"#,
    );
    let client = &policy.clients[0];
    assert_eq!(
        (client.name.as_str(), client.display_name.as_str()),
        ("acme-view", "Acme View")
    );
    assert_eq!(client.address.len(), 2);
    assert_eq!(client.stop, Stop::Command(vec!["--quit".to_owned()]));
    assert_eq!(client.launch.environment["ACME_MODE"], "help");
    assert_eq!(link(client, "77"), "acme:77");
}

#[test]
fn a_client_that_could_not_be_used_is_told_and_left_out() {
    let (policy, problems) = resolved(
        r#"{"Integration.Clients": {"a": {"DisplayName": "A"}, "b": {"Enabled": false},
            "c": {"Executables": [{"Path": "c"}], "Address": [{"Listening": {"Template": "vnc://{host}:{port}"}}],
                  "Link.Template": "javascript:{address}"}}}"#,
    );
    assert!(policy.clients.is_empty());
    let told: Vec<_> = problems
        .iter()
        .map(|p| (p.code, p.key.as_deref()))
        .collect();
    let expected = [
        ("bad-value", Some("Integration.Clients.c.Link.Template")),
        ("client-incomplete", Some("Integration.Clients.a")),
        ("client-incomplete", Some("Integration.Clients.c")),
    ];
    assert_eq!(told, expected);
}

#[test]
fn the_sample_client_is_there_by_name() {
    let policy = policy(r#"{"Integration.Clients.sample.Enabled": true}"#);
    assert_eq!(policy.clients, [ClientSpec::sample()]);
    let whole = serde_json::to_value(ClientSpec::sample()).expect("plain data");
    let written = format!(r#"{{"Integration.Clients.sample": {whole}}}"#);
    let (again, problems) = resolved(&written);
    assert_eq!(again.clients, [ClientSpec::sample()], "{problems:?}");
}

#[test]
fn the_session_section_is_typed() {
    let session = policy(
        r#"{"Session": {"RequireReason": true, "RequireTicket": "INC[0-9]+", "MaxMinutes": 90,
            "Checks": {"Firewall": "Warn", "free-disk": "deny", "power": "off"},
            "Consent": {"Mode": "when-present", "NoUser": "allow", "Text": {"de": "Darf ich?"}}}}"#,
    )
    .session;
    assert!(session.require_reason && session.ticket_fits("INC7") && !session.ticket_fits("INC"));
    assert_eq!(session.max_minutes, Some(90));
    let modes: Vec<_> = session
        .checks
        .iter()
        .map(|(name, mode)| (name.as_str(), *mode))
        .collect();
    let expected = [
        ("firewall", CheckMode::Warn),
        ("free-disk", CheckMode::Deny),
        ("power", CheckMode::Off),
    ];
    assert_eq!(modes, expected);
    assert_eq!(
        session.consent.text.get(&Language::parse("de")),
        Some("Darf ich?")
    );
}

#[test]
fn the_menu_the_links_and_the_scheme_are_typed() {
    let policy = policy(
        r#"{"Tray": {"Tooltip": {"en": "Help", "German": "Hilfe"}, "Icon": "help", "HideWhen": ["idle"],
              "Items": [{"Id": "desk", "Text": {"en": "Desk"}}, {"Kind": "separator"},
                        {"id": "more", "kind": "submenu", "Items": [{"Id": "wiki", "Kind": "link", "Target": "https://wiki"}]}]},
            "WebLinks": [{"Name": "Portal", "Target": "https://portal.acme.com", "Platform": "any"}],
            "Links.Scheme": "acme"}"#,
    );
    assert_eq!(
        policy.tray.tooltip.get(&Language::parse("de")),
        Some("Hilfe")
    );
    assert_eq!(policy.tray.items.len(), 3);
    assert_eq!(
        policy.tray.items[2].items[0].target.as_deref(),
        Some("https://wiki")
    );
    assert_eq!(policy.web_links[0].target, "https://portal.acme.com");
    assert_eq!(policy.link_scheme.as_deref(), Some("acme"));
}

#[test]
fn elevation_and_extensions_are_typed() {
    let policy = policy(
        r#"{"Elevation": {"Enabled": true, "Methods": ["brokered-action"], "MaxMinutes": 5, "Programs": ["/usr/bin/id"]},
            "Extensions": {"Publishers": {"acme": "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"}, "Packages": {"hours": {"Binding": "optional", "Capabilities": ["net:acme.com"]}, "bare": {}}}}"#,
    );
    assert_eq!(policy.elevation.methods, [ElevationMethod::BrokeredAction]);
    assert_eq!(
        (
            policy.elevation.max_minutes,
            policy.elevation.programs.len()
        ),
        (5, 1)
    );
    let hours = &policy.extensions.packages["hours"];
    assert_eq!(
        (hours.binding, hours.priority, hours.enabled),
        (Binding::Optional, 50, true)
    );
    assert!(policy.extensions.packages.contains_key("bare"));
    assert_eq!(
        policy.extensions.publishers["acme"],
        "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"
    );
}

#[test]
fn the_client_settings_of_the_guide_are_all_known() {
    let settings = r#"{"Integration.AnyDesk.Client": {"Direction": "incoming", "AccessControlList": ["*@acme", "123456789"],
        "Namespace": "acme", "RegisterAlias": true, "AssignToLicense": true, "ForceUserLogin": true,
        "DisableSettings": true, "DisableAddressBook": true, "DisableTcpListen": true,
        "PermissionProfiles": {"_default": {"input": true, "tcp_tunnel": false}},
        "RemovePresetProfiles": ["_full_access"], "UnattendedAccess": {"Enabled": true, "Profile": "_unattended_access", "TwoFactor": true},
        "Advanced": {"ad.ui.lang": "de"}, "MinimumVersion": "9.0.4"}}"#;
    policy(settings);
}

/// Values that a key cannot have.
const BAD: &[(&str, &str)] = &[
    ("Session.RequireTicket", r#""(""#),
    ("Session.RequireTicket", r#""a)|(b""#),
    ("Session.MaxMinutes", "0"),
    ("Session.MaxMinutes", "1.5"),
    ("Session.Consent.TimeoutSeconds", "4"),
    ("Session.Consent.Mode", "true"),
    ("Links.Scheme", r#""https""#),
    ("Links.Scheme", r#""Acme""#),
    ("Links.Scheme", r#""mailto""#),
    ("Links.Scheme", r#""javascript""#),
    ("Links.Scheme", r#""ssh""#),
    ("Links.Scheme", r#""deskhook""#),
    ("Links.Scheme", r#""a;b""#),
    ("Links.Scheme", r#""1acme""#),
    ("Links.Scheme", r#""""#),
    (
        "WebLinks",
        r#"[{"Name": "x", "Target": "javascript:alert(1)"}]"#,
    ),
    ("WebLinks", r#"[{"Name": "x"}]"#),
    ("WebLinks", r#"{"Name": "x"}"#),
    ("Tray.Items", r#"[{"Text": "no id"}]"#),
    ("Tray.HideWhen", r#"["sometimes"]"#),
    ("Elevation.Programs", r#"["id"]"#),
    ("Elevation.Programs", r#"["/usr/../bin/id"]"#),
    ("Extensions.Isolation", r#""none""#),
    ("Integration.AnyDesk.BootstrapperSha256", r#""abc""#),
    ("Integration.AnyDesk.CustomClientSuffix", r#""a b""#),
    ("Integration.AnyDesk.Enabled", "null"),
    ("Integration.AnyDesk.Client.AccessControlList", r#"["a;b"]"#),
    ("Allow.Plugins", r#""maybe""#),
];

#[test]
fn a_value_that_a_key_cannot_have_is_refused_at_its_place() {
    for (key, value) in BAD {
        let (policy, problems) = resolved(&format!(r#"{{"{key}": {value}}}"#));
        assert_eq!(problems.len(), 1, "{key} {value} {problems:#?}");
        assert_eq!(problems[0].key.as_deref(), Some(*key));
        assert!(
            matches!(problems[0].code, "bad-value" | "wrong-type"),
            "{problems:?}"
        );
        assert_eq!(policy.get(key), None, "{key} {value}");
    }
}

#[test]
fn a_pin_that_is_none_pins_nothing_that_exists() {
    for written in [r#""ee9dd696""#, "5", r#"["ab"]"#, "true"] {
        let (policy, problems) = resolved(&format!(
            r#"{{"Extensions.Packages.org.example.x": {{"Sha256": {written}}}}}"#
        ));
        assert_eq!(problems.len(), 1, "{written}: {problems:?}");
        let pin = policy.extensions.of("org.example.x").sha256;
        assert!(pin.is_some_and(|pin| pin.len() != 64), "{written}");
    }
}
