//! A vendor's first plugin: it builds, passes its own tests, and shows what a plugin is made of.

mod bundle;
mod name;
mod sdk;

use std::path::{Path, PathBuf};

use deskhook_abi::TRIAL_HEADER;
use name::{Name, objection};
pub use sdk::Sdk;

use crate::{HEADER, MANIFEST};

/// A file of a first plugin: where it lies, and its text with `@WORDS@` for what differs.
type File = (&'static str, &'static str);

const IN_BOTH: File = (MANIFEST, include_str!("../templates/deskhook-plugin.json"));
const IN_C: [File; 7] = [
    ("plugin.c", include_str!("../templates/c/plugin.c")),
    ("test.c", include_str!("../templates/c/test.c")),
    ("deskhook_plugin.h", HEADER),
    ("deskhook_trial.h", TRIAL_HEADER),
    ("Makefile", include_str!("../templates/c/Makefile")),
    (".gitignore", include_str!("../templates/c/gitignore")),
    ("README.md", include_str!("../templates/c/README.md")),
];
const IN_RUST: [File; 4] = [
    ("src/lib.rs", include_str!("../templates/rust/plugin.rs")),
    ("Cargo.toml", include_str!("../templates/rust/package.toml")),
    (".gitignore", include_str!("../templates/rust/gitignore")),
    ("README.md", include_str!("../templates/rust/README.md")),
];
/// How an organisation takes a plugin in, for either README.
const ORGANISATION: &str = include_str!("../templates/organisation.md");
/// The folder in a plugin in Rust that the SDK comes in.
pub const SDK_FOLDER: &str = bundle::FOLDER;
/// Where it is for the plugin's own manifest.
const WITHIN: &str = "deskhook/sdk";

/// What a plugin is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Language {
    /// C11, with the header beside it.
    C,
    /// Rust, with an SDK that lies elsewhere, or else with this program's own, which comes with it.
    Rust(Option<Sdk>),
}

/// Why a plugin could not be laid out.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// The id is none.
    #[error("{id:?} is no id for a plugin: {why}")]
    Name {
        /// What was asked for.
        id: String,
        /// What is wrong with it, and how one looks.
        why: String,
    },
    /// Something is there already.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// A file or folder could not be written; what was written of the plugin is taken away.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Lays out a plugin of that id in the new folder `dir/id`. Gives back the files that it wrote.
pub fn scaffold(id: &str, language: &Language, dir: &Path) -> Result<Vec<PathBuf>, ScaffoldError> {
    if let Some(why) = objection(id) {
        let id = id.to_owned();
        return Err(ScaffoldError::Name { id, why });
    }
    let root = dir.join(id);
    make(dir, &root)?;
    let name = Name::of(id);
    let files: &[File] = match language {
        Language::C => &IN_C,
        Language::Rust(_) => &IN_RUST,
    };
    let written = files.iter().chain([&IN_BOTH]).map(|(path, text)| {
        let text = filled(text, &name, language);
        write(root.join(path), &text)
    });
    let sdk = match language {
        Language::Rust(None) => bundle::files(),
        _ => vec![],
    };
    let sdk = sdk
        .into_iter()
        .map(|(path, text)| write(root.join(path), &text));
    let written: Result<Vec<_>, _> = written.chain(sdk).collect();
    if written.is_err() {
        // It is ours: it was made a moment ago.
        let _ = std::fs::remove_dir_all(&root);
    }
    written
}

/// Makes the plugin's folder, which must be new.
fn make(dir: &Path, root: &Path) -> Result<(), ScaffoldError> {
    let failed = |path: &Path, source| ScaffoldError::Write {
        path: path.to_owned(),
        source,
    };
    std::fs::create_dir_all(dir).map_err(|source| failed(dir, source))?;
    std::fs::create_dir(root).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => ScaffoldError::Exists(root.to_owned()),
        _ => failed(root, source),
    })
}

