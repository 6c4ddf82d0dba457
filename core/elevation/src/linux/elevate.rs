use std::time::Duration;

use deskhook_policy::ElevationMethod;
use deskhook_session::{ElevationAsk, ElevationOutcome, ElevationPermit, Reason};
use tokio::time::timeout;

use super::asking::{Told, ask};
use super::judge::WAITING;
use super::ways::Ways;

/// Time beside that of the order: the system's own dialog waits for a password, and the other side
/// bounds the program itself.
const GRACE: Duration = Duration::from_secs(WAITING);
/// The longest that anything is waited for, in minutes.
const LONGEST: u32 = 24 * 60;

/// Has the operating system run what the permit allows, and waits for its end: the permit's
/// minutes, and beside them as long as an order may wait, at most. Drop the future to end the program.
///
/// Refusals carry the codes `no-elevation`, `helper-not-installed`, `method-not-allowed`,
/// `not-approved`, `not-authorized`, or those of [`Refusal`](crate::Refusal).
pub async fn elevate(permit: ElevationPermit, ways: &Ways) -> ElevationOutcome {
    request(permit.ask(), ways).await
}

pub(crate) async fn request(wanted: &ElevationAsk, ways: &Ways) -> ElevationOutcome {
    if wanted.method == ElevationMethod::TransmittedCredentials {
        let message = "This version of Deskhook accepts no credentials from a supporter.";
        return denied("method-not-allowed", message);
    }
    if wanted.order.is_empty() {
        return denied("order-missing", "The portal sent no signed order for this.");
    }
    if let Some(obstacle) = ways.obstacle() {
        return ElevationOutcome::Denied(vec![obstacle]);
    }
    timeout(patience(wanted.minutes), try_each(wanted, ways))
        .await
        .unwrap_or(ElevationOutcome::Expired)
}

fn patience(minutes: u32) -> Duration {
    Duration::from_secs(u64::from(minutes.clamp(1, LONGEST)) * 60) + GRACE
}

/// The first way that leads to an answer, be it yes or no.
async fn try_each(wanted: &ElevationAsk, ways: &Ways) -> ElevationOutcome {
    let mut closed = Vec::new();
    for way in ways.present(wanted.method) {
        match ask(way, ways, &wanted.order).await {
            Ok(Told::Ended(outcome)) => return outcome,
            Ok(Told::Closed(reason)) => closed.push(reason),
            Err(error) => {
                let message = format!(
                    "{} cannot be started: {error}.",
                    ways.program(way).display()
                );
                closed.push(Reason::own("no-elevation", message));
            }
        }
    }
    ElevationOutcome::Denied(closed)
}

fn denied(code: &str, message: &str) -> ElevationOutcome {
    ElevationOutcome::Denied(vec![Reason::own(code, message)])
}

#[cfg(test)]
mod tests;
