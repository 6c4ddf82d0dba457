//! Signed policy: what is taken into use, what is refused, and what stays whatever happens.

mod acceptance;
mod expiry;
mod memory;
mod office;
mod rotation;
mod trust;
