//! What every manifest says.

use toml::{Table, Value};

use crate::sources::{Breach, Text, root, text_sources};

/// Package fields that stand once, in the workspace.
const INHERITED: &[&str] = &["version", "edition", "rust-version", "license", "publish"];

const DEPENDENCIES: &[&str] = &["dependencies", "dev-dependencies", "build-dependencies"];

/// Templates and fuzz targets are packages outside the workspace.
const OUTSIDE: &[&str] = &["tests/fuzz/", "tests/fixtures/"];

/// Manifests that do not inherit what the workspace settles.
pub(crate) fn loose_manifests() -> Vec<Breach> {
    let texts = text_sources();
    let manifests = texts.iter().filter(|text| {
        text.path.ends_with("/Cargo.toml")
            && !OUTSIDE.iter().any(|place| text.path.starts_with(place))
    });
    let mut found: Vec<Breach> = manifests.flat_map(judge).collect();
    if !root().join("Cargo.lock").exists() {
        found.push(Breach::new(
            "Cargo.lock",
            1,
            "is missing: versions are locked, check it in",
        ));
    }
    found
}

fn judge(manifest: &Text) -> Vec<Breach> {
    let Ok(table) = manifest.text.parse::<Table>() else {
        return vec![Breach::new(&manifest.path, 1, "is not TOML")];
    };
    let package = table.get("package").and_then(Value::as_table);
    let mut told = Vec::new();
    for field in INHERITED {
        if !inherits(package.and_then(|package| package.get(*field))) {
            told.push(format!("write `{field}.workspace = true` under [package]"));
        }
    }
    if !inherits(Some(&Value::Table(lints(&table)))) {
        told.push("write `[lints]` and `workspace = true`".to_owned());
    }
    told.extend(misnamed(manifest, package));
    told.extend(own_versions(&table));
    let line = |told: &str| line_about(&manifest.text, told);
    told.into_iter()
        .map(|told| Breach::new(&manifest.path, line(&told), told))
        .collect()
}

fn inherits(value: Option<&Value>) -> bool {
    value
        .and_then(|value| value.get("workspace"))
        .and_then(Value::as_bool)
        == Some(true)
}

fn lints(table: &Table) -> Table {
    table
        .get("lints")
        .and_then(Value::as_table)
        .cloned()
        .unwrap_or_default()
}

/// A package is called after its folder; `deskhook-` before it, but for examples.
fn misnamed(manifest: &Text, package: Option<&Table>) -> Option<String> {
    let folder = manifest.path.rsplit('/').nth(1)?;
    let name = package?.get("name")?.as_str()?;
    let example = manifest.path.starts_with("plugins/examples/");
    let right = if example {
        folder.to_owned()
    } else {
        format!("deskhook-{folder}")
    };
    (name != right).then(|| format!("name it \"{right}\", after its folder"))
}

/// Dependencies whose version stands here instead of in the workspace.
fn own_versions(table: &Table) -> Vec<String> {
    dependencies(table)
        .filter(|(_, value)| !inherits(Some(value)))
        .map(|(name, _)| {
            format!("write `{name}.workspace = true`; versions stand in [workspace.dependencies]")
        })
        .collect()
}

/// All dependencies of a manifest: of the package, its tests and its build script, everywhere or
/// on some systems.
pub(crate) fn dependencies(table: &Table) -> impl Iterator<Item = (&String, &Value)> {
    let platforms = table
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flatten()
        .filter_map(|(_, platform)| platform.as_table());
    let tables = std::iter::once(table).chain(platforms);
    tables.flat_map(|table| {
        let kinds = DEPENDENCIES
            .iter()
            .filter_map(|kind| table.get(*kind)?.as_table());
        kinds.flatten()
    })
}

/// The line of the word in backticks or quotes that the sentence is about, else the first.
fn line_about(text: &str, told: &str) -> usize {
    line_of(text, told.split(['`', '.', '"']).nth(1).unwrap_or_default())
}

/// The first line that begins so, else the first.
pub(crate) fn line_of(text: &str, start: &str) -> usize {
    let at = text
        .lines()
        .position(|line| !start.is_empty() && line.starts_with(start));
    at.map_or(1, |index| index + 1)
}
