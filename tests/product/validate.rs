//! What a vendor is told of a plugin, in sentences that say what to do.

use anyhow::{Context as _, Result};
use harness::TestAgent;
use serde_json::Value;

/// The report on a plugin: whether all is well, and each check's problems and notes.
fn validated(folder: &std::path::Path) -> Result<(bool, Vec<(String, String)>)> {
    let agent = TestAgent::new()?;
    let said = agent.deskhook(&[
        "plugin",
        "validate",
        &folder.display().to_string(),
        "--json",
    ])?;
    let report: Value = serde_json::from_str(&said.stdout).with_context(|| format!("{said:?}"))?;
    let ok = report["ok"] == true;
    assert_eq!(said.code, Some(i32::from(!ok)), "{said:?}");
    let checks = report["checks"].as_array().into_iter().flatten();
    let told = |check: &Value| {
        let name = check["name"].as_str().unwrap_or_default().to_owned();
        (name, format!("{} {}", check["problems"], check["notes"]))
    };
    Ok((ok, checks.map(told).collect()))
}

#[test]
fn a_good_plugin_has_nothing_to_mend() -> Result<()> {
    let agent = TestAgent::new()?;
    let library = agent.plugin("free-space")?;
    let folder = library.parent().context("a file lies in a folder")?;
    let (ok, checks) = validated(folder)?;
    assert!(ok && checks.len() == 13, "{checks:#?}");
    let good = agent.plugin_in_c("fragile", &["session.request"], Some("MISTAKE=NONE"))?;
    let (ok, checks) = validated(&good)?;
    assert!(ok, "{checks:#?}");
    Ok(())
}

#[test]
fn each_mistake_is_found_by_its_check_and_told_with_what_to_do() -> Result<()> {
    let agent = TestAgent::new()?;
    for (mistake, check, told) in [
        ("ANSWERS_ALL", "hooks", "answer null"),
        ("LONG_TEXT", "inputs", "died of signal"),
        ("THREAD", "leftovers", "end them in destroy"),
        ("NULL_SERVICE", "minimal-host", "died of signal 11"),
        ("NO_SENTENCE", "inputs", "write a sentence"),
        ("DESTROY", "life", "died of signal 6"),
        ("SLOW", "inputs", "the chain waits"),
    ] {
        let define = format!("MISTAKE={mistake}");
        let folder = agent.plugin_in_c("fragile", &["session.request"], Some(&define))?;
        let (ok, checks) = validated(&folder)?;
        let found = checks.iter().find(|(name, _)| name == check);
        let said = found.map(|(_, said)| said.as_str()).unwrap_or_default();
        assert!(!ok && said.contains(told), "{mistake}: {checks:#?}");
    }
    Ok(())
}

#[test]
fn what_is_for_another_host_or_hears_nothing_is_told_without_running_it() -> Result<()> {
    let agent = TestAgent::new()?;
    let folder = agent.plugin_in_c("rogue", &[], None)?;
    let manifest = folder.join("deskhook-plugin.json");
    let text = std::fs::read_to_string(&manifest)?;
    std::fs::write(&manifest, text.replace("\"1.0\"", "\"2.0\""))?;
    let (ok, checks) = validated(&folder)?;
    assert!(!ok && checks.len() == 1, "{checks:#?}");
    let said = &checks[0].1;
    assert!(
        said.contains("interface 2.0") && said.contains("lists no hook"),
        "{said}"
    );
    Ok(())
}
