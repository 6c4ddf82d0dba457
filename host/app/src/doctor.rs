//! `doctor`: what is wrong on this machine, and what to do about it.

mod extension;
mod record;

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use deskhook_agent::AgentConfig;
use deskhook_elevation::Ways;
use deskhook_policy::Severity;
use deskhook_source::{Loaded, Signing};
use deskhook_wire::Status;
use serde::Serialize;

use crate::agent::{self, runtime};
use crate::output::{Colour, Exit, Failure, Outcome, json, paint, say};
use crate::settings::AgentSettings;
use crate::{places, status};

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
            findings.extend(extension::untried(&config));
        }
    }
    findings.extend(extension::without_folders(&settings));
    let resolved = loaded(&config).resolved;
    findings.extend(extension::slips(&config.extensions, &resolved.policy));
    findings.push(extension::isolation(&resolved.policy));
    findings.extend(record::record(&config.state));
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
    findings.extend(status.extensions.iter().map(extension::of_extension));
    findings.extend(status.extensions.iter().flat_map(|extension| {
        let wishes: Vec<&str> = extension.ungranted.iter().map(String::as_str).collect();
        let wishes = extension::ungranted(&extension.name, &wishes);
        let remarks = extension.remark.iter();
        let remarks = remarks.map(|remark| extension::remark(&extension.name, remark));
        remarks.chain(wishes)
    }));
    findings
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
