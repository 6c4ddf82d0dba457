//! The command line: what there is, and which file does it.

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use crate::output::{Exit, Outcome, conclude, say};
use crate::{
    agent, audit, doctor, elevate, extension_host, hooks, links, menu, plugin, policy,
    sample_client, schema, script, session, status,
};

/// Remote support that an organisation customises with data, Lua and plugins.
#[derive(Parser)]
#[command(
    name = "deskhook",
    version,
    propagate_version = true,
    max_term_width = 100
)]
#[command(after_help = "Exit codes: 0 done, 1 the answer is no, 2 wrong usage, 3 could not.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    #[cfg(feature = "portal")]
    /// The whole product on one machine: portal, agent, a sample organisation, a client
    Demo(crate::demo::Demo),
    /// The agent: run it, or enrol this device
    #[command(subcommand)]
    Agent(agent::Agent),
    /// What the agent is and does
    Status(status::StatusArgs),
    /// Start, stop or answer, as the tray and its dialogs do
    #[command(subcommand)]
    Session(session::Session),
    /// The tray's menu in the terminal
    #[command(subcommand)]
    Tray(menu::Tray),
    /// Follow a link with our scheme: asks to start a session
    Open(links::Open),
    /// Check, resolve and explain policy
    #[command(subcommand)]
    Policy(policy::Policy),
    /// Make, check, test and run Lua packages
    #[command(subcommand)]
    Script(script::Script),
    /// The hooks that there are, and who hears them
    #[command(subcommand)]
    Hooks(hooks::Hooks),
    /// Look into native plugins
    #[command(subcommand)]
    Plugin(plugin::Plugin),
    #[cfg(feature = "portal")]
    /// The support staff's server: run it, and set it up
    #[command(subcommand)]
    Portal(crate::portal::Portal),
    /// The tamper-evident record
    #[command(subcommand)]
    Audit(audit::Audit),
    /// What is generated from the code: editor stubs, the C header, schemas, the reference
    Schema(schema::Schema),
    /// What is wrong on this machine, and what to do about it
    Doctor(doctor::Doctor),
    /// Completions for a shell
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// Reads the command line and does what it says.
pub(crate) fn start() -> ExitCode {
    // An argument that is no text is none that these know; clap tells the others better.
    let arguments: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|text| text.to_string_lossy().into_owned())
        .collect();
    // These start no runtime and no thread: one may be root, one confines itself first, one is a
    // client.
    match arguments.split_first() {
        Some((first, rest)) if first == "elevate" => elevate::run(rest),
        Some((first, rest)) if first == extension_host::NAME && rest.is_empty() => {
            extension_host::run()
        }
        Some((first, rest)) if first == "sample-client" => sample_client::run(rest),
        _ => conclude(dispatch(Cli::parse().command)),
    }
}

fn dispatch(command: Command) -> Outcome {
    match command {
        #[cfg(feature = "portal")]
        Command::Demo(args) => crate::demo::run(args),
        Command::Agent(args) => agent::run(args),
        Command::Status(args) => status::run(&args),
        Command::Session(args) => session::run(args),
        Command::Tray(args) => menu::run(args),
        Command::Open(args) => links::run(&args),
        Command::Policy(args) => policy::run(args),
        Command::Script(args) => script::run(args),
        Command::Hooks(args) => hooks::run(args),
        Command::Plugin(args) => plugin::run(args),
        #[cfg(feature = "portal")]
        Command::Portal(args) => crate::portal::run(args),
        Command::Audit(args) => audit::run(args),
        Command::Schema(args) => schema::run(args),
        Command::Doctor(args) => doctor::run(&args),
        Command::Completions { shell } => {
            let mut script = vec![];
            clap_complete::generate(shell, &mut Cli::command(), "deskhook", &mut script);
            say(String::from_utf8_lossy(&script).trim_end());
            Ok(Exit::Done)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
