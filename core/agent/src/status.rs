use deskhook_session::Question;
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
        portal_problem: snapshot.portal_problem.clone(),
        unacknowledged: snapshot.unacknowledged,
        organization: snapshot.organization.clone(),
        policy_version: snapshot.policy.version.clone(),
        policy_problems: snapshot.problems.clone(),
        present: snapshot.present,
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
    let words = snapshot.words.clone().unwrap_or_default();
    let left = snapshot.left(question.expires);
    QuestionShape {
        kind: question.kind.word().to_owned(),
        title: words.title,
        message: words.message,
        seconds: left.as_secs() + u64::from(left.subsec_nanos() > 0),
    }
}
