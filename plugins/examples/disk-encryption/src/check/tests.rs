use deskhook_sdk::testing::Trial;
use deskhook_sdk::{Context, Device};

use super::*;

const MANIFEST: &str = include_str!("../../deskhook-plugin.json");
const FDESETUP: &str = "/usr/bin/fdesetup";

/// The plugin with the manifest's English texts.
fn trial() -> Trial<DiskEncryption> {
    let texts = Json::new(MANIFEST).field("texts").unwrap();
    let english = |key: &str| texts.field(key)?.field("en")?.as_string();
    ["title", "plain", "unknown", "anyway"]
        .into_iter()
        .fold(Trial::new(), |trial, key| {
            trial.text(key, &english(key).expect("a text"))
        })
}

fn requiring(what: &str) -> Trial<DiskEncryption> {
    trial().policy("DiskEncryption.Require", Json::of_text(what))
}

fn asked(os: &str) -> SessionRequest<'_> {
    let device = Device {
        os,
        ..Device::default()
    };
    SessionRequest {
        context: Context {
            device,
            ..Context::default()
        },
        ..SessionRequest::default()
    }
}

fn printed(text: &str) -> Json {
    Json::new(serde_json::json!({"code": 0, "stdout": text, "stderr": ""}).to_string())
}

#[test]
fn a_policy_that_requires_nothing_has_no_opinion() {
    assert_eq!(
        trial().session_request(&asked("macos")),
        Ok(Verdict::Abstain)
    );
    assert_eq!(
        requiring("off").session_request(&asked("macos")),
        Ok(Verdict::Abstain)
    );
}

#[test]
fn an_encrypted_disk_is_no_objection() {
    let check = requiring("deny").answer(FDESETUP, printed("FileVault is On.\n"));
    assert_eq!(check.session_request(&asked("macos")), Ok(Verdict::Allow));
}

#[test]
fn a_plain_disk_denies_or_asks_as_the_policy_has_it() {
    let plain = || printed("FileVault is Off.\n");
    let check = requiring("deny").answer(FDESETUP, plain());
    let Ok(Verdict::Deny { code, message }) = check.session_request(&asked("macos")) else {
        panic!("it must deny")
    };
    assert_eq!(code, "disk-not-encrypted");
    assert!(message.contains("(FileVault is off)"), "{message}");
    let check = requiring("warn").answer(FDESETUP, plain());
    let Ok(Verdict::Ask { title, message, .. }) = check.session_request(&asked("macos")) else {
        panic!("it must ask")
    };
    assert!(title.contains("not known to be encrypted"), "{title}");
    assert!(message.ends_with("Start the session anyway?"), "{message}");
}

#[test]
fn what_is_unknown_never_counts_as_encrypted() {
    let failed = Json::new(r#"{"code": 1, "stdout": "FileVault is On.", "stderr": ""}"#);
    let killed = Json::new(r#"{"code": -1, "stdout": "FileVault is On.", "stderr": ""}"#);
    for check in [
        requiring("deny"),
        requiring("deny").answer(FDESETUP, failed),
        requiring("deny").answer(FDESETUP, killed),
        requiring("deny").answer(FDESETUP, printed("")),
    ] {
        let Ok(Verdict::Deny { code, .. }) = check.session_request(&asked("macos")) else {
            panic!("it must deny")
        };
        assert_eq!(code, "disk-encryption-unknown");
    }
    for os in ["plan9", ""] {
        let verdict = requiring("warn").session_request(&asked(os));
        assert!(matches!(verdict, Ok(Verdict::Ask { .. })), "{verdict:?}");
    }
}

#[test]
fn a_policy_that_cannot_be_read_fails_and_names_the_key() {
    for (key, value) in [
        ("Require", "\"yes\""),
        ("Require", "true"),
        ("Paths", "\"/\""),
        ("Paths", "[]"),
        ("Paths", "[\"home\"]"),
        ("Paths", "[1]"),
    ] {
        let trial = requiring("deny").policy(&format!("DiskEncryption.{key}"), Json::new(value));
        let why = trial.session_request(&asked("linux")).unwrap_err();
        assert!(
            why.message().contains(key) && why.message().contains(value),
            "{why:?}"
        );
    }
    assert!(
        trial()
            .without_policy()
            .session_request(&asked("linux"))
            .is_err()
    );
}

#[test]
fn the_state_tells_what_is_known_and_why() {
    let input = Json::new(r#"{"device": {"os": "macos"}}"#);
    let told = |trial: &Trial<DiskEncryption>| {
        let fields = trial.call(Hook::StateCollect, &input).unwrap().unwrap();
        let fields = fields.field("fields").unwrap();
        let text = |name: &str| fields.field(name).and_then(|it| it.as_string()).unwrap();
        (text("disk-encryption"), text("disk-encryption-detail"))
    };
    let on = trial().answer(FDESETUP, printed("FileVault is On.\n"));
    assert_eq!(told(&on), ("on".to_owned(), "FileVault is on".to_owned()));
    let (word, detail) = told(&trial());
    assert_eq!(word, "unknown");
    assert!(detail.starts_with("fdesetup: "), "{detail}");
}

#[test]
fn the_state_of_this_machine_is_one_of_three_words() {
    let input = Json::new(r#"{"device": {"os": "linux"}}"#);
    let fields = trial().call(Hook::StateCollect, &input).unwrap().unwrap();
    let word = fields
        .field("fields")
        .and_then(|it| it.field("disk-encryption"));
    let word = word.and_then(|word| word.as_string()).unwrap();
    assert!(["on", "off", "unknown"].contains(&word.as_str()), "{word}");
}

#[test]
fn every_text_is_there_in_english_and_german() {
    let texts: serde_json::Value = serde_json::from_str(MANIFEST).unwrap();
    let texts = texts["texts"].as_object().unwrap();
    assert_eq!(texts.len(), 4);
    for (key, text) in texts {
        for language in ["en", "de"] {
            assert!(
                text[language].as_str().is_some_and(|it| !it.is_empty()),
                "{key} {language}"
            );
        }
    }
}
