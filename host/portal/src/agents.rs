//! What agents ask of the portal: to be enrolled, to have reports accepted, to be given orders.

mod admission;
mod enrolment;
mod ordering;
mod reporting;

pub(crate) use admission::{Caller, LARGEST, claim, verify};
pub(crate) use enrolment::enrol;
pub(crate) use ordering::orders;
pub(crate) use reporting::report;
