//! What an administrator types into the vendor's generator, and how an installed client differs.

use anyhow::{Context as _, Result};
use harness::{Finished, Home, run};
use serde_json::{Value, json};

fn policy(home: &Home, arguments: &[&str]) -> Result<Finished> {
    run(home.deskhook().arg("policy").args(arguments))
}

/// One layer for the end users' clients and one for the supporters', as the vendor's guide has it.
fn use_case(home: &Home) -> Result<()> {
    let layer = |name: &str, client: Value| json!({"scope": "group", "name": name, "settings": {"Integration.AnyDesk.Client": client}});
    let users = json!({
        "Direction": "incoming",
        "AccessControlList": ["*@acme"],
        "RemovePresetProfiles": ["_default", "_screen_sharing", "_full_access", "_unattended_access"],
        "UnattendedAccess": {"Enabled": false},
    });
    let supporters = json!({"Direction": "outgoing", "ForceUserLogin": true, "Namespace": "acme", "RegisterAlias": true});
    home.write("policy/users.json", layer("Users", users).to_string())?;
    let supporters = layer("Supporters", supporters).to_string();
    home.write("policy/supporters.json", supporters)?;
    Ok(())
}

const END_USER: &str = "ad.security.permission_profiles._default.removed=1
ad.security.permission_profiles._screen_sharing.removed=1
ad.security.permission_profiles._full_access.removed=1
ad.security.permission_profiles.unattended access.removed=1
";

fn settings(home: &Home, role: &str, more: &[&str]) -> Result<Finished> {
    let arguments = [
        "client-settings",
        "--client",
        "anydesk",
        "--role",
        role,
        "policy",
    ];
    policy(home, &[&arguments, more].concat())
}

#[test]
fn the_lines_of_the_guide_are_all_that_is_on_standard_output() -> Result<()> {
    let home = Home::new()?;
    use_case(&home)?;
    let users = settings(&home, "end-user", &["--group", "Users"])?;
    assert_eq!(
        (users.code, users.stdout.as_str()),
        (Some(0), END_USER),
        "{}",
        users.stderr
    );
    for step in [
        "Build Type: Incoming",
        "Access Control List: *@acme",
        "users.json:1:",
    ] {
        assert!(
            users.stderr.contains(step),
            "no {step} in\n{}",
            users.stderr
        );
    }
    let supporters = settings(&home, "support", &["--group", "Supporters"])?;
    let line = "ad.anydesk.register.add_to_namespace=true\n";
    assert_eq!(
        (supporters.code, supporters.stdout.as_str()),
        (Some(0), line)
    );
    assert!(
        supporters.stderr.contains("Force User Login: on"),
        "{}",
        supporters.stderr
    );

    let said = settings(&home, "support", &["--group", "Supporters", "--json"])?;
    let document: Value = serde_json::from_str(&said.stdout).context("one JSON document")?;
    assert_eq!(document["client"], "anydesk");
    assert_eq!(
        (&document["role"], &document["direction"]),
        (&json!("support"), &json!("outgoing"))
    );
    let line = &document["lines"][0];
    assert_eq!(line["key"], "ad.anydesk.register.add_to_namespace");
    assert_eq!((&line["value"], &line["line"]), (&json!("true"), &json!(1)));
    assert_eq!(line["layer"]["name"], "Supporters");
    assert_eq!(document["form"][0]["name"], "Build Type");
    Ok(())
}

#[test]
fn the_client_of_the_other_role_is_refused_with_the_layer_that_wants_it() -> Result<()> {
    let home = Home::new()?;
    use_case(&home)?;
    let said = settings(&home, "end-user", &["--group", "Supporters"])?;
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
    for part in ["supporters.json:1:", "outgoing", "group Supporters"] {
        assert!(said.stderr.contains(part), "no {part} in\n{}", said.stderr);
    }
    let said = settings(&home, "end-user", &["--group", "Supporters", "--json"])?;
    assert_eq!(said.code, Some(1));
    let document: Value = serde_json::from_str(&said.stdout).context("one JSON document")?;
    assert_eq!(document["problems"][0]["code"], "role-contradiction");
    Ok(())
}

#[test]
fn a_secret_in_a_policy_is_refused_and_shown_to_nobody() -> Result<()> {
    let home = Home::new()?;
    let layer = "{\"scope\": \"tenant\", \"settings\": {\"Integration.AnyDesk.Client.Advanced\": {\n\
        \"ad.ui.lang\": \"de\",\n\"ad.anynet.pwd_hash\": \"s3cr3t\"\n}}}";
    home.write("policy/acme.json", layer)?;
    let broken = layer.replace("}}}", "}}");
    home.write("broken/acme.json", broken)?;
    for path in ["policy", "broken"] {
        for command in [
            vec!["check", path],
            vec!["resolve", path],
            vec!["resolve", path, "--json"],
            vec!["explain", "Integration", path],
            vec!["explain", "Integration", path, "--json"],
            vec![
                "client-settings",
                "--client",
                "anydesk",
                "--role",
                "end-user",
                path,
            ],
            vec![
                "client-settings",
                "--client",
                "anydesk",
                "--role",
                "end-user",
                path,
                "--json",
            ],
        ] {
            let said = policy(&home, &command)?;
            let printed = format!("{}{}", said.stdout, said.stderr);
            assert!(!printed.contains("s3cr3t"), "{command:?}\n{printed}");
        }
    }
    let said = settings(&home, "end-user", &[])?;
    assert_eq!(
        (said.code, said.stdout.as_str()),
        (Some(1), "ad.ui.lang=de\n")
    );
    assert!(said.stderr.contains("acme.json:3:1"), "{}", said.stderr);
    Ok(())
}

