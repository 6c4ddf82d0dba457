//! What lies where.

use crate::sources::{Breach, root};

/// What the top level holds: five folders, one for each audience, and what tools look for there.
const TOP: &[&str] = &[
    ".ci",
    ".clippy.toml",
    ".deny.toml",
    ".gitignore",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "README.md",
    "core",
    "host",
    "plugins",
    "scripts",
    "tests",
];

/// What version control and the build leave there.
const LEFT_BY_TOOLS: &[&str] = &[".git", "target"];

/// Entries of the top level that do not belong there.
pub(crate) fn strangers() -> Vec<Breach> {
    let entries = std::fs::read_dir(root()).expect("the top level can be listed");
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.retain(|name| !TOP.contains(&name.as_str()) && !LEFT_BY_TOOLS.contains(&name.as_str()));
    names.sort();
    let told = "does not belong at the top level: find its audience's folder, or add it to TOP in tests/tidy/folders.rs";
    names
        .iter()
        .map(|name| Breach::new(name, 1, told))
        .collect()
}
