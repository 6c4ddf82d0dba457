//! `status`.

use std::path::Path;

use clap::Args;
use deskhook_agent::{ControlError, ask_agent};
use deskhook_wire::{ControlReply, ControlRequest, ExtensionHealth, QuestionShape, Status};

use crate::agent::runtime;
use crate::output::{Colour, Exit, Failure, Outcome, json, paint, say};
use crate::settings::Reach;

/// `status`.
#[derive(Args)]
pub(crate) struct StatusArgs {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Does what the command says.
pub(crate) fn run(args: &StatusArgs) -> Outcome {
    let status = runtime(1)?.block_on(get(&args.reach))?;
    if args.json {
        json(&status)?;
    } else {
        print(&status);
    }
    Ok(Exit::Done)
}

/// Asks the agent for its status.
pub(crate) async fn get(reach: &Reach) -> Result<Status, Failure> {
    at(&reach.socket()?).await
}

/// Asks the agent behind that socket for its status.
pub(crate) async fn at(socket: &Path) -> Result<Status, Failure> {
    match ask_at(socket, &ControlRequest::Status).await? {
        ControlReply::Status(status) => Ok(*status),
        _ => Err(anyhow::anyhow!("the agent answered something else").into()),
    }
}

/// Asks the agent anything.
pub(crate) async fn ask(reach: &Reach, request: &ControlRequest) -> Result<ControlReply, Failure> {
    ask_at(&reach.socket()?, request).await
}

async fn ask_at(socket: &Path, request: &ControlRequest) -> Result<ControlReply, Failure> {
    let answered = ask_agent(socket, request).await;
    answered.map_err(unreachable)
}

/// What to do about an agent that cannot be asked.
pub(crate) fn unreachable(error: ControlError) -> Failure {
    match error {
        ControlError::NotRunning { .. } => {
            Failure::Help(error.into(), "start it with: deskhook agent run".to_owned())
        }
        other => Failure::Could(other.into()),
    }
}

fn print(status: &Status) {
    let state = match (&status.portal_problem, status.online) {
        (Some(problem), _) => paint(&format!("refuses: {problem}"), Colour::Red),
        (None, true) => paint("online", Colour::Green),
        (None, false) => paint("not answering", Colour::Yellow),
    };
    let portal = match &status.portal {
        None => paint("not enrolled", Colour::Yellow),
        Some(portal) => format!("{portal} ({state})"),
    };
    say(format!(
        "agent {} running, process {}",
        status.version, status.pid
    ));
    say(format!(
        "  portal   {portal}, {} reports waiting",
        status.unacknowledged
    ));
    say(format!(
        "  policy   {} {}",
        status.policy_version,
        organization(status)
    ));
    for problem in &status.policy_problems {
        say(format!("           {}", paint(problem, Colour::Yellow)));
    }
    if !status.present {
        say(format!(
            "  person   {}",
            paint("nobody at the device", Colour::Yellow)
        ));
    }
    say(format!("  session  {}", session(status)));
    for reason in status.reasons.iter().filter(|_| status.session.is_none()) {
        say(format!("           {} [{}]", reason.message, reason.code));
    }
    if let Some(question) = &status.question {
        let line = format!("{} ({} s left)", question.title, question.seconds);
        say(format!("  question {}", paint(&line, Colour::Bold)));
        for line in question.message.lines() {
            say(format!("           {line}").trim_end());
        }
        say(format!("           answer with: {}", answer_with(question)));
    }
    status.extensions.iter().for_each(print_extension);
}

fn print_extension(extension: &ExtensionHealth) {
    let note = extension
        .message
        .as_ref()
        .map(|message| format!(": {message}"))
        .unwrap_or_default();
    say(format!(
        "  {:<10} {}{note}",
        extension.state,
        [extension.name.as_str(), extension.version.as_str()]
            .join(" ")
            .trim_end()
    ));
    if let Some(remark) = &extension.remark {
        say(format!("             {remark}"));
    }
    for wish in &extension.ungranted {
        say(format!(
            "             asks for {wish}, which the policy does not grant"
        ));
    }
}

/// The command that answers a question.
pub(crate) fn answer_with(question: &QuestionShape) -> &'static str {
    match question.kind.as_str() {
        "details" => "deskhook session stop, then deskhook session start --reason R --ticket T",
        _ => "deskhook session answer allow|deny",
    }
}

fn organization(status: &Status) -> String {
    if status.organization.is_empty() {
        String::new()
    } else {
        format!("of {}", status.organization)
    }
}

/// The session in a few words.
pub(crate) fn session(status: &Status) -> String {
    let mut words = vec![status.phase.clone()];
    words.extend(status.client.clone());
    words.extend(status.address.clone());
    words.extend(
        status
            .supporter
            .as_ref()
            .map(|supporter| format!("with {}", supporter.name)),
    );
    if status.phase == "idle" {
        words.extend(
            status
                .last_outcome
                .as_ref()
                .map(|outcome| format!("(last: {outcome})")),
        );
    }
    words.join(" ")
}
