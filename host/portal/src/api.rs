//! The JSON API: for programs with an API key, and for the portal's own script.

mod audit;
mod devices;
mod health;
pub(crate) mod keys;
mod openapi;
mod orders;
mod sessions;

pub(crate) use audit::export;
pub(crate) use devices::{connect, device, devices, disconnect, elevate};
pub(crate) use health::{health, metrics, ready};
pub(crate) use openapi::Description;
pub(crate) use orders::order;
pub(crate) use sessions::sessions;
