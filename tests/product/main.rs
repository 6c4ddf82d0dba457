//! Whole-product tests: the real binary, started as people and machines start it. One module for
//! each way through the product; `ground` shows that what they stand on carries.

mod audit;
mod authors;
mod bootstrapper;
mod browser;
mod client_settings;
mod demo;
mod dialogs;
mod elevation;
mod examples;
mod ground;
mod hosting;
mod inside;
mod links;
mod notices;
mod packages;
mod plugin;
mod policy;
mod presence;
mod reload;
mod rights;
mod scene;
mod schema;
mod session;
mod shipped;
mod signed;
mod signing;
mod standin;
mod tray;
mod trust;
mod unmanaged;
mod uplink;
mod validate;
mod vendors;
mod vnc;
mod webhook;
