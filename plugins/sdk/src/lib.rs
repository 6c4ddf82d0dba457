//! Native plugins for Deskhook, in safe Rust.
//!
//! ```standalone_crate
//! use deskhook_sdk::{Failure, Hook, Host, Plugin, SessionRequest, Verdict, export_plugin};
//!
//! struct QuietHours;
//!
//! impl Plugin for QuietHours {
//!     const ID: &'static str = "org.example.quiet-hours";
//!     const VERSION: &'static str = env!("CARGO_PKG_VERSION");
//!     const HOOKS: &'static [Hook] = &[Hook::SessionRequest];
//!
//!     fn new(_: Host) -> Result<Self, Failure> {
//!         Ok(Self)
//!     }
//!
//!     fn session_request(&mut self, asked: &SessionRequest<'_>, _: Host) -> Result<Verdict, Failure> {
//!         let hour: u32 = asked.context.now.get(11..13).unwrap_or_default().parse()?;
//!         Ok(if hour < 6 { Verdict::deny("quiet-hours", "Nobody is there before six.") } else { Verdict::Abstain })
//!     }
//! }
//!
//! export_plugin!(QuietHours);
//! # fn main() {}
//! ```
//!
//! The crate is a `cdylib`, built with `panic = "unwind"`. A panic is caught at the border: the
//! hook has then failed, a hook that decides denies, and the plugin is made anew for the next
//! call. [`testing::Trial`] runs a plugin in a test, across the same border as a real host.

mod export;
mod failure;
mod hook;
mod host;
mod input;
mod json;
mod plugin;
#[cfg(doctest)]
mod readme;
mod request;
mod sink;
mod verdict;

/// Running a plugin in its author's own tests.
pub mod testing;

#[doc(hidden)]
pub use deskhook_abi as abi;
#[doc(hidden)]
pub use export::entry;
pub use failure::Failure;
pub use hook::Hook;
pub use host::{Host, HostError, Level};
pub use input::{
    Context, Device, ElevationRequest, Person, SessionJoin, SessionRequest, Supporter,
};
pub use json::{Fields, Json};
pub use plugin::Plugin;
pub use request::Request;
pub use verdict::Verdict;
