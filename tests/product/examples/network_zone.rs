//! A plugin in C, built by its own Makefile.

use std::net::UdpSocket;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use harness::{TestAgent, need, run};
use serde_json::{Value, json};

use super::{folder, shown_settings, voice};
use crate::plugin::need_root;
use crate::scene::{Scene, over, sample};

const ID: &str = "org.deskhook.network-zone";

/// Builds a target of its Makefile into `build`.
fn make(build: &Path, target: &str) -> Result<String> {
    let said = run(Command::new("make")
        .arg("-C")
        .arg(folder("network-zone"))
        .arg(format!("BUILD={}", build.display()))
        .arg(target))?;
    ensure!(said.code == Some(0), "{said:?}");
    Ok(said.stdout)
}

async fn with(zones: Value) -> Result<Scene> {
    let settings = over(sample(), &shown_settings("network-zone")?);
    let settings = over(settings, &json!({ "NetworkZone": zones }));
    let mut scene = Scene::prepared(settings, TestAgent::new()?).await?;
    let build: PathBuf = scene.agent.home().path().join("build");
    make(&build, "build")?;
    let library = build.join("libnetwork_zone.so");
    scene.agent.plugin_of("network-zone", &library)?;
    scene.agent.start()?;
    Ok(scene)
}

/// The address that this machine would be seen with, which it sends nothing to find out.
fn own_address() -> Option<String> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip().to_string())
}

#[test]
fn its_own_tests_pass_and_nothing_is_left_behind() -> Result<()> {
    need!("make");
    let home = harness::Home::new()?;
    let build = home.path().join("build");
    let said = make(&build, "test")?;
    ensure!(said.contains("checks, 0 failed"), "{said}");
    make(&build, "clean")?;
    ensure!(!build.exists());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_allows_nothing_denies_and_says_what_to_do() -> Result<()> {
    need_root!();
    need!("make");
    let scene = with(json!({ "Allowed": [] })).await?;
    let said = scene.start(&[])?;
    ensure!(said.code == Some(1), "{said:?}");
    let (code, words) = match own_address() {
        Some(_) => ("network-outside", "connect to the VPN first"),
        None => ("network-offline", "Please connect it first"),
    };
    ensure!(
        said.stderr.contains(code) && said.stderr.contains(words),
        "{said:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_device_s_own_address_lets_it_start_or_keeps_it_from_it() -> Result<()> {
    need_root!();
    need!("make");
    let Some(own) = own_address() else {
        harness::not_walked(module_path!(), "a network");
        return Ok(());
    };
    let scene = with(json!({ "Allowed": [own, "2001:db8::/32"] })).await?;
    scene.report()?;
    ensure!(voice(&scene, ID)?["verdict"] == "allow");
    scene.agent.deskhook(&["session", "stop"])?;
    let scene = with(json!({ "Allowed": [own], "Denied": [own] })).await?;
    let said = scene.start(&[])?;
    ensure!(said.code == Some(1), "{said:?}");
    ensure!(
        said.stderr.contains("network-denied") && said.stderr.contains(&own),
        "{said:?}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_cannot_be_read_denies_and_names_what_is_wrong() -> Result<()> {
    need_root!();
    need!("make");
    let scene = with(json!({ "Allowed": ["0.0.0.0/0", "10.0.0.1/8"] })).await?;
    let said = scene.start(&[])?;
    ensure!(said.code == Some(1), "{said:?}");
    let status = scene.agent.status()?.to_string();
    let told = format!("{}{status}{}", said.stderr, scene.agent.output());
    ensure!(
        told.contains("NetworkZone.Allowed") && told.contains("10.0.0.1/8"),
        "{told}"
    );
    Ok(())
}