fn filled(text: &str, name: &Name<'_>, language: &Language) -> String {
    let sdk = match language {
        Language::Rust(Some(sdk)) => sdk.quoted(),
        _ => format!("{WITHIN:?}"),
    };
    let text = text.replace("@ORGANISATION@\n", ORGANISATION);
    name.fill(&text).replace("@SDK@", &sdk)
}

fn write(path: PathBuf, text: &str) -> Result<PathBuf, ScaffoldError> {
    let folder = path.parent().unwrap_or(&path);
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
    match written {
        Ok(()) => Ok(path),
        Err(source) => Err(ScaffoldError::Write { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Manifest;

    fn made(id: &str, language: &Language) -> (tempfile::TempDir, Vec<PathBuf>) {
        let dir = tempfile::tempdir().unwrap();
        let files = scaffold(id, language, dir.path()).unwrap();
        (dir, files)
    }

    #[test]
    fn every_word_is_filled_in_whatever_the_id() {
        for id in [
            "org.example.zone",
            "a.b",
            "3com.com.7-zip",
            "org.ex-ample.x--y",
        ] {
            for language in [Language::C, Language::Rust(None)] {
                let (dir, files) = made(id, &language);
                for file in files {
                    let text = std::fs::read_to_string(&file).unwrap();
                    let mut parts = text.split('@');
                    let is_word = |part: &str| {
                        !part.is_empty() && part.chars().all(|c| c.is_ascii_uppercase())
                    };
                    assert!(!parts.any(is_word), "{id}: {}:\n{text}", file.display());
                }
                let manifest = dir.path().join(id).join(MANIFEST);
                let text = std::fs::read_to_string(manifest).unwrap();
                let manifest = Manifest::template(&text).unwrap();
                assert_eq!(manifest.id, id);
                assert_eq!(manifest.texts.len(), 1);
            }
        }
    }

    #[test]
    fn nothing_is_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("org.example.zone");
        std::fs::write(&root, "mine").unwrap();
        let refused = scaffold("org.example.zone", &Language::C, dir.path()).unwrap_err();
        assert!(matches!(refused, ScaffoldError::Exists(path) if path == root));
        assert_eq!(std::fs::read(&root).unwrap(), b"mine");
        std::fs::remove_file(&root).unwrap();
        std::fs::create_dir(&root).unwrap();
        let refused = scaffold("org.example.zone", &Language::C, dir.path()).unwrap_err();
        assert!(matches!(refused, ScaffoldError::Exists(_)));
        assert_eq!(std::fs::read_dir(&root).unwrap().count(), 0);
    }

    #[test]
    fn a_plugin_in_rust_depends_on_the_sdk_where_that_is() {
        let sdk = concat!(env!("CARGO_MANIFEST_DIR"), "/../../plugins/sdk");
        let sdk = Sdk::at(Path::new(sdk)).unwrap();
        let (_dir, files) = made("org.example.zone", &Language::Rust(Some(sdk.clone())));
        let package = files.iter().find(|path| path.ends_with("Cargo.toml"));
        let text = std::fs::read_to_string(package.unwrap()).unwrap();
        assert!(text.contains(&format!("path = {}", sdk.quoted())), "{text}");
        assert!(text.contains("name = \"org-example-zone\""), "{text}");
        assert_eq!(files.len(), 5, "{files:?}");
    }

    #[test]
    fn a_plugin_in_rust_comes_with_the_sdk_where_none_is_named() {
        let (dir, files) = made("org.example.zone", &Language::Rust(None));
        let root = dir.path().join("org.example.zone");
        let text = std::fs::read_to_string(root.join("Cargo.toml")).unwrap();
        assert!(text.contains("path = \"deskhook/sdk\""), "{text}");
        let sdk = Sdk::at(&root.join("deskhook/sdk"));
        assert!(sdk.is_some(), "{files:?}");
        let (_dir, files) = made("org.example.zone", &Language::C);
        assert!(!files.iter().any(|path| path.ends_with("Cargo.toml")));
    }
}
