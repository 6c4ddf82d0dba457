//! The packages that ship do what their own guides say.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use deskhook_hooks::{Grants, Hook, LogLevel};
use deskhook_script::{Fakes, Package, discover, run};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

/// Each package that ships: its folder, and the guide in it.
fn guides() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scripts/packages");
    let read = |root: PathBuf| {
        let guide = std::fs::read_to_string(root.join("README.md"));
        (root, guide.expect("every package has a guide"))
    };
    discover(&folder).into_iter().map(read).collect()
}

/// The settings of the layer file that a guide shows.
fn settings(guide: &str) -> Value {
    let blocks = guide.split("\n```json\n").skip(1);
    let mut blocks = blocks.map(|rest| rest.split("```").next().unwrap_or_default());
    let layer = blocks.find(|block| block.contains("\"scope\""));
    let layer = layer.expect("every guide shows a layer file");
    let layer: Value = serde_json::from_str(layer).expect("a layer file is JSON");
    layer["settings"].clone()
}

#[test]
fn the_layer_of_a_guide_is_one_that_its_package_understands() {
    for (root, guide) in guides() {
        let package = Package::load(&root).unwrap();
        let secret = format!("/etc/deskhook/secrets/{}", package.name());
        let files = json!({ secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
        let fakes = json!({ "policy": settings(&guide), "files": files });
        let fakes = Fakes::read(&fakes).unwrap();
        for hook in &package.manifest().hooks {
            let ran = run(&root, *hook, json!({}), fakes.clone()).unwrap();
            assert!(ran.answer.is_ok(), "{}: {hook}: {ran:?}", package.name());
            let loud =
                |(level, _): &(LogLevel, String)| matches!(level, LogLevel::Warn | LogLevel::Error);
            assert!(
                !ran.record.logs.iter().any(loud),
                "{}: {hook}: {ran:?}",
                package.name()
            );
        }
    }
}

#[test]
fn the_layer_of_a_guide_grants_what_its_package_asks_for_and_no_more() {
    for (root, guide) in guides() {
        let package = Package::load(&root).unwrap();
        let (name, asked) = (package.name(), &package.manifest().capabilities);
        let settings = settings(&guide);
        let granted = &settings[format!("Extensions.Packages.{name}")]["Capabilities"];
        let granted: Vec<String> = serde_json::from_value(granted.clone()).unwrap();
        let grants = Grants::new(asked, &granted);
        let kinds = |list: &[String]| {
            let kind = |entry: &String| entry.split(':').next().map(str::to_owned);
            list.iter()
                .filter_map(kind)
                .collect::<std::collections::BTreeSet<_>>()
        };
        assert_eq!(kinds(asked), kinds(&granted), "{name}");
        for kind in kinds(asked) {
            assert!(grants.has(&kind), "{name}: {kind}");
        }
    }
}

#[test]
fn a_guide_names_every_hook_and_every_kind_of_capability() {
    for (root, guide) in guides() {
        let package = Package::load(&root).unwrap();
        let named = |hook: &&Hook| !guide.contains(&format!("`{hook}`"));
        let missing: Vec<_> = package.manifest().hooks.iter().filter(named).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", package.name());
        for capability in &package.manifest().capabilities {
            let kind = capability.split(':').next().unwrap();
            assert!(
                guide.contains(&format!("`{kind}:")),
                "{}: {kind}",
                package.name()
            );
        }
    }
}

#[test]
fn every_key_that_a_package_reads_is_in_its_guide() {
    for (root, guide) in guides() {
        let package = Package::load(&root).unwrap();
        let sources = package
            .modules()
            .into_iter()
            .filter_map(|path| package.source(path));
        for source in sources {
            for read in source.split("policy.").skip(1) {
                let key: String = read
                    .chars()
                    .take_while(char::is_ascii_alphanumeric)
                    .collect();
                let is_key = key.starts_with(|c: char| c.is_ascii_uppercase());
                assert!(
                    !is_key || guide.contains(&format!("`{key}`")),
                    "{}: {key}",
                    package.name()
                );
            }
        }
    }
}

#[test]
fn the_event_of_the_guide_is_signed_as_it_says() {
    let is_webhook = |(root, _): &(PathBuf, String)| root.ends_with("events-webhook");
    let (_, guide) = guides().into_iter().find(is_webhook).unwrap();
    let (_, rest) = guide.split_once("```http\n").unwrap();
    let (lines, rest) = rest.split_once("\n\n").unwrap();
    let (body, _) = rest.split_once("\n```").unwrap();
    let header = |name: &str| {
        let prefix = format!("{name}: ");
        lines
            .lines()
            .find_map(|line| line.strip_prefix(&prefix))
            .unwrap()
    };
    let (_, secret) = guide.split_once("`whsec_Mf").unwrap();
    let key = format!("Mf{}", secret.split('`').next().unwrap());
    let signed = format!(
        "{}.{}.{body}",
        header("webhook-id"),
        header("webhook-timestamp")
    );
    let mac = Hmac::<Sha256>::new_from_slice(&STANDARD.decode(key).unwrap()).unwrap();
    let signature = header("webhook-signature").strip_prefix("v1,").unwrap();
    let signature = STANDARD.decode(signature).unwrap();
    mac.chain_update(signed).verify_slice(&signature).unwrap();
    serde_json::from_str::<Value>(body).unwrap();
}

#[test]
fn the_error_in_the_guide_of_the_hours_is_what_the_package_says() {
    let is_hours = |(root, _): &(PathBuf, String)| root.ends_with("business-hours");
    let (root, guide) = guides().into_iter().find(is_hours).unwrap();
    let (_, rest) = guide
        .split_once("Of `\"Friday\": \"8-17\"` it says\n`")
        .unwrap();
    let (expected, _) = rest.split_once("`.").unwrap();
    let policy = json!({"BusinessHours": {"Open": {"Friday": "8-17"}}});
    let fakes = Fakes::read(&json!({ "policy": policy })).unwrap();
    let ran = run(&root, Hook::SessionRequest, json!({}), fakes).unwrap();
    let said = ran.answer.unwrap_err().to_string();
    assert!(said.contains(expected), "{said}");
}
