//! The portal over real connections: agents, programs, browsers.

mod agents;
mod browser;
mod browsers;
mod device;
mod house;
mod programs;
