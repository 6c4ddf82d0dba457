//! The portal over real connections: agents, programs, browsers.

mod accounts;
mod agents;
mod browser;
mod browsers;
mod device;
mod elevations;
mod hostile;
mod house;
mod patience;
mod programs;
