//! The `deskhook` binary: agent, portal, demo and every tool around them.

mod agent;
mod audit;
mod cli;
#[cfg(feature = "portal")]
mod demo;
mod doctor;
mod elevate;
mod extension_host;
mod extensions;
mod hooks;
mod links;
mod menu;
mod output;
mod places;
mod plugin;
mod policy;
#[cfg(feature = "portal")]
mod portal;
mod sample_client;
mod schema;
mod script;
mod session;
mod settings;
mod status;

fn main() -> std::process::ExitCode {
    cli::start()
}
