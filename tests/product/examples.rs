//! The plugins that ship, each signed and installed into a running agent under the policy that its
//! README shows.

mod disk_encryption;
mod guides;
mod network_zone;
mod rustdesk_driver;
mod session_recorder;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use serde_json::Value;

use crate::scene::Scene;

fn folder(name: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../plugins/examples");
    examples.join(name)
}

/// The settings of the layer that the plugin's README shows.
fn shown_settings(name: &str) -> Result<Value> {
    let page = std::fs::read_to_string(folder(name).join("README.md"))?;
    let block = page.split("```json\n").nth(1).context("it shows a layer")?;
    let block = block.split("```").next().unwrap_or_default();
    let layer: Value = serde_json::from_str(block)?;
    Ok(layer["settings"].clone())
}

/// What the plugin said in the checks of the last start.
fn voice(scene: &Scene, id: &str) -> Result<Value> {
    let status = scene.agent.status()?;
    let checks = status["checks"].as_array().cloned().unwrap_or_default();
    let said = checks.into_iter().find(|check| check["by"] == id);
    said.with_context(|| format!("{id} said nothing: {status:#}"))
}
