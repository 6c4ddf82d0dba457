//! What an administrator and a code review see of deviations from the security guide.

use anyhow::{Context as _, Result, bail};
use harness::{Finished, Home, run};
use serde_json::{Value, json};

const TENANT: &str = r#"{
  "scope": "tenant", "name": "Acme",
  "settings": {
    "Integration.AnyDesk": {"Enabled": true, "Client": {
      "Direction": "incoming", "Namespace": "acme", "AccessControlList": ["*@acme"], "RegisterAlias": true,
      "AssignToLicense": true, "DisableSettings": true, "DisableAddressBook": true, "DisableTcpListen": true,
      "MinimumVersion": "9.0.4", "PermissionProfiles": {"Support": {"input": true}},
      "RemovePresetProfiles": ["_default", "_screen_sharing", "_full_access", "unattended access"]}}
  }
}"#;

fn audit(home: &Home, arguments: &[&str]) -> Result<Finished> {
    run(home.deskhook().arg("policy").arg("audit").args(arguments))
}

fn document(said: &Finished) -> Result<Value> {
    serde_json::from_str(&said.stdout).with_context(|| format!("one document, not {}", said.stdout))
}

/// A layer with one setting.
fn layer(scope: &str, name: &str, settings: &Value) -> String {
    json!({"scope": scope, "name": name, "settings": settings}).to_string()
}

#[test]
fn what_follows_the_guide_passes_and_says_what_was_looked_at() -> Result<()> {
    let home = Home::new()?;
    home.write("policy/1.json", TENANT)?;
    let said = audit(&home, &["policy"])?;
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert!(
        said.stdout
            .contains("0 errors, 0 warnings, 0 notes, 0 excepted"),
        "{}",
        said.stdout
    );
    assert!(
        said.stdout.contains("looked at 1 layer file"),
        "{}",
        said.stdout
    );
    assert_eq!(said.stderr, "");
    Ok(())
}

#[test]
fn a_finding_is_shown_with_its_place_and_its_fix_mends_it() -> Result<()> {
    let home = Home::new()?;
    home.write("policy/1.json", TENANT.replace("[\"*@acme\"]", "[\"*\"]"))?;
    let said = audit(&home, &["policy"])?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    for part in [
        "policy/1.json:5:74: error: acl-open",
        "lets strangers in",
        "everybody",
        "Access Control List and custom Namespace",
    ] {
        assert!(said.stdout.contains(part), "no {part} in\n{}", said.stdout);
    }
    let said = audit(&home, &["policy", "--json"])?;
    let fix = document(&said)?["findings"][0]["fix"]["layer"].clone();
    assert_eq!(
        fix["settings"]["Integration.AnyDesk.Client.AccessControlList"],
        json!(["*@acme"])
    );
    home.write("policy/fix.json", fix.to_string())?;
    let said = audit(&home, &["policy"])?;
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    Ok(())
}

#[test]
fn a_note_alone_is_no_reason_to_fail() -> Result<()> {
    let home = Home::new()?;
    home.write(
        "policy/1.json",
        TENANT.replace("\"AssignToLicense\": true,", ""),
    )?;
    let said = audit(&home, &["policy", "--format", "json"])?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let document = document(&said)?;
    assert_eq!(document["findings"][0]["id"], "license-unassigned");
    assert_eq!(document["ok"], true);
    let manual = document["manual"].as_array().context("a list of rules")?;
    assert!(
        manual.iter().any(|rule| rule["id"] == "portal-two-factor"),
        "{manual:#?}"
    );
    Ok(())
}

/// A day within the next two years, whenever this runs.
fn next_year() -> Result<String> {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    let year = 1970 + now.as_secs() / 31_556_952;
    Ok(format!("{}-06-30", year + 1))
}

#[test]
fn an_exception_is_listed_until_it_ends() -> Result<()> {
    let home = Home::new()?;
    home.write("policy/1.json", TENANT)?;
    home.write(
        "policy/2.json",
        layer("group", "kiosks", &json!({"Session.Consent.Mode": "never"})),
    )?;
    for (until, code, part) in [
        (next_year()?, 0, "1 excepted"),
        (
            "2020-01-31".to_owned(),
            1,
            "the exception ended on 2020-01-31",
        ),
        ("9999-12-31".to_owned(), 1, "the exception does not count"),
    ] {
        let exception = json!({"Audit.Exceptions.consent-never": {"Reason": "nobody sits there", "Until": until}});
        home.write("policy/3.json", layer("group", "kiosks", &exception))?;
        let said = audit(&home, &["policy"])?;
        assert_eq!(
            said.code,
            Some(code),
            "{until}: {}{}",
            said.stdout,
            said.stderr
        );
        assert!(said.stdout.contains(part), "{until}: {}", said.stdout);
        assert!(said.stdout.contains("nobody sits there"), "{}", said.stdout);
    }
    Ok(())
}

