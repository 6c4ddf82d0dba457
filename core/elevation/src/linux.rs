//! Both sides on Linux.

mod asking;
mod elevate;
mod judge;
mod mark;
mod places;
mod program;
mod seclusion;
mod serve;
mod trust;
mod ways;

#[cfg(test)]
mod bench;

pub use elevate::elevate;
pub use places::Places;
pub use serve::serve;
pub use trust::Distrust;
pub use ways::Ways;
