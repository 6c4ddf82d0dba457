//! `demo`: the whole product on one machine.

mod client;
mod folder;
mod once;
mod rfb;
mod show;
mod stage;

use std::path::PathBuf;

use clap::Args;

use crate::agent::runtime;
use crate::output::{Failure, Outcome};

/// `demo`.
#[derive(Args)]
pub(crate) struct Demo {
    /// Keep everything in this folder (default: a temporary one that is removed)
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
    /// The portal's port on the loopback (default: 8460, or any free one)
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Use this installed client: anydesk, rustdesk, vnc or sample
    #[arg(long, value_name = "NAME")]
    client: Option<String>,
    /// Start one session without anybody, print each step with its time, and stop
    #[arg(long)]
    once: bool,
}

/// Does what the command says.
pub(crate) fn run(args: Demo) -> Outcome {
    if let Some(name) = &args.client
        && !client::DemoClient::is_known(name)
    {
        return Err(Failure::Usage(anyhow::anyhow!(
            "there is no client {name:?}: anydesk, rustdesk, vnc and sample are known"
        )));
    }
    runtime(2)?.block_on(async move {
        let once = args.once;
        let stage = stage::Stage::build(args).await?;
        if once {
            once::run(stage).await
        } else {
            show::run(stage).await
        }
    })
}
