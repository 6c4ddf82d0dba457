//! How long an attack has, and what its end is called.

use std::time::Duration;

use deskhook_hooks::{Answer, Fault, Limit};

use crate::attack::Attack;

const LIMIT: Limit = Limit {
    cpu: Duration::from_millis(200),
    wall: Duration::from_secs(2),
};
/// For attacks that end by something other than the clock: a slow machine takes longer than the
/// usual limit to fill the memory or the stack.
const ROOMY: Limit = Limit {
    cpu: Duration::from_secs(10),
    wall: Duration::from_secs(20),
};

/// How long one has.
pub(crate) fn limit(attack: &Attack) -> Limit {
    if attack.is_ended_by_the_clock() {
        LIMIT
    } else {
        ROOMY
    }
}

/// The word for an end.
pub(crate) fn kind(result: &Result<Answer, Fault>) -> &'static str {
    match result {
        Ok(_) => "harmless",
        Err(Fault::Late { .. }) => "late",
        Err(Fault::Memory { .. }) => "memory",
        Err(Fault::Failed { .. }) => "failed",
        Err(Fault::BadAnswer { .. }) => "bad-answer",
        Err(_) => "crashed",
    }
}
