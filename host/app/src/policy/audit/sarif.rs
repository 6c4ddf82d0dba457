//! SARIF 2.1.0 (OASIS standard, 27 March 2020), for code review.

mod location;

use std::collections::HashMap;

use deskhook_policy::{Exception, Finding, Level, Problem, Rule, Severity, State, rules};
use serde_json::{Value, json};

use super::Report;
use location::Root;

/// The whole log: one run.
pub(super) fn log(report: &Report) -> Value {
    let root = Root::here();
    let mut seen = HashMap::new();
    let findings = report.audit.findings.iter();
    let results: Vec<Value> = findings
        .map(|finding| result(finding, &root, &mut seen))
        .collect();
    let told: Vec<Value> = report
        .problems
        .iter()
        .map(|problem| notification(problem, &root))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "deskhook policy audit",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules().map(rule).collect::<Vec<Value>>(),
            }},
            "automationDetails": {"id": "deskhook-policy-audit/"},
            "columnKind": "utf16CodeUnits",
            "invocations": [{
                "executionSuccessful": report.refused == 0,
                "toolConfigurationNotifications": told,
            }],
            "results": results,
        }],
    })
}

fn rule(rule: &Rule) -> Value {
    let by_hand = if rule.is_manual() {
        " No policy says it: look yourself."
    } else {
        ""
    };
    json!({
        "id": rule.id,
        "name": name(rule.id),
        "shortDescription": {"text": format!("{}.", rule.title)},
        "fullDescription": {"text": format!("{}{by_hand}", rule.says)},
        "help": {
            "text": format!("{}\n\nWhat to do: {}.\n\nFrom: {}.", rule.says, rule.advice, rule.basis),
            "markdown": format!(
                "{}\n\n**What to do:** {}.\n\n*{}*", rule.says, rule.advice, rule.basis
            ),
        },
        "defaultConfiguration": {"level": rule.level, "enabled": !rule.is_manual()},
        "properties": {
            "tags": ["security"],
            "guide": rule.basis,
            "manual": rule.is_manual(),
        },
    })
}

/// `acl-open` is `AclOpen`: names are for people and have no hyphens in most tools.
fn name(id: &str) -> String {
    id.split('-').map(capitalised).collect()
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string());
    first.unwrap_or_default() + letters.as_str()
}

fn result(finding: &Finding, root: &Root, seen: &mut HashMap<String, usize>) -> Value {
    let people: Vec<String> = finding.audiences.iter().map(ToString::to_string).collect();
    let index = rules().position(|rule| rule == finding.rule);
    json!({
        "ruleId": finding.rule.id,
        "ruleIndex": index,
        "kind": "fail",
        "level": finding.rule.level,
        "message": {"text": message(finding, &people)},
        "locations": [{
            "physicalLocation": root.physical(&finding.place),
            "logicalLocations": [{"fullyQualifiedName": finding.key, "kind": "property"}],
        }],
        "partialFingerprints": {"deskhookFinding/v1": fingerprint(finding, seen)},
        "suppressions": finding.exception.iter().filter_map(|it| suppression(it, root)).collect::<Vec<Value>>(),
        "properties": {
            "audiences": people,
            "about": finding.about,
            "fix": finding.fix,
        },
    })
}

fn message(finding: &Finding, people: &[String]) -> String {
    let whom = match people {
        [one] => one.clone(),
        [one, rest @ ..] => format!("{one} and {} more", rest.len()),
        [] => "nobody".to_owned(),
    };
    let doubt = finding
        .exception
        .iter()
        .filter(|it| it.state != State::Holds);
    let doubt: String = doubt
        .map(|it| format!(" {}.", capitalised(&it.to_string())))
        .collect();
    let hint = finding
        .fix
        .hint
        .iter()
        .map(|hint| format!("\n{}.", capitalised(hint)));
    format!(
        "{}, for {whom}.{doubt}\n{}:\n{}{}",
        capitalised(&finding.message),
        capitalised(finding.rule.advice),
        finding.fix.text(),
        hint.collect::<String>(),
    )
}

/// The finding's own, with a number: the same thing may be excepted for some and not for others.
fn fingerprint(finding: &Finding, seen: &mut HashMap<String, usize>) -> String {
    let own = finding.fingerprint();
    let number = seen.entry(own.clone()).or_default();
    *number += 1;
    format!("{own}:{number}")
}

fn suppression(exception: &Exception, root: &Root) -> Option<Value> {
    if exception.state != State::Holds {
        return None;
    }
    let justification = format!("{} (until {})", exception.reason, exception.until);
    Some(json!({
        "kind": "inSource",
        "status": "accepted",
        "justification": justification,
        "location": {"physicalLocation": root.physical(&exception.place)},
    }))
}

fn notification(problem: &Problem, root: &Root) -> Value {
    let level = match problem.severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
    };
    json!({
        "descriptor": {"id": problem.code},
        "level": level,
        "message": {"text": capitalised(&problem.message)},
        "locations": [{"physicalLocation": root.physical(&problem.place)}],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_id_without_hyphens() {
        assert_eq!(name("acl-foreign-namespace"), "AclForeignNamespace");
        assert_eq!(name("direction"), "Direction");
    }
}
