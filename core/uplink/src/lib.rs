//! The device's side of the portal: identity, enrolment, the durable outbox, and the connection
//! both ways.
//!
//! An address is called reported only when the portal has acknowledged it. What is to be told
//! goes to disk first, and leaves it only after the acknowledgement: nothing is lost and nothing
//! is doubled across a killed agent. Traffic goes out only; no port is opened.

#[cfg(test)]
mod answering;
mod backoff;
mod connection;
mod disk;
mod enrolment;
mod identity;
mod outbox;
mod refusal;

pub use connection::{Connection, SendError, Signal};
pub use enrolment::{EnrolError, enrol, is_portal};
pub use identity::{Identity, IdentityError};
pub use outbox::{Outbox, OutboxError};
