use serde::Serialize;

use super::origin::Origin;
use crate::{Direction, Problem, Resolved};

/// The policy key that says which way sessions go.
const DIRECTION: &str = "Integration.AnyDesk.Client.Direction";

/// Whose client it is: the two of the vendor's use case for remote support ("Security Best
/// Practices", version 2.0, 2024-04-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClientRole {
    /// Of a person who is helped: it only receives connections.
    EndUser,
    /// Of a supporter: it only makes connections.
    Support,
}

impl ClientRole {
    /// Which way its sessions go.
    pub fn direction(self) -> Direction {
        match self {
            Self::EndUser => Direction::Incoming,
            Self::Support => Direction::Outgoing,
        }
    }

    /// Whose client the policy describes; none where it leaves the direction open.
    pub fn of(resolved: &Resolved) -> Option<Self> {
        match resolved.policy.anydesk.direction? {
            Direction::Incoming => Some(Self::EndUser),
            Direction::Outgoing => Some(Self::Support),
            Direction::Bidirectional => None,
        }
    }

    /// Which way the sessions of its client go: as the policy says, else as the role says.
    pub(super) fn wanted(self, resolved: &Resolved) -> Ways {
        let direction = resolved.policy.anydesk.direction;
        Ways(direction.unwrap_or(self.direction()))
    }

    /// What is wrong where the policy wants the other client.
    pub(super) fn contradiction(self, resolved: &Resolved) -> Option<Problem> {
        let wanted = Self::of(resolved).filter(|wanted| *wanted != self)?;
        let set = Origin::of(resolved, DIRECTION)?;
        let message = format!(
            "the policy wants an {} client, and one for the role {self} is {}",
            word(wanted.direction()),
            word(self.direction())
        );
        let help = format!(
            "{} says so: ask for --role {wanted}, or narrow with --group to the layers of the other",
            set.layer
        );
        let problem = Problem::error("role-contradiction", set.place, message);
        Some(problem.with_key(DIRECTION).with_help(help))
    }
}

impl std::fmt::Display for ClientRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::EndUser => "end-user",
            Self::Support => "support",
        })
    }
}

/// Which way sessions go, and what follows from it.
#[derive(Clone, Copy)]
pub(super) struct Ways(pub(super) Direction);

impl Ways {
    /// Whether others connect to the client.
    pub(super) fn receives(self) -> bool {
        self.0 != Direction::Outgoing
    }

    /// Whether the client connects to others.
    pub(super) fn connects(self) -> bool {
        self.0 != Direction::Incoming
    }
}

/// The direction as policy spells it.
pub(super) fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
        Direction::Bidirectional => "bidirectional",
    }
}
