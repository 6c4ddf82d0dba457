//! The remote-desktop client of a session, from its description to its address: locate, fetch
//! and verify, launch, read the address, watch, stop.
//!
//! Each step is a function of its own, so that the agent can run hooks between them:
//! [`locate`], [`fetch`], [`launch`], [`RunningClient::read_address`]. [`start`] is all of them
//! in a row. Nothing is launched without a [`Clearance`](deskhook_session::Clearance), nothing
//! ever passes through a shell, and what was fetched runs only when its SHA-256 is the one that
//! the policy names, or the policy says that it need not be.

mod address;
mod config;
mod desktop;
mod failure;
mod fetch;
mod fields;
mod folder;
mod launch;
mod locate;
mod os;
mod password;
mod plan;
mod printed;
mod query;
mod running;
mod spawn;

pub use address::Given;
pub use config::{ConfigError, read_config};
pub use desktop::Desktop;
pub use failure::LaunchError;
pub use fetch::{
    FetchError, FetchLimits, Fetched, Origin, Pinned, fetch, fetch_within, install_crypto, pin,
    pin_line,
};
pub use launch::{LaunchOptions, launch, obtain, start};
pub use locate::{Places, locate};
pub use plan::{LaunchPlan, PlanError};
pub use running::{Exit, RunningClient};
