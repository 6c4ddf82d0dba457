//! The support staff's server: who waits for help, one click to connect, and everything on the
//! record. One organisation a portal; pages, a JSON API and the agents' side in one process on
//! an embedded database.

mod agents;
mod api;
mod budgets;
mod clock;
mod config;
mod desk;
mod endings;
mod failure;
mod folds;
mod guesses;
mod hostile;
mod hub;
mod key;
mod keys;
mod metrics;
mod pages;
mod password;
mod portal;
mod progress;
mod requests;
mod rights;
mod routes;
mod secret;
pub mod set_up;
mod shapes;
mod store;
mod streams;
mod tls;
mod verification;
mod visitor;
mod web;

pub use config::{AnyDesk, ApiPassword, PortalConfig, PublicUrlError, TlsFiles, public_url};
pub use key::KeyError;
pub use portal::{Portal, PortalError};
pub use rights::{RightError, Role, RoleError};
pub use set_up::SetUpError;
pub use store::StoreError;
pub use tls::TlsError;
