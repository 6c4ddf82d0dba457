//! Figures of the whole product, in release mode, on this machine: how long a person waits from a
//! click until the portal has the client's address, how long the agent takes to be there, and what
//! agent and portal occupy while nothing happens. They are printed, never judged.
//!
//! `cargo bench -p deskhook-tests --bench figures [-- ROUNDS]`

#[path = "figures/device.rs"]
mod device;
#[path = "figures/table.rs"]
mod table;

use std::io::Write as _;
use std::time::Instant;

use anyhow::Result;
use harness::{Desktop, Home, Memory, Process, TestPortal, Tray, missing};

use device::Device;
use table::{Series, Table};

/// How often each way is gone where nobody says otherwise.
const ROUNDS: usize = 20;

fn main() -> Result<()> {
    let rounds = std::env::args().find_map(|argument| argument.parse().ok());
    let rounds = rounds.unwrap_or(ROUNDS);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    say(&format!(
        "{rounds} rounds each; load before: {}",
        load.trim()
    ))?;
    let runtime = tokio::runtime::Runtime::new()?;
    let table = runtime.block_on(measure(rounds))?;
    say(&table.to_string())
}

fn say(line: &str) -> Result<()> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}

async fn measure(rounds: usize) -> Result<Table> {
    let mut table = Table::default();
    let client = client(rounds)?;
    table.time("sample client alone, start to its address", &client);

    let mut home = Home::new()?;
    let desktop = match missing(&Desktop::PARTS) {
        None => Some(Desktop::start(&mut home).await?),
        Some(part) => {
            say(&format!(
                "without a tray: {part} is missing, and tests/run installs it"
            ))?;
            None
        }
    };
    let portal = TestPortal::start().await?;
    let mut device = Device::enrolled(home, &portal)?;
    let mut tray = match &desktop {
        Some(desktop) => Some(desktop.tray().await?),
        None => None,
    };

    let (mut running, mut ready) = (Series::default(), Series::default());
    for _ in 0..rounds {
        let times = device.start(tray.as_mut()).await?;
        running.push(times.running);
        ready.extend(times.ready);
        device.stop(tray.as_ref()).await?;
    }
    table.time("agent run, start to \"agent running\"", &running);
    table.time("agent run, start to the icon in the tray", &ready);

    device.start(tray.as_mut()).await?;
    table.memory(
        "agent at rest, before any session",
        Memory::at_rest(device.id()?)?,
    );
    let reported = device.sessions(rounds, tray.as_mut()).await?;
    table.time("click to address reported", &reported);
    table.beyond(
        "  of that beyond the client's own start",
        (&reported, &client),
    );
    let applied = device.policies(rounds)?;
    table.time("layer file written to policy in use", &applied);
    table.memory(
        "agent at rest, after these sessions",
        Memory::at_rest(device.id()?)?,
    );
    device.stop(tray.as_ref()).await?;
    with_a_package(&mut table, (&mut device, tray.as_mut(), rounds)).await?;
    let portal = portal.process()?.id();
    table.memory("portal at rest", Memory::at_rest(portal)?);
    Ok(table)
}

/// The same device with a Lua package in a child of the agent's, which is asked before each session.
async fn with_a_package(
    table: &mut Table,
    (device, tray, rounds): (&mut Device, Option<&mut Tray>, usize),
) -> Result<()> {
    device.install_package(1)?;
    let mut tray = tray;
    device.start(tray.as_deref_mut()).await?;
    table.memory(
        "with a Lua package: agent at rest",
        Memory::at_rest(device.id()?)?,
    );
    table.memory("  its child at rest", Memory::at_rest(device.child()?)?);
    let reported = device.sessions(rounds, tray).await?;
    table.time("  click to address reported", &reported);
    let reloads = device.reloads(rounds)?;
    table.time("  new files written to running, with their tests", &reloads);
    table.memory(
        "  its child, after these",
        Memory::at_rest(device.child()?)?,
    );
    Ok(())
}

/// The sample client without Deskhook round it.
fn client(rounds: usize) -> Result<Series> {
    let home = Home::new()?;
    let mut series = Series::default();
    // The binary is built where it is first asked for.
    drop(home.deskhook());
    for _ in 0..rounds {
        let began = Instant::now();
        let client = Process::start(home.deskhook().args(["sample-client", "run"]))?;
        client.line("ADDRESS=")?;
        series.push(began.elapsed());
    }
    Ok(series)
}
