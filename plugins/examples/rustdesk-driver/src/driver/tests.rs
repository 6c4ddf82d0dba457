use std::os::unix::fs::PermissionsExt as _;

use deskhook_sdk::testing::Trial;
use serde_json::{Value, json};

use super::*;

/// A RustDesk that can be found; what it prints, the trial's answers say.
struct Installed(tempfile::TempDir);

impl Installed {
    fn new() -> Self {
        let installed = Self(tempfile::tempdir().unwrap());
        let program = installed.program();
        std::fs::write(&program, "").unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        installed
    }

    fn program(&self) -> String {
        self.0.path().join("rustdesk").display().to_string()
    }

    fn trial(&self) -> Trial<RustDeskDriver> {
        let programs = json!(["/no/such/rustdesk", self.program()]);
        Trial::new().policy("RustDeskDriver.Programs", Json::new(programs.to_string()))
    }

    fn printing(&self, text: &str) -> Trial<RustDeskDriver> {
        self.trial().answer(&self.program(), printed(0, text))
    }
}

fn printed(code: i32, text: &str) -> Json {
    Json::new(json!({"code": code, "stdout": text, "stderr": ""}).to_string())
}

fn input(more: Value) -> Json {
    let mut input =
        json!({"client": "rustdesk", "device": {"os": "linux"}, "output": "", "arguments": []});
    input
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().cloned().unwrap());
    Json::new(input.to_string())
}

fn text(trial: &Trial<RustDeskDriver>, hook: Hook, more: Value) -> Option<String> {
    trial
        .call(hook, &input(more))
        .unwrap()
        .and_then(|text| text.as_string())
}

#[test]
fn it_is_found_and_what_it_is_beside_the_address_is_told() {
    let installed = Installed::new();
    // The trial answers every question to a program alike.
    let trial = installed.printing("1.4.9\n123456789\n");
    assert_eq!(
        text(&trial, Hook::ClientLocate, json!({})),
        Some(installed.program())
    );
    assert_eq!(
        text(&trial, Hook::AddressRead, json!({})).as_deref(),
        Some("123456789")
    );
    let fields = trial
        .call(Hook::AddressReport, &input(json!({})))
        .unwrap()
        .unwrap();
    let fields: Value = serde_json::from_str(fields.as_text()).unwrap();
    assert_eq!(
        fields["fields"],
        json!({"rustdesk-version": "1.4.9", "rustdesk-id-from": "command"})
    );
}

#[test]
fn another_client_is_none_of_its_business() {
    let installed = Installed::new();
    let trial = installed.printing("123456789\n");
    let other = || json!({"client": "anydesk"});
    for hook in [
        Hook::ClientLocate,
        Hook::AddressRead,
        Hook::ClientLaunch,
        Hook::AddressReport,
    ] {
        assert_eq!(trial.call(hook, &input(other())).unwrap(), None, "{hook:?}");
    }
    let trial = installed
        .printing("123456789\n")
        .policy("RustDeskDriver.Clients", Json::new(r#"["Helpdesk"]"#));
    assert_eq!(text(&trial, Hook::AddressRead, json!({})), None);
    let helpdesk = json!({"client": "helpdesk"});
    assert_eq!(
        text(&trial, Hook::AddressRead, helpdesk).as_deref(),
        Some("123456789")
    );
}

#[test]
fn the_client_s_own_words_go_first_and_the_configuration_last() {
    let installed = Installed::new();
    let said = json!({"output": "ID: 111 222 333\n"});
    let trial = installed.printing("123456789\n");
    assert_eq!(
        text(&trial, Hook::AddressRead, said).as_deref(),
        Some("111222333")
    );
    let kept = "/home/ada/.config/rustdesk/RustDesk.toml";
    let trial = installed
        .printing("Installation and administrative privileges required!\n")
        .answer("HOME", Json::of_text("/home/ada"))
        .answer(
            kept,
            Json::of_text("id = '987654321'\npassword = 'secret'\n"),
        );
    assert_eq!(
        text(&trial, Hook::AddressRead, json!({})).as_deref(),
        Some("987654321")
    );
    assert!(trial.lines().is_empty(), "{:?}", trial.lines());
}

#[test]
fn no_id_so_far_is_no_failure_and_told_once() {
    let installed = Installed::new();
    let kept = "/home/ada/.config/rustdesk/RustDesk.toml";
    let trial = installed
        .trial()
        .answer(&installed.program(), printed(1, "123456789\n"))
        .answer("HOME", Json::of_text("/home/ada"))
        .answer(
            kept,
            Json::of_text("enc_id = '00abc'\npassword = 'secret'\n"),
        );
    for _ in 0..3 {
        assert_eq!(text(&trial, Hook::AddressRead, json!({})), None);
    }
    let lines = trial.lines();
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].contains("the code 1") && lines[0].contains("encrypted"),
        "{lines:?}"
    );
    assert!(!lines[0].contains("secret"), "{lines:?}");
    assert_eq!(
        trial.call(Hook::AddressReport, &input(json!({}))).unwrap(),
        None
    );
}

