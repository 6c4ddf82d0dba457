//! An [`Extension`](deskhook_hooks::Extension) that lives in a child process.
//!
//! [`Process`] is the agent's side: it starts the child, gives it extensions, ends it when one of
//! them does not keep its time, and starts it again. [`serve`] is the child's side: it gives up
//! whatever the child does not need, then runs what it is given. Between them go frames, one
//! connection for each extension; what they mean is in `deskhook_wire`.

mod blame;
mod channel;
mod check;
mod child;
mod confine;
mod extension;
mod group;
mod life;
mod output;
mod process;
mod serve;
mod spawn;
mod stream;
mod weight;

pub use check::CheckError;
pub use extension::Isolated;
pub use output::Printed;
pub use process::{OpenError, Process, Program, StartError, TestOutcome};
pub use serve::{Desk, serve};
