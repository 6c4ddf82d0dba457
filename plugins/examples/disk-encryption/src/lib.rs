//! Tells whether the disk of the system is encrypted, in the device's state, and keeps sessions
//! from starting where it is not: README.md has the policy.

mod check;
mod linux;
mod mounts;
mod settings;
mod state;
mod vendor;

pub use check::DiskEncryption;

deskhook_sdk::export_plugin!(DiskEncryption);
