use deskhook_policy::ClientSpec;

use crate::{ElevationAsk, SessionId};

/// Proof that every check of this session ran and none denied: the only key to launching a
/// client. Nobody but the session's state machine can make one.
///
/// ```compile_fail,E0451
/// # use deskhook_session::{Clearance, SessionId};
/// fn forge(session: SessionId, spec: Box<deskhook_policy::ClientSpec>) -> Clearance {
///     Clearance { session, spec }
/// }
/// ```
#[derive(Debug, PartialEq)]
pub struct Clearance {
    session: SessionId,
    spec: Box<ClientSpec>,
}

impl Clearance {
    pub(crate) fn new(session: SessionId, spec: ClientSpec) -> Self {
        let spec = Box::new(spec);
        Self { session, spec }
    }

    /// The session that was cleared.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// The client that may be launched.
    pub fn spec(&self) -> &ClientSpec {
        &self.spec
    }

    /// The same clearance for whichever of the client's own alternatives is on this machine;
    /// unchanged where the client itself is, or none of them.
    #[must_use]
    pub fn settled(mut self, present: impl Fn(&ClientSpec) -> bool) -> Self {
        if !present(&self.spec) {
            let otherwise = std::mem::take(&mut self.spec.otherwise);
            if let Some(other) = otherwise.into_iter().find(present) {
                *self.spec = other;
            }
        }
        self
    }
}

/// Proof that policy, hooks and the person agreed to run one program with elevated rights, once:
/// the only key to asking the operating system. Nobody but the session's state machine can make one.
///
/// ```compile_fail,E0451
/// # use deskhook_session::{ElevationAsk, ElevationPermit, SessionId};
/// fn forge(session: SessionId, ask: ElevationAsk) -> ElevationPermit {
///     ElevationPermit { session, ask }
/// }
/// ```
#[derive(Debug, PartialEq)]
pub struct ElevationPermit {
    session: SessionId,
    ask: ElevationAsk,
}

impl ElevationPermit {
    pub(crate) fn new(session: SessionId, ask: ElevationAsk) -> Self {
        Self { session, ask }
    }

    /// The session in which it was agreed.
    pub fn session(&self) -> &SessionId {
        &self.session
    }

    /// What was agreed.
    pub fn ask(&self) -> &ElevationAsk {
        &self.ask
    }
}
