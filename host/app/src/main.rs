//! The `deskhook` binary: agent, portal, demo and every tool around them.

mod agent;
mod audit;
mod cli;
#[cfg(feature = "portal")]
mod demo;
mod doctor;
mod elevate;
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
mod script;
mod session;
mod settings;
mod status;

fn main() -> std::process::ExitCode {
    // An argument that is no text is none that these two know; the others tell it better.
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|text| text.to_string_lossy().into_owned())
        .collect();
    // These two start no runtime and no thread: one is a client, the other may be root.
    match arguments.split_first() {
        Some((first, rest)) if first == "elevate" => elevate::run(rest),
        Some((first, rest)) if first == "sample-client" => sample_client::run(rest),
        _ => cli::run(),
    }
}
