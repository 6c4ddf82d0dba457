/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The supporter disconnected.
    Disconnected,
    /// The person, or an extension, stopped it.
    Stopped,
    /// The client ended by itself.
    ClientExited,
    /// The policy's time limit.
    TimeLimit,
    /// The policy no longer allows it.
    Policy,
    /// A check denied it.
    Denied,
    /// The client could not be had or started.
    Failed,
    /// The agent stopped.
    AgentStopped,
}

impl Outcome {
    /// The word for hooks, records and pages.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Disconnected => "disconnected",
            Self::Stopped => "stopped",
            Self::ClientExited => "client-exited",
            Self::TimeLimit => "time-limit",
            Self::Policy => "policy",
            Self::Denied => "denied",
            Self::Failed => "failed",
            Self::AgentStopped => "agent-stopped",
        }
    }
}
