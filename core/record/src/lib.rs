//! The audit record: every entry carries the hash of all entries before it, so that nobody
//! changes, drops or reorders one without being noticed.
//!
//! The n-th hash is `SHA-256(hash of n-1 || canonical form of entry n)`; the hash before the
//! first entry is 32 zero bytes. An entry stands on one line of JSON:
//! `{"entry":<canonical form>,"hash":"<64 hex digits>"}`. The agent appends such lines to a
//! file ([`Record`]), the portal stores [`Link`]s in its database and writes the same lines on
//! export; [`verify`] reads either. A chain alone does not show that its end was cut off: keep
//! a [`Head`] elsewhere and verify against it.

mod entry;
mod file;
mod head;
mod link;
mod verification;

pub use entry::Entry;
pub use file::{Record, RecordError};
pub use head::{Head, HeadError};
pub use link::{Link, LinkError};
pub use verification::{Break, Report, Why, verify};
