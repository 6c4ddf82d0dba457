use deskhook_session::{Question, QuestionKind};
use deskhook_wire::{QuestionShape, Status};

use crate::Snapshot;

/// The snapshot as it leaves the process.
pub fn status(snapshot: &Snapshot) -> Status {
    let view = &snapshot.view;
    Status {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        pid: std::process::id(),
        revision: snapshot.revision,
        portal: snapshot.portal.clone(),
        online: snapshot.online,
        unacknowledged: snapshot.unacknowledged,
        organization: snapshot.organization.clone(),
        policy_version: snapshot.policy.version.clone(),
        policy_problems: snapshot.problems.clone(),
        attempts: view.attempts,
        phase: view.phase.word().to_owned(),
        session: view.session.as_ref().map(ToString::to_string),
        client: view.client.clone(),
        address: view.address.as_ref().map(ToString::to_string),
        reported: view.reported,
        supporter: view.supporter.as_ref().map(Into::into),
        question: view
            .question
            .as_ref()
            .map(|question| shape(question, snapshot)),
        progress: view
            .progress
            .map(|progress| (progress.received, progress.total)),
        last_outcome: view.last.as_ref().map(|outcome| outcome.word().to_owned()),
        reasons: view.reasons.iter().map(Into::into).collect(),
        detail: snapshot.detail.clone(),
        checks: snapshot.checks.clone(),
        extensions: snapshot.extensions.clone(),
    }
}

fn shape(question: &Question, snapshot: &Snapshot) -> QuestionShape {
    let (kind, title, message) = match &question.kind {
        QuestionKind::Check { title, message, .. } => ("check", title.clone(), message.clone()),
        QuestionKind::Details { reason, ticket } => (
            "details",
            "Why do you need support?".to_owned(),
            wanted((*reason, *ticket)),
        ),
        QuestionKind::Consent { join, prompt } => {
            let title = prompt
                .title
                .clone()
                .unwrap_or_else(|| format!("{} asks to join", join.supporter.name));
            (
                ("consent"),
                title,
                prompt
                    .message
                    .clone()
                    .unwrap_or_else(|| join.reason.clone().unwrap_or_default()),
            )
        }
        QuestionKind::Elevation(ask) => {
            let title = format!(
                "{} asks to run {} with elevated rights",
                ask.supporter.name, ask.program
            );
            ("elevation", title, ask.reason.clone().unwrap_or_default())
        }
    };
    let seconds = question.expires.since(snapshot.now) / 1000;
    QuestionShape {
        kind: kind.to_owned(),
        title,
        message,
        seconds,
    }
}

fn wanted(missing: (bool, bool)) -> String {
    match missing {
        (true, true) => "A reason and a ticket number are wanted.",
        (false, true) => "A ticket number is wanted.",
        _ => "A reason is wanted.",
    }
    .to_owned()
}