#[test]
fn a_log_in_sarif_has_what_code_review_needs() -> Result<()> {
    let home = Home::new()?;
    let never = "{\n \"😀\": {}, \"Session.Consent.Mode\": \"never\"}";
    let text = format!("{{\"scope\": \"group\", \"name\": \"kiosks\", \"settings\": {never}}}");
    home.write("my policy/ü.json", text)?;
    let exception = json!({"Audit.Exceptions.consent-never": {"Reason": "nobody sits there", "Until": next_year()?}});
    home.write("my policy/2.json", layer("device", "pc", &exception))?;
    let said = audit(
        &home,
        &["my policy", "--format", "sarif", "--group", "kiosks"],
    )?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    let log = document(&said)?;
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    assert_eq!(run["columnKind"], "utf16CodeUnits");
    let result = &run["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "my%20policy/%C3%BC.json");
    assert_eq!(
        place["region"],
        json!({"startLine": 2, "startColumn": 36, "endLine": 2, "endColumn": 43})
    );
    let index = result["ruleIndex"].as_u64().context("an index")?;
    let rule = &run["tool"]["driver"]["rules"][usize::try_from(index)?];
    assert_eq!(
        (&rule["id"], &result["ruleId"]),
        (&json!("consent-never"), &json!("consent-never"))
    );
    assert_eq!(result["suppressions"], json!([]));
    let said = audit(
        &home,
        &[
            "my policy",
            "--format",
            "sarif",
            "--group",
            "kiosks",
            "--device",
            "pc",
        ],
    )?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let log = document(&said)?;
    let suppression = &log["runs"][0]["results"][0]["suppressions"][0];
    assert_eq!(suppression["status"], "accepted", "{log:#}");
    let why = suppression["justification"]
        .as_str()
        .context("a justification")?;
    assert!(why.starts_with("nobody sits there"), "{why}");
    Ok(())
}

#[test]
fn wrong_usage_a_refused_file_and_a_missing_path_are_told_apart() -> Result<()> {
    let home = Home::new()?;
    home.write("policy/1.json", TENANT)?;
    for (arguments, code) in [
        (["policy", "--format", "xml"].as_slice(), 2),
        (&["policy", "--format", "sarif", "--json"], 2),
        (&["policy", "--format", "json", "--json"], 0),
        (&["nowhere"], 3),
    ] {
        let said = audit(&home, arguments)?;
        assert_eq!(said.code, Some(code), "{arguments:?}: {}", said.stderr);
    }
    let said = audit(&home, &["policy", "--user", "jo"])?;
    assert_eq!(
        (said.code, said.stderr.as_str()),
        (Some(0), "no layer is for the user \"jo\"\n")
    );
    home.write("policy/2.json", "{\"scope\": ")?;
    let said = audit(&home, &["policy", "--json"])?;
    assert_eq!(said.code, Some(1), "{}", said.stdout);
    assert!(said.stderr.contains("policy/2.json:1:"), "{}", said.stderr);
    if document(&said)?["ok"] != json!(false) {
        bail!("a refused file is not ok: {}", said.stdout);
    }
    Ok(())
}

#[test]
fn a_secret_beside_a_finding_is_covered_up() -> Result<()> {
    let home = Home::new()?;
    let client =
        json!({"Advanced": {"ad.anynet.pwd_hash": "mellon-1234"}, "Direction": "bidirectional"});
    let settings = json!({"Integration.AnyDesk.Client": client});
    home.write("policy/1.json", layer("tenant", "Acme", &settings))?;
    for format in ["text", "json", "sarif"] {
        let said = audit(&home, &["policy", "--format", format])?;
        assert_eq!(said.code, Some(1), "{}", said.stderr);
        assert!(said.stdout.contains("direction"), "{}", said.stdout);
        assert!(!said.stdout.contains("mellon"), "{}", said.stdout);
        assert!(!said.stderr.contains("mellon"), "{}", said.stderr);
    }
    Ok(())
}
