//! What an administrator does with layer files in a terminal.

use anyhow::{Context as _, Result};
use harness::{Finished, Home, run};
use serde_json::{Value, json};

fn policy(home: &Home, arguments: &[&str]) -> Result<Finished> {
    run(home.deskhook().arg("policy").args(arguments))
}

fn resolved(home: &Home, path: &str) -> Result<Value> {
    let said = policy(home, &["resolve", path, "--json"])?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let document: Value = serde_json::from_str(&said.stdout)?;
    Ok(document["policy"].clone())
}

const WHOLE: &str = r#"Key = Integration
Value = {"AnyDesk": {"Enabled": true, "BootstrapperUrl": "https://files.example/AnyDesk.exe",
  "Ui": {"TrayMenuTextEnglish": "Get help"}}}
"#;

const SPLIT: &str = r#"Key = Integration.AnyDesk.Enabled
Value = true

Key = Integration.AnyDesk.BootstrapperUrl
Value = "https://files.example/AnyDesk.exe"

Key = Integration.AnyDesk.UI.TrayMenuTextEnglish
Value = "Get help"
"#;

const MIXED: &str = r#"Key = Integration.AnyDesk
Value = {"Enabled": true, "BootstrapperUrl": "https://files.example/AnyDesk.exe", "UI": {"TrayMenuTextEnglish": "Get help"}}
"#;

#[test]
fn the_three_forms_of_a_setting_give_the_same_policy() -> Result<()> {
    let home = Home::new()?;
    for (form, text) in [("whole", WHOLE), ("split", SPLIT), ("mixed", MIXED)] {
        home.write(&format!("{form}/berlin.kv"), text)?;
    }
    let whole = resolved(&home, "whole")?;
    assert!(whole.to_string().contains("Get help"), "{whole:#}");
    assert_eq!(resolved(&home, "split")?, whole);
    assert_eq!(resolved(&home, "mixed")?, whole);
    Ok(())
}

#[test]
fn broken_json_is_told_with_its_place_and_what_is_missing() -> Result<()> {
    let home = Home::new()?;
    let broken = [
        (r#"{"AnyDesk: {"Enabled": true}}"#, 2),
        (
            r#"{"AnyDesk": {"Enabled": true, BootstrapperUrl": "https://files.example/a"}}"#,
            2,
        ),
        (
            "{\"AnyDesk\": {\n\"Ui\": {\"TrayMenuTextEnglish\": \"Get help} }}",
            3,
        ),
    ];
    for (number, (value, line)) in broken.into_iter().enumerate() {
        let file = format!("broken-{number}.kv");
        home.write(&file, format!("Key = Integration\nValue = {value}\n"))?;
        let said = policy(&home, &["check", &file])?;
        assert_eq!(said.code, Some(1), "{value}\n{}", said.stderr);
        let place = format!("{file}:{line}:");
        assert!(
            said.stderr.contains(&place),
            "{value}\nno {place} in\n{}",
            said.stderr
        );
        assert!(said.stderr.contains("help"), "{value}\n{}", said.stderr);
    }
    Ok(())
}

#[test]
fn explain_names_who_set_a_key_and_whom_that_overrode() -> Result<()> {
    let home = Home::new()?;
    let layer = |scope: &str, name: &str, minutes: u32| json!({ "scope": scope, "name": name, "settings": { "Session.MaxMinutes": minutes } });
    home.write("policy/1.json", layer("tenant", "", 120).to_string())?;
    home.write("policy/2.json", layer("group", "Berlin", 45).to_string())?;
    let said = policy(
        &home,
        &["explain", "session.maxminutes", "policy", "--json"],
    )?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let explained: Value = serde_json::from_str(&said.stdout).context("one JSON document")?;
    assert_eq!(explained["value"], 45, "{explained:#}");
    assert_eq!(
        explained["set_by"]["layer"]["name"], "Berlin",
        "{explained:#}"
    );
    assert_eq!(
        explained["overridden"][0]["layer"]["scope"], "tenant",
        "{explained:#}"
    );
    Ok(())
}

#[test]
fn wrong_usage_and_an_unreadable_file_are_told_apart() -> Result<()> {
    let home = Home::new()?;
    assert_eq!(policy(&home, &["chekc"])?.code, Some(2));
    assert_eq!(policy(&home, &["check", "nowhere"])?.code, Some(3));
    home.write("policy/1.json", r#"{"scope": "tenant", "settings": {}}"#)?;
    for command in ["check", "resolve", "audit"] {
        let on = |system: &str| policy(&home, &[command, "policy", "--platform", system]);
        assert_eq!(on("beos")?.code, Some(2), "{command}");
        assert_eq!(on("Linux")?.code, Some(0), "{command}");
    }
    Ok(())
}

#[test]
fn what_is_explained_or_resolved_without_a_file_says_so() -> Result<()> {
    let home = Home::new()?;
    let layer = json!({"scope": "tenant", "settings": {"Integration.AnyDesk.Enabled": true}});
    home.write("policy/1.json", layer.to_string())?;
    home.write("policy/2.json", "{")?;
    let said = policy(&home, &["explain", "Session", "policy", "--json"])?;
    let explained: Value = serde_json::from_str(&said.stdout).context("one JSON document")?;
    let problems = explained["problems"].as_array().context("problems")?;
    assert!(!problems.is_empty(), "{explained:#}");
    assert!(said.stderr.contains("2.json:1:"), "{}", said.stderr);
    let said = policy(&home, &["resolve", "policy"])?;
    assert_eq!(said.code, Some(1));
    assert!(
        said.stderr.contains("integrations are off"),
        "{}",
        said.stderr
    );
    Ok(())
}

#[test]
fn a_name_that_no_layer_is_for_is_told() -> Result<()> {
    let home = Home::new()?;
    let layer = json!({"scope": "group", "name": "Berlin", "settings": {}});
    home.write("policy/1.json", layer.to_string())?;
    let said = policy(
        &home,
        &["resolve", "policy", "--group", "berlin", "--group", "Pairs"],
    )?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    assert!(
        said.stderr.contains("no layer is for the group \"Pairs\""),
        "{}",
        said.stderr
    );
    assert!(!said.stderr.contains("berlin"), "{}", said.stderr);
    Ok(())
}

#[test]
fn what_cannot_be_a_client_is_not_pinned() -> Result<()> {
    let home = Home::new()?;
    let url = "http://127.0.0.1:9/x";
    for wrong in [["--client", ""], ["--client", "a b"], ["--max-bytes", "0"]] {
        let said = policy(&home, &[&["pin", url], &wrong[..]].concat())?;
        assert_eq!(said.code, Some(2), "{wrong:?}: {}", said.stderr);
    }
    Ok(())
}
