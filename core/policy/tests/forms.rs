//! The forms in which one and the same policy may be written.

use deskhook_policy::{Layer, Policy, Problem, Subject, resolve};

fn layer(file: &str, text: &str) -> Layer {
    let parsed = Layer::parse(file, text);
    parsed
        .layer
        .unwrap_or_else(|| panic!("{:#?}", parsed.problems))
}

fn policy(file: &str, text: &str) -> (Policy, Vec<Problem>) {
    let resolved = resolve(&[layer(file, text)], &Subject::everyone());
    (resolved.policy, resolved.problems)
}

const URL: &str = "https://get.example.com/AnyDesk.exe";

/// The published forms, mended: one object, three keys, one key of an object.
fn published() -> [String; 3] {
    [
        format!(
            "**Key** = Integration  \n**Value** = {{\"AnyDesk\": {{ \"Enabled\": true, \"BootstrapperUrl\": \"{URL}\", \"Ui\": {{\"TrayMenuTextEnglish\": \"Start remote session\"}} }} }}\n"
        ),
        format!(
            "**Key** = Integration.AnyDesk.Enabled  \n**Value** = true\n\n**Key** = Integration.AnyDesk.BootstrapperUrl  \n**Value** = \"{URL}\"\n\n**Key** = Integration.AnyDesk.UI.TrayMenuTextEnglish  \n**Value** = \"Start remote session\"\n"
        ),
        format!(
            "Key = Integration.AnyDesk\nValue = {{\"Enabled\":true, \"BootstrapperUrl\": \"{URL}\",\n  \"UI\":{{\"TrayMenuTextEnglish\": \"Start remote session\"}} }}\n"
        ),
    ]
}

#[test]
fn the_three_published_forms_are_the_same_policy() {
    let policies = published().map(|text| policy("anydesk.kv", &text));
    for (policy, problems) in &policies {
        assert_eq!(problems, &[]);
        assert_eq!(policy, &policies[0].0);
    }
    let client = &policies[0].0.clients[0];
    assert_eq!(client.name, "anydesk");
    assert_eq!(client.download.as_ref().map(|d| d.url.as_str()), Some(URL));
}

