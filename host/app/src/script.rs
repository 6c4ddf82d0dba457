//! `script new`, `check`, `test`, `run` and `repl`.

mod findings;
mod repl;
mod tests;
mod trial;

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use deskhook_script::{ScaffoldError, scaffold};

use crate::output::{Exit, Failure, Outcome, remark, say};

/// Lua packages.
#[derive(Subcommand)]
pub(crate) enum Script {
    /// Make a package that passes its own tests
    New {
        /// Its name: lower case letters, digits and dashes
        name: String,
        /// The folder to make it in, as DIR/NAME (default: here)
        #[arg(long, default_value = ".")]
        dir: PathBuf,
    },
    /// Look for mistakes without running anything
    Check {
        /// Package folders: those with a deskhook.json
        #[arg(required = true)]
        dirs: Vec<PathBuf>,
        /// How to print
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Run the packages' own tests
    Test(TestArgs),
    /// Run one hook of a package on an input
    Run(RunArgs),
    /// Try Lua as in a hook of a package, on a pretended host
    Repl(repl::ReplArgs),
}

/// `script test`.
#[derive(Args)]
pub(crate) struct TestArgs {
    /// Package folders: those with a deskhook.json
    #[arg(required = true)]
    dirs: Vec<PathBuf>,
    /// Run only tests whose name contains this
    #[arg(long)]
    filter: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    /// Run again after each change, until it is ended
    #[arg(long)]
    watch: bool,
}

/// `script run`.
#[derive(Args)]
pub(crate) struct RunArgs {
    /// The hook, such as session.request
    hook: String,
    /// The package's folder
    dir: PathBuf,
    /// A JSON file with the hook's input; - is standard input
    #[arg(long, value_name = "F")]
    input: PathBuf,
    /// A JSON file that says what the fake host answers: clock, policy, facts, http, exec, files,
    /// env, store, device, person, grants
    #[arg(long, value_name = "F")]
    fakes: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// How to print.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Text,
    /// For CI
    Junit,
}

/// Does what the command says.
pub(crate) fn run(command: Script) -> Outcome {
    match command {
        Script::New { name, dir } => new(&name, &dir),
        Script::Check {
            dirs,
            format,
            json: as_json,
        } => {
            if format == Format::Junit {
                return Err(Failure::Usage(anyhow::anyhow!(
                    "check prints text or JSON; junit is for script test"
                )));
            }
            findings::run(&dirs, as_json.into())
        }
        Script::Test(args) => tests::run(&args),
        Script::Run(args) => trial::run(&args),
        Script::Repl(args) => repl::run(&args),
    }
}

/// A hook by its name; one that is not there is wrong usage, with the nearest that is.
pub(crate) fn hook(name: &str) -> Result<deskhook_hooks::Hook, Failure> {
    deskhook_hooks::Hook::parse(name).map_err(|error| {
        let near = deskhook_script::nearest_hook(name);
        let near = near.map(|near| format!("; did you mean {:?}?", near.name()));
        let near = near.unwrap_or_else(|| ": deskhook hooks list names them all".to_owned());
        Failure::Usage(anyhow::anyhow!("{error}{near}"))
    })
}

fn new(name: &str, dir: &std::path::Path) -> Outcome {
    let files = match scaffold(name, dir) {
        Err(error @ ScaffoldError::Name(_)) => return Err(Failure::Usage(error.into())),
        files => files?,
    };
    for file in &files {
        remark(format!("  {}", file.display()));
    }
    say(format!(
        "made {name}; test it with: deskhook script test {}",
        dir.join(name).display()
    ));
    Ok(Exit::Done)
}

/// A folder that cannot be read is not a package with a fault.
fn readable(dir: &std::path::Path) -> Result<(), Failure> {
    let read = std::fs::read_dir(dir);
    read.with_context(|| format!("cannot read {}", dir.display()))?;
    Ok(())
}
