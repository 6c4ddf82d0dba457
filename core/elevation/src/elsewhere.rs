//! Systems without a way of ours to elevated rights: both sides refuse in words.

use deskhook_policy::{Policy, Subject};
use deskhook_session::{ElevationOutcome, ElevationPermit, Reason};

use crate::{Answer, PolicyFiles, Refusal};

/// The ways to elevated rights on this machine: none.
#[derive(Clone, Debug, Default)]
pub struct Ways(());

impl Ways {
    /// What an installed Deskhook uses.
    pub fn installed() -> Self {
        Self(())
    }

    /// What stands in the way before anybody is asked.
    pub fn obstacle(&self) -> Option<Reason> {
        Some(Refusal::Platform.reason())
    }
}

/// Refuses: nothing here can be asked for elevated rights.
pub async fn elevate(_permit: ElevationPermit, ways: &Ways) -> ElevationOutcome {
    ElevationOutcome::Denied(ways.obstacle().into_iter().collect())
}

/// Refuses: an order cannot be carried out here.
pub fn serve(
    _arguments: &[String],
    _policy: impl FnOnce(&PolicyFiles, &Subject) -> Result<Policy, String>,
) -> Answer {
    Answer::refused(&Refusal::Platform)
}
