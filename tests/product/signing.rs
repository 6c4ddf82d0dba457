//! What `policy sign` and `verify` do with the files that they are given.

use std::fs;

use anyhow::{Context as _, Result};
use harness::{Home, run};
use serde_json::{Value, json};

use crate::signed::{office, policy};

/// An office with one layer file that either key may sign.
fn office_with_a_layer() -> Result<Home> {
    let home = office()?;
    let layer = json!({ "scope": "tenant", "settings": { "Session.MaxMinutes": 5 } });
    home.write("layers/layer.json", layer.to_string())?;
    Ok(home)
}

#[test]
fn a_bundle_is_written_over_a_bundle_and_nothing_else() -> Result<()> {
    let home = office_with_a_layer()?;
    home.write("notes.txt", "mine")?;
    home.write("empty", "")?;
    let out = |out: &str| {
        let sign = ["sign", "--key", "routine", "--out", out, "layers"];
        policy(&home, &sign)
    };
    for (kept, told) in [
        ("routine", "a key that signs policy"),
        ("critical", "a key that signs policy"),
        ("routine.pub", "a list of public keys"),
        ("trust.json", "a list of public keys"),
        ("layers/layer.json", "no signed bundle"),
        ("notes.txt", "no signed bundle"),
    ] {
        let before = fs::read(home.path().join(kept))?;
        let said = out(kept)?;
        assert_eq!(said.code, Some(2), "{kept}: {}", said.stderr);
        let names = said.stderr.contains(kept) && said.stderr.contains(told);
        assert!(names, "{}", said.stderr);
        assert_eq!(fs::read(home.path().join(kept))?, before, "{kept}");
    }
    assert_eq!(out("layers")?.code, Some(2));
    for free in ["new.bundle", "new.bundle", "empty"] {
        let said = out(free)?;
        assert_eq!(said.code, Some(0), "{free}: {}", said.stderr);
    }
    Ok(())
}

#[test]
fn bundles_that_are_signed_one_right_after_another_rise() -> Result<()> {
    let home = office_with_a_layer()?;
    let said = policy(&home, &["keygen", "--role", "routine", "--out", "next"])?;
    assert_eq!(said.code, Some(0), "{}", said.stderr);
    let mut serials = vec![];
    for what in [
        &["layers"][..],
        &["--empty"],
        &["--rotate", "next"],
        &["layers"],
    ] {
        let sign = ["sign", "--key", "routine", "--json", "--out", "r.bundle"];
        let said = policy(&home, &[&sign, what].concat())?;
        let told: Value = serde_json::from_str(&said.stdout)?;
        serials.push(told["serial"].as_u64().context("a serial")?);
    }
    assert!(serials.is_sorted_by(|one, next| one < next), "{serials:?}");
    // What was numbered by seconds before is lower.
    assert!(serials[0] > 1_000_000_000_000_000, "{serials:?}");
    Ok(())
}

#[test]
fn what_is_refused_tells_of_no_bundle() -> Result<()> {
    let home = office_with_a_layer()?;
    let layer = json!({ "scope": "tenant", "settings": { "Session.MaxMinutes": "x" } });
    home.write("wrong.json", layer.to_string())?;
    let sign = |more: &[&str]| {
        let sign = ["sign", "--key", "routine", "--out", "r.bundle"];
        policy(&home, &[&sign, more].concat())
    };
    let said = sign(&["wrong.json", "--json"])?;
    assert_eq!(said.code, Some(1), "{}", said.stderr);
    let told: Value = serde_json::from_str(&said.stdout)?;
    let fields: Vec<&String> = told.as_object().context("an object")?.keys().collect();
    assert_eq!(fields, ["layers", "ok", "problems", "role"], "{told:#}");
    assert!(!home.path().join("r.bundle").exists());
    assert_eq!(sign(&["layers"])?.code, Some(0));
    let before = fs::read(home.path().join("r.bundle"))?;
    let said = sign(&["wrong.json"])?;
    let told = said.stdout.contains("r.bundle is the one from before");
    assert!(told, "{}", said.stdout);
    assert_eq!(fs::read(home.path().join("r.bundle"))?, before);
    Ok(())
}

#[cfg(unix)]
#[test]
fn verify_warns_of_a_trust_file_that_others_can_change() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let home = office_with_a_layer()?;
    let sign = ["sign", "--key", "routine", "--out", "r.bundle", "layers"];
    assert_eq!(policy(&home, &sign)?.code, Some(0));
    for (mode, warns) in [(0o644, false), (0o666, true)] {
        let trust = home.path().join("trust.json");
        fs::set_permissions(&trust, fs::Permissions::from_mode(mode))?;
        let verify = ["verify", "--trust", "trust.json", "r.bundle", "--json"];
        let said = policy(&home, &verify)?;
        assert_eq!(said.code, Some(0), "{}", said.stderr);
        let warned = said.stderr.contains("a device uses no policy");
        assert_eq!(warned, warns, "{mode:o}: {}", said.stderr);
        let told: Value = serde_json::from_str(&said.stdout)?;
        let problems = told["problems"].as_array().context("a list")?;
        assert_eq!(problems.len(), usize::from(warns), "{told:#}");
    }
    Ok(())
}

#[test]
fn a_key_signs_once_and_hands_over_to_another_one() -> Result<()> {
    let home = office_with_a_layer()?;
    for (more, told) in [
        (["--rotate", "routine"], "hand over to itself"),
        (["--key", "routine"], "named twice"),
    ] {
        let sign = ["sign", "--key", "routine", "--out", "r.bundle"];
        let layers = ["layers"];
        let layers = if more[0] == "--key" { &layers[..] } else { &[] };
        let said = policy(&home, &[&sign[..], &more, layers].concat())?;
        assert_eq!(said.code, Some(2), "{}", said.stderr);
        assert!(said.stderr.contains(told), "{}", said.stderr);
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn no_command_waits_for_a_pipe_or_reads_without_end() -> Result<()> {
    let home = office_with_a_layer()?;
    let sign = ["sign", "--key", "routine", "--out", "r.bundle", "layers"];
    assert_eq!(policy(&home, &sign)?.code, Some(0));
    let made = run(home.command("mkfifo").arg("pipe"))?;
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    std::os::unix::fs::symlink("/dev/zero", home.path().join("zero"))?;
    for endless in ["pipe", "zero"] {
        for command in [
            &["sign", "--key", endless, "--out", "r.bundle", "layers"][..],
            &["sign", "--key", "routine", "--out", "r.bundle", endless],
            &["verify", "--trust", endless, "r.bundle"],
            &["verify", "--trust", "trust.json", endless],
        ] {
            let said = policy(&home, command)?;
            assert_eq!(said.code, Some(3), "{command:?}: {}", said.stderr);
        }
        let sign = ["sign", "--key", "routine", "--out", endless, "layers"];
        assert_eq!(policy(&home, &sign)?.code, Some(2), "{endless}");
    }
    Ok(())
}
