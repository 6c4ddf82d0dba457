//! Elevated rights for one program, once: what the agent asks of the operating system, and what
//! `deskhook elevate` does with the rights that it is given.
//!
//! Two sides that do not trust each other. The agent side, [`elevate`], needs an
//! [`ElevationPermit`](deskhook_session::ElevationPermit) and finds the operating system's own way:
//! polkit's `pkexec` or `sudo -n`. The other side, [`serve`], runs as root for one order and
//! believes nothing that the agent says: it reads only files that root alone can change (see
//! [`Places`]), checks the portal's signature, and marks the order as used before it acts.
//!
//! Nothing can move [`Places`] from outside: no variable, no flag, no file.
//!
//! Linux only. On other systems both sides refuse and say so.

mod answer;
mod policy_files;
mod refusal;

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;

pub use answer::Answer;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::{Ways, elevate, serve};
#[cfg(target_os = "linux")]
pub use linux::{Distrust, Places, Ways, elevate, serve};
pub use policy_files::PolicyFiles;
pub use refusal::Refusal;
