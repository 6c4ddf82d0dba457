//! The dependency law: every arrow between the crates of this workspace, and who may use which
//! crate from outside. A change of either is a change of these tables, and so a reviewed diff.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Every crate, its level, and what it uses of this workspace. Arrows point to a lower level.
#[rustfmt::skip]
const ARROWS: &[(&str, u8, &[&str])] = &[
    ("abi",        0, &[]),
    ("sdk",        1, &["abi"]),
    ("free-space", 2, &["sdk"]),
    ("disk-encryption",  2, &["sdk"]),
    ("rustdesk-driver",  2, &["sdk"]),
    ("session-recorder", 2, &["sdk"]),

    ("policy",     0, &[]),
    ("session",    1, &["policy"]),
    ("hooks",      2, &["policy", "session"]),
    ("wire",       3, &["hooks", "policy", "session"]),

    ("source",     4, &["policy", "wire"]),
    ("facts",      4, &["hooks", "policy", "session"]),
    ("client",     4, &["policy", "session"]),
    ("elevation",  4, &["policy", "session", "wire"]),
    ("record",     4, &[]),
    ("uplink",     4, &["wire"]),

    ("agent",      5, &["client", "elevation", "facts", "hooks", "policy", "record", "session",
                        "source", "uplink", "wire"]),

    ("script",     6, &["hooks"]),
    ("native",     6, &["abi", "hooks", "policy", "session"]),
    ("isolate",    6, &["hooks", "wire"]),
    ("tray",       6, &["agent", "hooks", "policy", "session"]),
    ("portal",     6, &["policy", "record", "wire"]),

    ("app",        7, &["agent", "client", "elevation", "hooks", "isolate", "native", "policy",
                        "portal", "record", "script", "session", "source", "tray", "uplink", "wire"]),
    ("tests",      7, &[]),
];

/// Arrows that only a crate's own tests or its build script draw.
const DEV_ARROWS: &[(&str, &[&str])] = &[];
const BUILD_ARROWS: &[(&str, &[&str])] = &[];

/// Crates from outside that mark a boundary, and who alone may use them (tests of a crate aside).
#[rustfmt::skip]
const OUTSIDE: &[(&str, &[&str])] = &[
    // Shapes that leave the process are defined in three places; the others read and write values
    // of those shapes, or their own settings and rows.
    ("schemars",    &["hooks", "policy", "wire"]),
    ("serde",       &["app", "elevation", "hooks", "isolate", "native", "policy", "portal", "record", "script",
                      "uplink", "wire"]),
    ("serde_json",  &["agent", "app", "elevation", "facts", "hooks", "isolate", "native", "policy", "portal",
                      "record", "script", "sdk", "source", "tests", "tray", "uplink", "wire",
                      "disk-encryption", "rustdesk-driver", "session-recorder"]),
    // Errors without a type are for programs, never for libraries.
    ("anyhow",      &["app", "tests"]),
    ("miette",      &["app"]),
    ("clap",        &["app"]),
    // One room each for the network, the database, the script engine, foreign code, the desktop.
    ("reqwest",     &["agent", "app", "client", "tests", "uplink"]),
    ("axum",        &["portal"]),
    ("rusqlite",    &["portal"]),
    ("mlua",        &["script"]),
    ("landlock",    &["isolate"]),
    ("seccompiler", &["isolate"]),
    ("full_moon",   &["script"]),
    ("rustyline",   &["app"]),
    ("libloading",  &["native"]),
    ("memmap2",     &["native"]),
    ("ksni",        &["tray"]),
    ("notify",      &["source"]),
    ("argon2",      &["portal"]),
];

/// Crates that decide with values: no clock, no runtime, no system, no serialisation beside theirs.
const PURE: &[(&str, &[&str])] = &[("session", &[]), ("abi", &[])];

#[test]
fn the_table_of_arrows_points_downwards_only() {
    let level: BTreeMap<&str, u8> = ARROWS
        .iter()
        .map(|(name, level, _)| (*name, *level))
        .collect();
    for (name, own, uses) in ARROWS {
        for used in *uses {
            let Some(other) = level.get(used) else {
                panic!("`{name}` uses `{used}`, which has no row in ARROWS")
            };
            assert!(
                other < own,
                "`{name}` -> `{used}` is not downwards: move what is shared to a lower layer"
            );
        }
    }
}