#[test]
fn whole_nested_and_dotted_keys_mix_in_any_case() {
    let forms = [
        r#"{"Integration": {"AnyDesk": {"Enabled": true, "Ui": {"TrayMenuTextGerman": "Hilfe"}}}}"#,
        r#"{"integration.anydesk.enabled": true, "INTEGRATION.ANYDESK.UI": {"traymenutextgerman": "Hilfe"}}"#,
        r#"{"Integration": {"AnyDesk.Enabled": true}, "Integration.AnyDesk": {"UI.TrayMenuTextGerman": "Hilfe"}}"#,
    ];
    let policies = forms.map(|settings| {
        let text = format!(r#"{{"scope": "tenant", "settings": {settings}}}"#);
        policy("a.json", &text).0
    });
    assert_eq!(policies[1], policies[0]);
    assert_eq!(policies[2], policies[0]);
    let value = policies[0].get("integration.anydesk.ui.traymenutextgerman");
    assert_eq!(value, Some(&"Hilfe".into()));
}

#[test]
fn a_kv_value_may_span_lines_and_stand_among_comments() {
    let text = "# our own\n\nKey = Session\nValue = {\n  \"MaxMinutes\":\n    45\n}\n\n# the end\nKey=Tray.Quit\nvalue=true\n";
    let (policy, problems) = policy("staff.kv", text);
    assert_eq!(problems, []);
    assert_eq!(policy.session.max_minutes, Some(45));
    assert!(policy.tray.quit);
}

#[test]
fn a_kv_file_is_a_group_layer_named_after_itself() {
    let layer = layer("/etc/deskhook/policy.d/Berlin.kv", "Key = A\nValue = 1\n");
    assert_eq!(layer.name().to_string(), "group Berlin");
    assert_eq!(layer.name().priority, 0);
}

#[test]
fn the_bare_word_undefined_removes_and_the_text_does_not() {
    let tenant = layer(
        "a.json",
        r#"{"scope": "tenant", "settings": {"A": 1, "B": {"C": 2, "D": 3}, "E": 4}}"#,
    );
    let group = layer(
        "g.kv",
        "Key = a\nValue = undefined\nKey = B\nValue = undefined\nKey = E\nValue = \"Undefined\"\n",
    );
    let resolved = resolve(&[tenant, group], &Subject::everyone());
    assert_eq!(resolved.policy.tree, serde_json::json!({"E": "Undefined"}));
}

#[test]
fn names_that_have_dots_stay_whole() {
    let settings = r#"{
        "Integration.AnyDesk.Client.Advanced.ad.security.interactive_access": "2",
        "Integration.AnyDesk.Client.Advanced": {"ad.ui.lang": "de", "ad": {"features": {"register_alias": true}}},
        "Extensions.Packages.com.example.hours.Priority": 10,
        "Extensions.Packages": {"org.example.disk": {"Binding": "optional"}, "plain": {"Enabled": false}}
    }"#;
    let text = format!(r#"{{"scope": "tenant", "settings": {settings}}}"#);
    let (policy, problems) = policy("a.json", &text);
    assert_eq!(problems, []);
    let advanced = policy.get("Integration.AnyDesk.Client.Advanced");
    let expected = serde_json::json!({
        "ad.security.interactive_access": "2", "ad.ui.lang": "de", "ad.features.register_alias": true,
    });
    assert_eq!(advanced, Some(&expected));
    assert_eq!(
        policy.get("Integration.AnyDesk.Client.Advanced.AD.ui.lang"),
        Some(&"de".into())
    );
    let packages: Vec<&str> = policy
        .extensions
        .packages
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(packages, ["com.example.hours", "org.example.disk", "plain"]);
    assert_eq!(policy.extensions.packages["com.example.hours"].priority, 10);
}

#[test]
fn sections_of_others_are_kept_and_never_a_problem() {
    let settings = r#"{
        "AppCatalog": {"Enabled": "true", "Ui": {"DisplayName": null}},
        "Integration.Notification.CheckInterval": "00:01",
        "Contoso": {"https://a.b/c": [1, {"x.y": {}}], "Sites": {"*@acme.com": 1}},
        "Organization.CostCentre": 7
    }"#;
    let text = format!(r#"{{"scope": "tenant", "settings": {settings}}}"#);
    let (policy, problems) = policy("a.json", &text);
    assert_eq!(problems, []);
    assert_eq!(policy.get("appcatalog.enabled"), Some(&"true".into()));
    let contoso =
        serde_json::json!({"https://a.b/c": [1, {"x.y": {}}], "Sites": {"*@acme.com": 1}});
    assert_eq!(policy.get("Contoso"), Some(&contoso));
}

#[test]
fn a_file_may_begin_with_a_byte_order_mark_and_end_its_lines_as_windows_does() {
    let (policy, _) = policy(
        "a.json",
        "\u{feff}{\r\n\"scope\": \"tenant\",\r\n\"settings\": {\"A\": 1}}\r\n",
    );
    assert_eq!(policy.get("A"), Some(&1.into()));
    let layer = layer("g.kv", "\u{feff}Key = A\r\nValue = \"x\"\r\n");
    let resolved = resolve(&[layer], &Subject::everyone());
    assert_eq!(resolved.policy.get("A"), Some(&"x".into()));
}

#[test]
fn a_name_with_a_space_stands_in_a_dotted_key_of_ours() {
    let name = "Integration.AnyDesk.Client.PermissionProfiles.unattended access.input";
    let text = format!(r#"{{"scope": "tenant", "settings": {{"{name}": false}}}}"#);
    let layer = Layer::parse("a.json", &text).layer.expect("a layer");
    let policy = resolve(&[layer], &Subject::everyone()).policy;
    let profile = &policy.anydesk.permission_profiles["unattended access"];
    assert_eq!(profile.get("input"), Some(&false));
}
