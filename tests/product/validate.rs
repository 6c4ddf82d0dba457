//! What a vendor is told of a plugin, in sentences that say what to do.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use harness::{Finished, TestAgent};
use serde_json::Value;

mod good;
mod places;

/// A run that a plugin holds up is over by then.
const BOUND: Duration = Duration::from_secs(30);

/// What a check told.
#[derive(Debug)]
struct Check {
    name: String,
    problems: Vec<String>,
    notes: Vec<String>,
}

/// The report on a plugin.
#[derive(Debug)]
struct Report {
    ok: bool,
    checks: Vec<Check>,
}

impl Report {
    fn problems(&self, check: &str) -> String {
        let found = self.checks.iter().filter(|one| one.name == check);
        found.flat_map(|one| one.problems.clone()).collect()
    }

    fn notes(&self) -> Vec<&String> {
        self.checks.iter().flat_map(|check| &check.notes).collect()
    }
}

fn validate(folder: &Path, arguments: &[&str]) -> Result<Finished> {
    let agent = TestAgent::new()?;
    let folder = folder.display().to_string();
    agent.deskhook(&[&["plugin", "validate", &folder], arguments].concat())
}

fn validated(folder: &Path) -> Result<Report> {
    let said = validate(folder, &["--json"])?;
    let report: Value = serde_json::from_str(&said.stdout).with_context(|| format!("{said:?}"))?;
    let ok = report["ok"] == true;
    assert_eq!(said.code, Some(i32::from(!ok)), "{said:?}");
    let texts = |of: &Value| -> Vec<String> {
        let texts = of.as_array().into_iter().flatten();
        texts.filter_map(Value::as_str).map(str::to_owned).collect()
    };
    let checks = report["checks"].as_array().into_iter().flatten();
    let checks = checks.map(|check| Check {
        name: check["name"].as_str().unwrap_or_default().to_owned(),
        problems: texts(&check["problems"]),
        notes: texts(&check["notes"]),
    });
    Ok(Report {
        ok,
        checks: checks.collect(),
    })
}

/// The plugin with that mistake; it lies in a home that stays as long as the agent does.
fn with(agent: &TestAgent, mistake: &str) -> Result<PathBuf> {
    let define = format!("MISTAKE={mistake}");
    agent.plugin_in_c("fragile", &["session.request"], Some(&define))
}

#[test]
fn each_mistake_is_found_by_its_check_and_told_with_what_to_do() -> Result<()> {
    let agent = TestAgent::new()?;
    for (mistake, check, told) in [
        ("ANSWERS_ALL", "hooks", "answer null"),
        (
            "LONG_TEXT",
            "inputs",
            "session.request with very long input: its process died (signal: 11",
        ),
        ("THREAD", "leftovers", "end them in destroy"),
        ("NULL_SERVICE", "minimal-host", "signal: 11"),
        ("NO_SENTENCE", "inputs", "write a sentence"),
        ("DESTROY", "life", "destroy: its process died (signal: 6"),
        ("SLOW", "inputs", "the chain waits"),
    ] {
        let report = validated(&with(&agent, mistake)?)?;
        let said = report.problems(check);
        assert!(!report.ok && said.contains(told), "{mistake}: {report:#?}");
    }
    Ok(())
}

#[test]
fn a_plugin_that_hangs_is_named_by_hook_and_input_and_the_run_is_bounded() -> Result<()> {
    let agent = TestAgent::new()?;
    for (mistake, told) in [
        (
            "HANGS",
            "session.request with usual input did not answer within 4 s",
        ),
        ("HANGS_LAST", "destroy did not answer within 2 s"),
    ] {
        let begun = Instant::now();
        let report = validated(&with(&agent, mistake)?)?;
        let took = begun.elapsed();
        assert!(took < BOUND, "{mistake}: {took:?}");
        assert_eq!(report.problems("life"), told, "{report:#?}");
        let rest = report.problems("confined");
        let is_told = rest.contains("not looked at") && rest.contains("mend those first");
        assert!(is_told && !report.ok, "{report:#?}");
    }
    Ok(())
}

#[test]
fn what_dies_is_told_with_what_it_printed() -> Result<()> {
    let agent = TestAgent::new()?;
    let report = validated(&with(&agent, "PRINTS_AND_DIES")?)?;
    for check in ["life", "inputs", "confined"] {
        let said = report.problems(check);
        let is_told =
            said.contains("signal: 6") && said.contains("; it printed: these are\nits last words");
        assert!(is_told, "{check}: {report:#?}");
    }
    let said = report.problems("inputs");
    assert!(
        said.starts_with("session.request with usual input: "),
        "{said}"
    );
    Ok(())
}

#[test]
fn a_hook_that_fails_with_usual_input_is_a_problem_and_with_odd_one_a_note() -> Result<()> {
    let agent = TestAgent::new()?;
    let report = validated(&with(&agent, "ALWAYS_FAILS")?)?;
    for check in ["inputs", "confined"] {
        let said = report.problems(check);
        let is_told = said.starts_with("session.request with usual input fails")
            && said.ends_with(": this never works");
        assert!(is_told && !report.ok, "{report:#?}");
    }
    let report = validated(&with(&agent, "PICKY")?)?;
    assert!(report.ok, "{report:#?}");
    let note = "with input that no host makes it fails, and says why: session.request (empty, odd, very long, blank: this is no reason)";
    assert_eq!(report.notes(), [note], "{report:#?}");
    Ok(())
}

#[test]
fn what_is_asked_for_without_the_manifest_asking_for_it_is_told() -> Result<()> {
    let agent = TestAgent::new()?;
    let report = validated(&with(&agent, "UNASKED")?)?;
    assert!(report.ok, "{report:#?}");
    let told = |note: &&String| note.starts_with("it asks for facts:power");
    assert!(report.notes().iter().any(told), "{report:#?}");
    Ok(())
}

#[test]
fn a_check_lets_a_plugin_touch_nothing_that_is_not_granted() -> Result<()> {
    let agent = TestAgent::new()?;
    let folder = with(&agent, "WRITES")?;
    let report = validated(&folder)?;
    for check in ["inputs", "confined"] {
        let said = report.problems(check);
        assert!(said.contains("Permission denied"), "{report:#?}");
    }
    assert!(!folder.join("libfragile.so.written").exists());
    Ok(())
}

#[test]
fn what_a_plugin_writes_makes_no_line_of_its_own_in_the_report() -> Result<()> {
    let agent = TestAgent::new()?;
    let said = validate(&with(&agent, "FORGES")?, &[])?;
    assert_eq!(said.code, Some(1), "{said:?}");
    let mut lines = said.stdout.lines();
    let forged = lines.find(|line| line.starts_with("ok   confined"));
    assert_eq!(forged, None, "{}", said.stdout);
    let told = r"no\nok   confined      is fine\u{1b}[2K\u{d}.";
    assert!(said.stdout.contains(told), "{}", said.stdout);
    Ok(())
}

#[test]
fn what_is_for_another_host_or_hears_nothing_is_told_without_running_it() -> Result<()> {
    let agent = TestAgent::new()?;
    let folder = agent.plugin_in_c("rogue", &[], None)?;
    let manifest = folder.join("deskhook-plugin.json");
    let text = std::fs::read_to_string(&manifest)?;
    std::fs::write(&manifest, text.replace("\"1.0\"", "\"2.0\""))?;
    let report = validated(&folder)?;
    assert!(!report.ok && report.checks.len() == 1, "{report:#?}");
    let said = report.problems("manifest");
    assert!(
        said.contains("interface 2.0") && said.contains("lists no hook"),
        "{said}"
    );
    Ok(())
}
