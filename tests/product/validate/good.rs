//! Plugins in which nothing has to be mended.

use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use harness::{TestAgent, need, run};

use super::{validated, with};

fn checked(library: &Path, checks: usize) -> Result<()> {
    let folder = library.parent().context("a file lies in a folder")?;
    let report = validated(folder)?;
    ensure!(report.ok && report.notes().is_empty(), "{report:#?}");
    // One that needs a newer interface is loaded by no older host.
    ensure!(report.checks.len() == checks, "{report:#?}");
    Ok(())
}

#[test]
fn a_good_plugin_has_nothing_to_mend_and_nothing_is_noted() -> Result<()> {
    let agent = TestAgent::new()?;
    checked(&agent.plugin("free-space")?, 13)?;
    let folder = with(&agent, "NONE")?;
    checked(&folder.join("libfragile.so"), 13)
}

#[test]
fn in_no_plugin_that_ships_has_anything_to_be_mended() -> Result<()> {
    let agent = TestAgent::new()?;
    for name in ["disk-encryption", "rustdesk-driver", "session-recorder"] {
        let library = agent.plugin(name)?;
        checked(&library, 12).with_context(|| name)?;
    }
    Ok(())
}

#[test]
fn in_the_plugin_in_c_that_ships_nothing_has_to_be_mended() -> Result<()> {
    need!("make");
    let agent = TestAgent::new()?;
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/examples/network-zone");
    let build = agent.home().path().join("build");
    let build_here = format!("BUILD={}", build.display());
    let mut make = Command::new("make");
    let made = run(make.arg("-C").arg(source).args([&build_here, "build"]))?;
    ensure!(made.code == Some(0), "{made:?}");
    let library = build.join("libnetwork_zone.so");
    checked(&agent.plugin_of("network-zone", &library)?, 12)
}
