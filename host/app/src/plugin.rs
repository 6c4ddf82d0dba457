//! Native plugins: what their vendors and the organisation do with them.

mod inspect;
mod keygen;
mod new;
mod pack;
mod sign;
mod told;
mod validate;
mod verify;

use clap::Subcommand;

use crate::output::Outcome;

/// Native plugins.
#[derive(Subcommand)]
pub(crate) enum Plugin {
    /// Make a plugin that builds and passes its own tests
    New(new::New),
    /// Put a manifest and the library that was built into a folder, ready to be signed
    Pack(pack::Pack),
    /// Say what is in a plugin's folder, without running it
    Inspect(inspect::Inspect),
    /// Make a publisher's key
    Keygen(keygen::Keygen),
    /// Sign a plugin's manifest and library, as minisign does
    Sign(sign::Sign),
    /// Put a plugin through everything that a host may do to it, each check in a child as the agent's
    Validate(validate::Validate),
    /// Say whether a publisher signed a plugin
    Verify(verify::Verify),
}

/// Does what the command says.
pub(crate) fn run(command: Plugin) -> Outcome {
    match command {
        Plugin::New(args) => new::run(&args),
        Plugin::Pack(args) => pack::run(&args),
        Plugin::Inspect(args) => inspect::run(&args),
        Plugin::Keygen(args) => keygen::run(&args),
        Plugin::Sign(args) => sign::run(&args),
        Plugin::Validate(args) => validate::run(&args),
        Plugin::Verify(args) => verify::run(&args),
    }
}
