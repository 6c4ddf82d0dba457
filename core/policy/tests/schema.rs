//! The JSON Schema says what the program does.

use deskhook_policy::{
    AnyDeskClient, ExtensionPolicy, Layer, MenuEntry, Severity, Subject, UnattendedAccess, WebLink,
    json_schema, resolve,
};
use jsonschema::Validator;
use serde_json::{Value, json};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/layer.schema.json");

fn drawn() -> Value {
    serde_json::to_value(json_schema()).expect("a schema is JSON")
}

fn validator() -> Validator {
    jsonschema::draft202012::new(&drawn()).expect("the schema is one")
}

/// What the program says of a layer file: whether nothing is wrong with it.
fn is_right(text: &str) -> bool {
    let parsed = Layer::parse("a.json", text);
    let Some(layer) = parsed.layer else {
        return false;
    };
    let problems = resolve(&[layer], &Subject::everyone()).problems;
    problems
        .iter()
        .all(|problem| problem.severity == Severity::Warning && problem.code == "text-for-bool")
}

fn layer(settings: &Value) -> Value {
    json!({"scope": "tenant", "settings": settings})
}

#[test]
fn the_schema_that_is_checked_in_is_the_programs_own() {
    let kept = std::fs::read_to_string(FILE).expect("the schema is kept beside the crate");
    let kept: Value = serde_json::from_str(&kept).expect("it is JSON");
    assert!(
        kept == drawn(),
        "it is not what the program says: run `deskhook policy schema > core/policy/layer.schema.json`"
    );
}

#[test]
fn the_schema_is_a_schema() {
    let drawn = drawn();
    let meta = jsonschema::meta::validate(&drawn);
    assert!(meta.is_ok(), "{meta:?}");
}

/// Layers that are right: the schema has nothing against them.
#[test]
fn the_schema_takes_what_the_program_takes() {
    let validator = validator();
    let filters = json!({"only-on": ["os:linux"], "ignore-on": {"os": ["windows"], "vdi": true}});
    let header = json!({
        "Scope": "Group", "NAME": "Berlin", "priority": -3, "filters": filters,
        "description": "-", "$schema": "layer.schema.json", "remove": ["A.B"], "settings": {},
    });
    let settings = [
        json!({"Integration.AnyDesk": {"Enabled": "TRUE", "UI.TrayMenuTextGerman": "Hilfe"}}),
        json!({"INTEGRATION": {"anydesk.Client": {"direction": "Incoming"}, "Other": 1}}),
        json!({"Integration.AnyDesk.Client.Advanced": {"ad.ui.lang": "de", "ad": {"x": 1}}}),
        json!({"Integration.AnyDesk.Client.Advanced.ad.ui.lang": true}),
        json!({"Integration.AnyDesk.Client.PermissionProfiles": {"desk": {"input": true}}}),
        json!({"Integration.AnyDesk.Client.PermissionProfiles.desk.input": false}),
        json!({"Integration.AnyDesk.BootstrapperSha256": "a".repeat(64)}),
        json!({"Integration.AnyDesk.BootstrapperSha256": ["A".repeat(64)]}),
        json!({"Session": {"Checks": {"FREE-disk": "Deny"}, "Consent.Text.de": "Ja?"}}),
        json!({"Session.Consent.Text": {"en": "Yes?"}, "Tray.Tooltip": "Help"}),
        json!({"Tray.Items": [{"Id": "a", "Kind": "submenu", "Items": [{"ID": "b", "Text": {"en": "B"}}]}]}),
        json!({"Extensions.Packages.org.example.x.Enabled": true, "Extensions.Packages.y": {"Priority": 1}}),
        json!({"Extensions": {"Packages": {"org.example.x.Binding": "optional", "org": {"example": {"z": {"Enabled": false}}}}}}),
        json!({"Extensions.Publishers.org.example": "RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3", "Allow": {"X": false, "Y": {"z": true}, "a.b": true}}),
        json!({"Integration.Clients.x.Executables": [{"Path": "x"}], "Integration.Clients.x.Stop": {"command": ["quit"]},
               "Integration.Clients.x.Address": [{"Listening": {"Template": "x://{host}"}}],
               "Integration.Clients.x": {"Link.Template": "x:{address}", "Launch": {"Environment": {"A": "b"}}}}),
        json!({"Audit.Exceptions": {"acl-open": {"reason": "why", "UNTIL": "2027-06-30"}}, "Audit.Other": {"x": {}}}),
        json!({"Audit.Exceptions.acl-open.Reason": "why", "Audit.Exceptions.acl-open.Until": "2027-06-30"}),
        json!({"Tray.Items": [{"id": "l", "kind": "LINK", "target": "tel:1"}, {"Kind": "separator"}]}),
        json!({"Acme": {"Anything": [1, {"b": null}]}, "WebLinks": [{"Name": "Help", "Target": "https://a.example"}]}),
    ];
    let headers = [
        header,
        json!({"scope": "USER", "Name": "jo", "filters": {"Only-On": " VDI ", "ignore-on": ["private-device:", "OS: macOS"]}}),
        json!({"scope": "device", "name": "pc", "filters": {"only-on": {" Device-Group": ["a b"], "hybrid-joined": [true]}}}),
        json!({"scope": "tenant", "name": ""}),
    ];
    let layers = settings.iter().map(layer).chain(headers);
    for layer in layers {
        assert!(is_right(&layer.to_string()), "{layer:#}");
        let said = validator.validate(&layer);
        assert!(said.is_ok(), "{layer:#}\n{said:?}");
    }
}

