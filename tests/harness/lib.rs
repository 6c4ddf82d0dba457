//! What the whole-product tests stand on: real processes on loopback, each with a home of its own
//! in a temporary folder, ended when the test ends; servers that misbehave on request; and the
//! `need!` gate for parts that a machine may lack.
//!
//! Nothing here knows how Deskhook is made: it starts the binary, and speaks to it as people and
//! other programs do.

mod agent;
mod anydesk;
mod artifacts;
mod browser;
mod bus;
mod desktop;
mod display;
mod download;
mod home;
mod link;
mod memory;
mod namespace;
mod patience;
mod plugin;
mod portal;
mod process;
mod receiver;
mod rfb;
mod walk;

pub use agent::TestAgent;
pub use anydesk::AnyDesk;
pub use artifacts::{Artifacts, artifacts};
pub use browser::{Browser, Look, Scheme};
pub use bus::SessionBus;
pub use desktop::{Desktop, MenuEntry, Tray, TrayIcon};
pub use display::Display;
pub use download::{Answer, FileServer};
pub use home::Home;
pub use link::{Fault, Link};
pub use memory::Memory;
pub use namespace::Namespace;
pub use patience::{PATIENCE, eventually, until, until_some};
pub use portal::{Api, PASSWORD, TestPortal};
pub use process::{Finished, Process, children_of, extension_hosts, is_alive, processes_of, run};
pub use receiver::{Posted, Receiver};
pub use rfb::{Greeting, handshake, vnc_password};
pub use walk::{Walk, free_port, http_client, missing, not_walked, shots};