#[test]
fn every_arrow_stands_in_the_table() {
    let real = Workspace::read();
    let mut told = Vec::new();
    let rows: BTreeMap<&str, &[&str]> = ARROWS
        .iter()
        .map(|(name, _, uses)| (*name, *uses))
        .collect();
    for name in real.packages.keys() {
        if !rows.contains_key(name.as_str()) {
            told.push(format!(
                "`{name}` is new: give it a row, with its level, in ARROWS of tests/layers.rs"
            ));
        }
    }
    for name in rows
        .keys()
        .filter(|name| !real.packages.contains_key(**name))
    {
        told.push(format!(
            "`{name}` is no longer a member: take its row out of ARROWS of tests/layers.rs"
        ));
    }
    told.extend(real.differences(Kind::Normal, &rows));
    told.extend(real.differences(Kind::Dev, &DEV_ARROWS.iter().copied().collect()));
    told.extend(real.differences(Kind::Build, &BUILD_ARROWS.iter().copied().collect()));
    assert!(told.is_empty(), "\n\n{}\n", told.join("\n"));
}

#[test]
fn crates_from_outside_stay_at_their_boundary() {
    let real = Workspace::read();
    let mut told = Vec::new();
    for (name, uses) in &real.packages {
        for (outer, allowed) in OUTSIDE {
            if uses.outer.contains(*outer) && !allowed.contains(&name.as_str()) {
                let who = allowed.join(", ");
                told.push(format!("`{name}` uses {outer}, which is for {who}: go through one of them, or change OUTSIDE in tests/layers.rs"));
            }
        }
        if let Some((_, allowed)) = PURE.iter().find(|(pure, _)| pure == name) {
            for outer in uses
                .outer
                .iter()
                .filter(|outer| !allowed.contains(&outer.as_str()))
            {
                told.push(format!(
                    "`{name}` is pure and uses {outer}: take the value in as data instead"
                ));
            }
        }
    }
    assert!(told.is_empty(), "\n\n{}\n", told.join("\n"));
}

#[test]
fn an_example_plugin_sees_the_sdk_and_nothing_else() {
    let examples = Workspace::read()
        .packages
        .into_iter()
        .filter(|(_, uses)| uses.is_example);
    for (name, uses) in examples {
        let inner = uses.inner.get(&Kind::Normal).cloned().unwrap_or_default();
        let strangers: Vec<&String> = inner.iter().filter(|used| *used != "sdk").collect();
        assert!(
            strangers.is_empty(),
            "`{name}` uses {strangers:?}: a vendor has the SDK only"
        );
    }
}

/// Which table of a manifest an arrow stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Normal,
    Dev,
    Build,
}

/// What one crate uses.
#[derive(Default)]
struct Uses {
    inner: BTreeMap<Kind, BTreeSet<String>>,
    outer: BTreeSet<String>,
    is_example: bool,
}

/// What cargo says of this workspace, by names without the prefix `deskhook-`.
struct Workspace {
    packages: BTreeMap<String, Uses>,
}

impl Workspace {
    fn read() -> Self {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let output = Command::new(cargo)
            .args([
                "metadata",
                "--no-deps",
                "--format-version",
                "1",
                "--offline",
            ])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .expect("cargo runs");
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo writes JSON");
        let packages = metadata["packages"]
            .as_array()
            .expect("metadata lists packages");
        Self {
            packages: packages.iter().map(uses).collect(),
        }
    }

    /// Arrows that the table lacks, and rows of the table that are no longer drawn.
    fn differences(&self, kind: Kind, rows: &BTreeMap<&str, &[&str]>) -> Vec<String> {
        let mut told = Vec::new();
        for (name, uses) in &self.packages {
            let real = uses.inner.get(&kind).cloned().unwrap_or_default();
            let row = rows.get(name.as_str()).copied().unwrap_or_default();
            let row: BTreeSet<String> = row.iter().map(ToString::to_string).collect();
            for new in real.difference(&row) {
                told.push(format!("new {kind:?} arrow `{name}` -> `{new}`: do without it, or write it into tests/layers.rs and say why in the commit"));
            }
            for gone in row.difference(&real) {
                told.push(format!("{kind:?} arrow `{name}` -> `{gone}` is no longer drawn: take it out of tests/layers.rs"));
            }
        }
        told
    }
}

fn uses(package: &Value) -> (String, Uses) {
    let mut uses = Uses::default();
    let manifest = package["manifest_path"]
        .as_str()
        .unwrap_or_default()
        .replace('\\', "/");
    uses.is_example = manifest.contains("/plugins/examples/");
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let kind = match dependency["kind"].as_str() {
            None => Kind::Normal,
            Some("build") => Kind::Build,
            Some(_) => Kind::Dev,
        };
        let name = dependency["name"].as_str().unwrap_or_default();
        if dependency["path"].is_string() {
            uses.inner.entry(kind).or_default().insert(short(name));
        } else if kind != Kind::Dev {
            uses.outer.insert(name.to_owned());
        }
    }
    (short(package["name"].as_str().unwrap_or_default()), uses)
}

fn short(name: &str) -> String {
    name.strip_prefix("deskhook-").unwrap_or(name).to_owned()
}
