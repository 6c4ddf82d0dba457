//! The SDK as it goes with a plugin in Rust: this program alone is enough, wherever it was built.

use super::File;

/// The folder of a plugin that the SDK lies in.
pub(super) const FOLDER: &str = "deskhook";

/// Files of the source tree's `plugins/`, each below the plugin's own folder for them.
macro_rules! files {
    ($($path:literal)+) => {
        &[$((concat!("deskhook/", $path), include_str!(concat!("../../../../plugins/", $path)))),+]
    };
}

/// What goes along as it is.
const SOURCES: &[File] = files! {
    "README.md"
    "abi/include/deskhook_plugin.h"
    "abi/include/deskhook_trial.h"
    "abi/src/entry.rs"
    "abi/src/header.rs"
    "abi/src/hook.rs"
    "abi/src/host.rs"
    "abi/src/id.rs"
    "abi/src/input.rs"
    "abi/src/lib.rs"
    "abi/src/prefix.rs"
    "abi/src/status.rs"
    "abi/src/text.rs"
    "abi/src/verdict.rs"
    "sdk/src/export.rs"
    "sdk/src/export/decide.rs"
    "sdk/src/export/respond.rs"
    "sdk/src/export/views.rs"
    "sdk/src/failure.rs"
    "sdk/src/hook.rs"
    "sdk/src/host.rs"
    "sdk/src/input.rs"
    "sdk/src/json.rs"
    "sdk/src/lib.rs"
    "sdk/src/plugin.rs"
    "sdk/src/readme.rs"
    "sdk/src/request.rs"
    "sdk/src/sink.rs"
    "sdk/src/testing.rs"
    "sdk/src/testing/desk.rs"
    "sdk/src/testing/views.rs"
    "sdk/src/verdict.rs"
};
/// The manifests, which stand for themselves there and not for a workspace's.
const MANIFESTS: [File; 2] = [
    (
        "deskhook/abi/Cargo.toml",
        include_str!("../../templates/rust/abi.toml"),
    ),
    (
        "deskhook/sdk/Cargo.toml",
        include_str!("../../templates/rust/sdk.toml"),
    ),
];

/// All of it: where each file lies in the plugin's folder, and its text.
pub(super) fn files() -> Vec<(&'static str, String)> {
    let version = env!("CARGO_PKG_VERSION");
    let sources = SOURCES
        .iter()
        .map(|(path, text)| (*path, (*text).to_owned()));
    let manifests = MANIFESTS.iter();
    let manifests = manifests.map(|(path, text)| (*path, text.replace("@VERSION@", version)));
    sources.chain(manifests).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    fn plugins() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins")
    }

    fn files_below(folder: &Path) -> Vec<PathBuf> {
        let entries = std::fs::read_dir(folder).unwrap().flatten();
        let below = entries.flat_map(|entry| match entry.path() {
            path if path.is_dir() => files_below(&path),
            path => vec![path],
        });
        below.collect()
    }

    #[test]
    fn every_file_of_the_sdk_goes_along() {
        let mut wanted = BTreeSet::from(["README.md".to_owned()]);
        for folder in ["abi/include", "abi/src", "sdk/src"] {
            for file in files_below(&plugins().join(folder)) {
                let file = file.strip_prefix(plugins()).unwrap().to_owned();
                wanted.insert(file.to_string_lossy().replace('\\', "/"));
            }
        }
        let prefix = format!("{FOLDER}/");
        let known = SOURCES.iter().map(|(path, _)| path.strip_prefix(&prefix));
        let known: BTreeSet<String> = known.map(|path| path.unwrap().to_owned()).collect();
        assert_eq!(known, wanted);
    }

    #[test]
    fn its_manifests_say_what_those_of_the_workspace_say() {
        let workspace = plugins().join("../Cargo.toml");
        let workspace = std::fs::read_to_string(workspace).unwrap();
        for (path, text) in MANIFESTS {
            for line in text.lines().filter(|line| line.contains(" = ")) {
                let ours = ["name = ", "version = \"@", "deskhook-abi = "];
                let is_ours = ours.iter().any(|own| line.starts_with(own));
                assert!(is_ours || workspace.contains(line), "{path}: {line}");
            }
            let package = path.strip_prefix("deskhook/").unwrap();
            let package = std::fs::read_to_string(plugins().join(package)).unwrap();
            let needs = package.split("[dependencies]").nth(1).unwrap();
            let needs = needs.split("\n[").next().unwrap().lines();
            for name in needs.filter_map(|line| line.split_once(".workspace")) {
                assert!(
                    text.contains(&format!("\n{} = ", name.0)),
                    "{path}: {name:?}"
                );
            }
        }
    }
}