/// One slip each: the program complains, and the schema does.
#[test]
fn the_schema_refuses_what_the_program_refuses() {
    let validator = validator();
    let settings = [
        json!({"Integration.AnyDesk.Enabeld": true}),
        json!({"Integration.AnyDesk": {"Enabled": "yes"}}),
        json!({"integration": {"anydesk": {"Client": {"Direction": "sideways"}}}}),
        json!({"Integration.AnyDesk.BootstrapperUrl": "ftp://a.example/x"}),
        json!({"Integration.AnyDesk.BootstrapperSha256": ["abc"]}),
        json!({"Integration.AnyDesk.Client.PermissionProfiles.desk.input": "on"}),
        json!({"Session.MaxMinutes": 0}),
        json!({"Session.MaxMinutes": "60"}),
        json!({"Session.Checks": {"free-disk": "maybe"}}),
        json!({"Session.Consent.Text": {"en": 1}}),
        json!({"Tray": {"Items": [{"Id": "a", "Colour": "red"}]}}),
        json!({"Tray.HideWhen": ["always"]}),
        json!({"WebLinks": [{"Name": "Help", "Target": "file:///etc/passwd"}]}),
        json!({"WebLinks": [{"Name": "Help"}]}),
        json!({"Tray.Items": [{"Id": "a", "Kind": "Link", "Text": "A"}]}),
        json!({"Audit.Exceptions": {"acl-open": {"Reason": "why"}}}),
        json!({"Audit": {"Exceptions.acl-open": {"until": "2027-06-30"}}}),
        json!({"Links.Scheme": "Acme"}),
        json!({"Elevation.Programs": ["reset"]}),
        json!({"Extensions.Packages.org.example.x.Priority": 101}),
        json!({"Extensions.Packages": {"y": {"Binding": "maybe"}}}),
        json!({"Allow.X": "perhaps"}),
        json!({"Integration.Clients.x.Launch.Service": 1, "Integration.Clients.x.Executables": [{"Path": "x"}]}),
    ];
    let layers = settings.iter().map(layer).chain([
        json!({"scope": "group"}),
        json!({"Scope": "User", "name": " "}),
        json!({"scope": "device", "settings": {}}),
        json!({"scope": "tenant", "filters": {"only-on": ["foo"]}}),
        json!({"scope": "tenant", "filters": {"only-on": "os:"}}),
        json!({"scope": "tenant", "filters": {"only-on": ["vdi:x"]}}),
        json!({"scope": "tenant", "filters": {"ignore-on": {"vdi": false}}}),
        json!({"scope": "tenant", "filters": {"ignore-on": {"os": true}}}),
        json!({"scope": "tenant", "filters": {"ignore-on": {"laptop": true}}}),
        json!({"settings": {}}),
        json!({"scope": "planet"}),
        json!({"scope": "tenant", "prio": 1}),
        json!({"scope": "tenant", "priority": 1.5}),
        json!({"scope": "tenant", "remove": "A"}),
        json!([]),
    ]);
    for layer in layers {
        assert!(!is_right(&layer.to_string()), "{layer:#}");
        assert!(!validator.is_valid(&layer), "{layer:#}");
    }
}

/// Every key of ours is drawn with what it is.
#[test]
fn every_key_of_the_schema_says_what_it_is() {
    let drawn = drawn();
    let definitions = drawn["$defs"].as_object().expect("definitions");
    let keys = drawn["$defs"]["settings"]["properties"].as_object();
    let keys = keys.expect("the settings have keys");
    assert!(keys.len() > 100, "{}", keys.len());
    for (key, schema) in keys {
        let name = schema["$ref"].as_str().expect("a key is a reference");
        let name = name.strip_prefix("#/$defs/").expect("of this file");
        let definition = definitions.get(name);
        let is_said = |value: &Value| {
            value["description"]
                .as_str()
                .is_some_and(|text| !text.is_empty())
        };
        let is_language = name.ends_with(".TEXT");
        assert!(
            definition.is_some_and(|value| is_language || is_said(value)),
            "{key}: {name}"
        );
    }
}

/// What the typed policy reads of an object stands in the table of keys, and nothing else does.
#[test]
fn the_keys_are_those_that_the_typed_policy_reads() {
    let drawn = drawn();
    let typed = [
        (
            schemars::schema_for!(AnyDeskClient),
            "Integration.AnyDesk.Client",
        ),
        (
            schemars::schema_for!(UnattendedAccess),
            "Integration.AnyDesk.Client.UnattendedAccess",
        ),
        (schemars::schema_for!(MenuEntry), "Tray.Items.ITEM"),
        (schemars::schema_for!(WebLink), "WebLinks.ITEM"),
        (
            schemars::schema_for!(ExtensionPolicy),
            "Extensions.Packages.NAME",
        ),
    ];
    for (typed, name) in typed {
        let typed = serde_json::to_value(typed).expect("a schema is JSON");
        let own = |value: &Value| {
            let names = value["properties"].as_object().expect("properties").keys();
            names
                .filter(|name| !name.contains('.'))
                .cloned()
                .collect::<std::collections::BTreeSet<_>>()
        };
        let name = format!("settings.{name}");
        assert_eq!(own(&typed), own(&drawn["$defs"][name.as_str()]), "{name}");
    }
}
