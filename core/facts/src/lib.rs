//! What the device says of itself, and the built-in checks over it.
//!
//! A fact is looked up each time, cheaply and within bounds, and says `"unknown"` where it cannot
//! be known: without rights, on another operating system, in a container. A check that has to
//! deny treats what is unknown as a denial; one that only warns says that it could not tell.

mod bounded;
mod catalogue;
mod check;
mod disk;
mod firewall;
mod identity;
mod power;
mod processes;
mod screen;
mod updates;

pub use catalogue::Facts;
pub use check::{BuiltInCheck, checks};