/// Of a client that was built with the lines, with its secrets.
fn installed() -> String {
    format!(
        "ad.anynet.id=123456789\r\nad.anynet.pwd_salt=s3cr3t\r\nad.anynet.token_salt=s3cr3t\r\n\
         ad.anynet.pkey=-----BEGIN PRIVATE KEY-----\ns3cr3t==\n-----END PRIVATE KEY-----\r\n\
         ad.security.permission_profiles._default.salt=s3cr3t\r\n{END_USER}"
    )
}

fn drift(home: &Home, conf: &str, more: &[&str]) -> Result<Finished> {
    home.write("client/system.conf", conf)?;
    let arguments = [
        "drift",
        "--client",
        "anydesk",
        "client/system.conf",
        "policy",
        "--group",
        "Users",
    ];
    let said = policy(home, &[&arguments, more].concat())?;
    let printed = format!("{}{}", said.stdout, said.stderr);
    for secret in ["s3cr3t", "pwd", "salt", "PRIVATE"] {
        assert!(!printed.contains(secret), "{printed}");
    }
    Ok(said)
}

#[test]
fn a_client_that_was_built_from_the_lines_has_no_drift_and_a_changed_one_has() -> Result<()> {
    let home = Home::new()?;
    use_case(&home)?;
    let said = drift(&home, &installed(), &[])?;
    assert_eq!(said.code, Some(0), "{}{}", said.stdout, said.stderr);
    assert_eq!(said.stdout, "0 of 5 settings differ\n");

    let changed = installed().replace("_full_access.removed=1", "_full_access.removed=0")
        + "ad.security.acl_list=*@acme:true;*:true\nad.security.permission_profiles._default.pwd=s3cr3t\n";
    let changed = changed.replace("ad.security.permission_profiles._default.removed=1\n", "");
    let said = drift(&home, &changed, &[])?;
    assert_eq!(said.code, Some(1));
    for part in [
        "missing  ad.security.permission_profiles._default.removed",
        "differs  ad.security.permission_profiles._full_access.removed",
        "  wanted  1",
        "  found   0",
        "  found   *, *@acme",
        "  found   a password is set",
        "  in      client/system.conf:",
        "  set by  group Users, policy/users.json:1:",
        "4 of 6 settings differ",
    ] {
        assert!(said.stdout.contains(part), "no {part} in\n{}", said.stdout);
    }
    assert!(
        said.stdout.lines().all(|line| line.chars().count() <= 80),
        "{}",
        said.stdout
    );

    let said = drift(&home, &changed, &["--json"])?;
    let document: Value = serde_json::from_str(&said.stdout).context("one JSON document")?;
    assert_eq!((said.code, &document["drift"]), (Some(1), &json!(true)));
    assert_eq!(document["settings"][0]["status"], "missing");
    let said = drift(&home, &installed(), &["--json"])?;
    let document: Value = serde_json::from_str(&said.stdout).context("one JSON document")?;
    assert_eq!((said.code, &document["drift"]), (Some(0), &json!(false)));
    Ok(())
}

#[test]
fn a_client_of_the_other_role_is_not_compared_and_no_match() -> Result<()> {
    let home = Home::new()?;
    use_case(&home)?;
    let said = drift(&home, END_USER, &["--role", "support"])?;
    assert_eq!((said.code, said.stdout.as_str()), (Some(1), ""));
    assert!(said.stderr.contains("users.json:1:"), "{}", said.stderr);
    let said = drift(&home, END_USER, &["--role", "support", "--json"])?;
    let document: Value = serde_json::from_str(&said.stdout).context("one JSON document")?;
    assert_eq!(document["drift"], Value::Null);
    assert_eq!(document["problems"][0]["code"], "role-contradiction");
    Ok(())
}

#[test]
fn wrong_usage_and_an_unreadable_client_are_told_apart() -> Result<()> {
    let home = Home::new()?;
    use_case(&home)?;
    home.write("client/system.conf", "ad.ui.lang=de\n")?;
    home.write("client/binary.conf", b"ad.\0\0\0s3cr3t")?;
    home.write("client/large.conf", vec![b'a'; (4 << 20) + 1])?;
    home.write("refused/a.json", "{")?;
    let code = |arguments: &[&str]| anyhow::Ok(policy(&home, arguments)?.code);
    let drift = |paths: &[&str]| code(&[&["drift", "--client", "anydesk"], paths].concat());
    assert_eq!(drift(&["client/system.conf"])?, Some(2));
    assert_eq!(drift(&["policy"])?, Some(2));
    assert_eq!(drift(&["client/nowhere.conf", "policy"])?, Some(3));
    assert_eq!(drift(&["client/binary.conf", "policy"])?, Some(3));
    assert_eq!(drift(&["client/large.conf", "policy"])?, Some(3));
    assert_eq!(drift(&["client/system.conf", "nowhere"])?, Some(3));
    assert_eq!(drift(&["client/system.conf", "refused"])?, Some(3));
    let other = [
        "client-settings",
        "--client",
        "rustdesk",
        "--role",
        "support",
        "policy",
    ];
    let said = policy(&home, &other)?;
    assert_eq!(said.code, Some(2));
    assert!(said.stderr.contains("anydesk"), "{}", said.stderr);
    assert_eq!(
        code(&["client-settings", "--client", "anydesk", "policy"])?,
        Some(2)
    );
    assert_eq!(
        code(&[
            "client-settings",
            "--client",
            "anydesk",
            "--role",
            "boss",
            "policy"
        ])?,
        Some(2)
    );
    Ok(())
}
