//! `doctor`: what is wrong on this machine, and what to do about it.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use deskhook_agent::{AgentConfig, Rejected};
use deskhook_elevation::Ways;
use deskhook_hooks::Grants;
use deskhook_policy::{Policy, Resolved, Severity};
use deskhook_source::{Loaded, Signing};
use deskhook_wire::{ExtensionHealth, Status};
use serde::Serialize;

use crate::agent::{self, runtime};
use crate::output::{Colour, Exit, Failure, Outcome, json, paint, say};
use crate::settings::AgentSettings;
use crate::{extensions, places, status};

/// `doctor`.
#[derive(Args)]
pub(crate) struct Doctor {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    settings: AgentSettings,
}

/// How bad a finding is.
#[derive(Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Grade {
    Ok,
    Note,
    Problem,
}

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    grade: Grade,
    about: &'static str,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<String>,
}

impl Finding {
    fn ok(about: &'static str, message: impl Into<String>) -> Self {
        Self {
            grade: Grade::Ok,
            about,
            message: message.into(),
            help: None,
        }
    }

    fn wrong(grade: Grade, (about, message): (&'static str, String), help: &str) -> Self {
        Self {
            grade,
            about,
            message,
            help: Some(help.to_owned()),
        }
    }
}

/// Does what the command says; the answer is no when there is a problem.
pub(crate) fn run(args: &Doctor) -> Outcome {
    let settings = args.settings.clone().over_file()?;
    let socket = settings.socket.clone().unwrap_or_else(places::socket);
    let asked = runtime(1)?.block_on(status::at(&socket));
    let config = agent::config(&settings);
    let mut findings = vec![];
    match &asked {
        Ok(status) => findings.extend(of_status(status)),
        Err(failure) => {
            findings.extend(policy(&config));
            findings.push(of_failure(failure));
            findings.extend(extension_findings(&config));
        }
    }
    let resolved = loaded(&config).resolved;
    findings.push(isolation(&resolved.policy));
    findings.extend(without_effect(&resolved));
    findings.push(elevation());
    findings.extend(desktop());
    let problem = findings
        .iter()
        .any(|finding| finding.grade == Grade::Problem);
    if args.json {
        json(&serde_json::json!({"ok": !problem, "findings": findings}))?;
    } else {
        findings.iter().for_each(print);
    }
    Ok(if problem { Exit::No } else { Exit::Done })
}

fn print(finding: &Finding) {
    let (word, colour) = match finding.grade {
        Grade::Ok => ("ok     ", Colour::Green),
        Grade::Note => ("note   ", Colour::Yellow),
        Grade::Problem => ("problem", Colour::Red),
    };
    say(format!(
        "{} {:<10} {}",
        paint(word, colour),
        finding.about,
        finding.message
    ));
    if let Some(help) = &finding.help {
        say(format!("        help: {help}"));
    }
}

/// Why the agent says nothing: most often because none runs.
fn of_failure(failure: &Failure) -> Finding {
    let (error, help) = match failure {
        Failure::Help(error, help) => (error, help.as_str()),
        Failure::Usage(error) | Failure::Could(error) => (error, "deskhook status says the same"),
    };
    Finding::wrong(Grade::Problem, ("agent", format!("{error:#}")), help)
}

fn policy(config: &AgentConfig) -> Vec<Finding> {
    let paths = &config.policy;
    let loaded = loaded(config);
    let mut findings: Vec<Finding> = loaded
        .problems
        .iter()
        .map(|problem| {
            let grade = if problem.severity == Severity::Error {
                Grade::Problem
            } else {
                Grade::Note
            };
            let help = problem
                .help
                .clone()
                .unwrap_or_else(|| "deskhook policy check shows the line".to_owned());
            Finding::wrong(
                grade,
                ("policy", format!("{}: {}", problem.place, problem.message)),
                &help,
            )
        })
        .collect();
    if loaded.files.is_empty() {
        let message = format!("no layer files in {}", shown(paths));
        findings.push(Finding::wrong(
            Grade::Note,
            ("policy", message),
            "put a layer file there; core/policy/README.md says how",
        ));
    } else if findings.is_empty() {
        findings.push(Finding::ok(
            "policy",
            format!("{} layer files, nothing wrong", loaded.files.len()),
        ));
    }
    findings
}

/// Where packages run, and what holds them there: tried out, as the agent would.
fn isolation(policy: &Policy) -> Finding {
    match extensions::held_by(policy) {
        None => Finding::wrong(
            Grade::Note,
            (
                "isolation",
                "packages run inside the agent: Extensions.Isolation is \"in-process\"".to_owned(),
            ),
            "\"child\" gives them a process that can touch nothing",
        ),
        Some(Ok(held)) => Finding::ok(
            "isolation",
            format!(
                "packages run in a child process, held by {}",
                held.join(", ")
            ),
        ),
        Some(Err(error)) => Finding::wrong(
            Grade::Problem,
            ("isolation", format!("{:#}", anyhow::Error::from(error))),
            "no package runs without it; a newer kernel, or less confinement around the agent, helps",
        ),
    }
}

/// What the organisation may count on, and this version does not do.
fn without_effect(resolved: &Resolved) -> Vec<Finding> {
    let mut findings = vec![];
    let isolation = resolved.provenance.get("Extensions.Isolation");
    if let Some(setting) = isolation.and_then(|trail| trail.winner.as_ref())
        && setting.value == "child"
    {
        let message = format!(
            "{}: Extensions.Isolation is \"child\", which holds for Lua packages: in this version native plugins run inside the agent",
            setting.place
        );
        findings.push(Finding::wrong(
            Grade::Note,
            ("policy", message),
            "install only plugins that may do what the agent may",
        ));
    }
    let publishers = &resolved.policy.extensions.publishers;
    if !publishers.is_empty() {
        let names: Vec<&str> = publishers.keys().map(String::as_str).collect();
        let message = format!(
            "Extensions.Publishers trusts {}, and is without effect in this version: no signature of a plugin is looked at",
            names.join(", ")
        );
        findings.push(Finding::wrong(
            Grade::Note,
            ("policy", message),
            "pin each plugin: Extensions.Packages.<name>.Sha256",
        ));
    }
    findings
}

/// The policy of a machine on which no agent runs, without what its agent remembers.
pub(crate) fn loaded(config: &AgentConfig) -> Loaded {
    let (paths, subject) = (&config.policy, config.subject());
    let Some(trust) = config.trust.clone() else {
        return deskhook_source::load(paths, &subject, None);
    };
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let signing = Signing {
        trust,
        memory: None,
        now: since.map_or(0, |since| since.as_secs()),
    };
    deskhook_source::load_signed(paths, &subject, &signing)
}

fn of_status(status: &Status) -> Vec<Finding> {
    let mut findings = vec![Finding::ok(
        "agent",
        format!("version {}, process {}", status.version, status.pid),
    )];
    findings.push(match (&status.portal, status.online) {
        (None, _) => Finding::wrong(
            Grade::Problem,
            ("portal", "this device is not enrolled".to_owned()),
            "deskhook agent enrol --portal URL --token TOKEN",
        ),
        (Some(portal), false) if status.portal_problem.is_some() => {
            let problem = status.portal_problem.as_deref().unwrap_or_default();
            Finding::wrong(
                Grade::Problem,
                ("portal", format!("{portal} refuses: {problem}")),
                "nothing reaches support staff until that is mended",
            )
        }
        (Some(portal), false) => {
            let message = format!(
                "{portal} does not answer; {} reports wait",
                status.unacknowledged
            );
            Finding::wrong(
                Grade::Problem,
                ("portal", message),
                "is the portal up, and is its address right?",
            )
        }
        (Some(portal), true) => Finding::ok("portal", format!("{portal} answers")),
    });
    findings.extend(status.policy_problems.iter().map(|problem| {
        let help = "deskhook policy check shows the line";
        Finding::wrong(Grade::Problem, ("policy", problem.clone()), help)
    }));
    if status.policy_problems.is_empty() {
        let message = format!("version {}, nothing wrong", status.policy_version);
        findings.push(Finding::ok("policy", message));
    }
    findings.extend(status.extensions.iter().map(of_extension));
    findings.extend(status.extensions.iter().flat_map(|extension| {
        let wishes = extension.ungranted.iter();
        wishes.map(|wish| ungranted(&extension.name, wish))
    }));
    findings
}

/// What the running agent says of one of its extensions.
fn of_extension(extension: &ExtensionHealth) -> Finding {
    let ExtensionHealth {
        name,
        version,
        state,
        message,
        ..
    } = extension;
    let Some(message) = message else {
        return Finding::ok("extension", format!("{name} {version}"));
    };
    Finding::wrong(
        Grade::Problem,
        ("extension", format!("{name} {version} {state}: {message}")),
        "mend its files, or what the policy says of it: the agent then tries it anew",
    )
}

/// A wish of a manifest that nobody granted: one of an update, or one that was never meant to be.
fn ungranted(name: &str, wish: &str) -> Finding {
    Finding::wrong(
        Grade::Note,
        (
            "extension",
            format!("{name} asks for {wish}, which the policy does not grant"),
        ),
        &format!("grant it, if it is meant to have it: Extensions.Packages.{name}.Capabilities"),
    )
}

/// What an agent would make of the files: for a machine on which none runs.
fn extension_findings(config: &AgentConfig) -> Vec<Finding> {
    let policy = loaded(config).resolved.policy;
    let set = extensions::load(&config.extensions, &policy, &[]);
    let loaded = set.loaded.iter().flat_map(|bound| {
        let about = bound.extension.about();
        let found = Finding::ok("extension", format!("{} {}", about.name, about.version));
        let grants = Grants::new(&about.capabilities, &bound.policy.capabilities);
        let wishes = grants.ungranted();
        let wishes = wishes.into_iter().map(|wish| ungranted(&about.name, wish));
        std::iter::once(found).chain(wishes.collect::<Vec<_>>())
    });
    let rejected = set.rejected.iter().map(|Rejected { name, why, .. }| {
        Finding::wrong(
            Grade::Problem,
            ("extension", format!("{name}: {why}")),
            "deskhook script check or plugin inspect says more",
        )
    });
    loaded.chain(rejected).collect()
}

fn elevation() -> Finding {
    match Ways::installed().obstacle() {
        None => Finding::ok("elevation", "the helper can be started"),
        Some(reason) => Finding::wrong(
            Grade::Note,
            ("elevation", reason.message),
            "core/elevation/README.md says how it is installed",
        ),
    }
}

fn desktop() -> Vec<Finding> {
    let set = |name: &str| std::env::var(name).is_ok_and(|value| !value.is_empty());
    let display = set("DISPLAY") || set("WAYLAND_DISPLAY");
    if !display {
        let message = "no display: no tray, no dialogs".to_owned();
        return vec![Finding::wrong(
            Grade::Note,
            ("desktop", message),
            "answer questions with: deskhook session answer",
        )];
    }
    let zenity = ["/usr/bin/zenity", "/usr/local/bin/zenity"]
        .iter()
        .any(|path| Path::new(path).exists());
    if zenity {
        vec![Finding::ok("desktop", "a display and zenity for dialogs")]
    } else {
        vec![Finding::wrong(
            Grade::Note,
            ("desktop", "no zenity: no dialogs".to_owned()),
            "install zenity",
        )]
    }
}

fn shown(paths: &[std::path::PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

#[cfg(test)]
mod tests {
    use deskhook_policy::{Layer, resolve};

    use super::*;

    fn noted(settings: &str) -> Vec<String> {
        let layer = format!(r#"{{"scope": "tenant", "settings": {settings}}}"#);
        let parsed = Layer::parse("t.json", &layer);
        let resolved = resolve(
            &parsed.layer.into_iter().collect::<Vec<_>>(),
            &deskhook_policy::Subject::everyone(),
        );
        let findings = without_effect(&resolved).into_iter();
        findings.map(|finding| finding.message).collect()
    }

    #[test]
    fn what_is_set_and_without_effect_is_noted() {
        assert!(noted("{}").is_empty());
        assert!(noted(r#"{"Extensions.Isolation": "in-process"}"#).is_empty());
        let isolation = noted(r#"{"Extensions.Isolation": "child"}"#);
        assert!(isolation[0].starts_with("t.json:1:"), "{isolation:?}");
        let publishers = noted(r#"{"Extensions.Publishers": {"Example": "RWQ"}}"#);
        assert_eq!(publishers.len(), 1, "{publishers:?}");
        assert!(publishers[0].contains("trusts Example"), "{publishers:?}");
    }
}
