//! Writes what happened to sessions into a file of its own, one JSON object a line: README.md has
//! the policy and the fields.

mod event;
mod journal;
mod recorder;
mod settings;

pub use recorder::SessionRecorder;

deskhook_sdk::export_plugin!(SessionRecorder);