#[test]
fn without_grants_or_time_it_says_nothing() {
    let installed = Installed::new();
    let trial = installed.trial();
    assert_eq!(
        text(&trial, Hook::ClientLocate, json!({})),
        Some(installed.program())
    );
    assert_eq!(text(&trial, Hook::AddressRead, json!({})), None);
    let trial = installed.printing("123456789\n").cancelled();
    assert_eq!(text(&trial, Hook::AddressRead, json!({})), None);
    assert!(trial.lines()[0].contains("no time"), "{:?}", trial.lines());
    let nowhere = Trial::<RustDeskDriver>::new();
    let elsewhere = json!({"device": {"os": "plan9"}});
    assert_eq!(text(&nowhere, Hook::ClientLocate, elsewhere), None);
}

#[test]
fn it_starts_with_what_the_policy_adds() {
    let trial = Trial::<RustDeskDriver>::new()
        .policy("RustDeskDriver.Arguments", Json::new(r#"["--tray"]"#))
        .policy(
            "RustDeskDriver.Environment",
            Json::new(r#"{"GDK_BACKEND": "x11"}"#),
        );
    let patch = trial
        .call(Hook::ClientLaunch, &input(json!({})))
        .unwrap()
        .unwrap();
    let patch: Value = serde_json::from_str(patch.as_text()).unwrap();
    assert_eq!(
        patch,
        json!({"arguments": ["--tray"], "environment": {"GDK_BACKEND": "x11"}})
    );
    let silent = Trial::<RustDeskDriver>::new();
    assert_eq!(
        silent.call(Hook::ClientLaunch, &input(json!({}))).unwrap(),
        None
    );
}

#[test]
fn a_secret_in_the_arguments_is_refused_and_not_repeated() {
    for arguments in [r#"["--password", "hunter2"]"#, r#"["--password=hunter2"]"#] {
        let trial =
            Trial::<RustDeskDriver>::new().policy("RustDeskDriver.Arguments", Json::new(arguments));
        let why = trial
            .call(Hook::ClientLaunch, &input(json!({})))
            .unwrap_err();
        assert!(why.message().contains("has --password"), "{why:?}");
        assert!(!why.message().contains("hunter2"), "{why:?}");
    }
}

#[test]
fn a_policy_that_cannot_be_read_fails_and_names_the_key() {
    let installed = Installed::new();
    for (key, value, hook) in [
        ("Clients", "\"rustdesk\"", Hook::ClientLocate),
        ("Programs", "[1]", Hook::ClientLocate),
        ("Arguments", "\"--tray\"", Hook::ClientLaunch),
        ("Environment", "[]", Hook::ClientLaunch),
        ("ChosenIds", "\"yes\"", Hook::AddressRead),
        ("ConfigFile", "7", Hook::AddressRead),
    ] {
        let trial = installed
            .trial()
            .policy(&format!("RustDeskDriver.{key}"), Json::new(value));
        let why = trial.call(hook, &input(json!({}))).unwrap_err();
        assert!(
            why.message().contains(key) && why.message().contains(value),
            "{why:?}"
        );
    }
}
