use std::path::{Path, PathBuf};

use crate::package::is_name;
use crate::stub::{luals_stubs, luau_definitions};

/// The files of a first package, with `NAME` for its name. What begins with a dot is for editors
/// and is no part of the package.
const TEMPLATE: [(&str, &str); 7] = [
    (".luarc.json", include_str!("../template/luarc.json")),
    ("deskhook.json", include_str!("../template/deskhook.json")),
    ("init.lua", include_str!("../template/init.lua")),
    ("texts/en.json", include_str!("../template/texts/en.json")),
    ("texts/de.json", include_str!("../template/texts/de.json")),
    (
        "tests/reason.lua",
        include_str!("../template/tests/reason.lua"),
    ),
    ("README.md", include_str!("../template/README.md")),
];

/// Why a package could not be laid out.
#[derive(Debug, thiserror::Error)]
pub enum ScaffoldError {
    /// The name is none.
    #[error("{0:?} is no name for a package: 1 to 64 lower-case letters, digits and \"-\"")]
    Name(String),
    /// Something is there already.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// A file could not be written.
    #[error("cannot write {path}")]
    Write {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Lays out a package of that name in the folder `dir/name`: one hook, texts in two languages,
/// tests that pass, and the API as editors read it. Gives back the files that it wrote.
pub fn scaffold(name: &str, dir: &Path) -> Result<Vec<PathBuf>, ScaffoldError> {
    if !is_name(name) {
        return Err(ScaffoldError::Name(name.to_owned()));
    }
    let root = dir.join(name);
    if root.exists() {
        return Err(ScaffoldError::Exists(root));
    }
    let files = TEMPLATE
        .into_iter()
        .map(|(path, text)| (path, text.replace("NAME", name)));
    let stubs = [
        (".deskhook/deskhook.lua", luals_stubs()),
        (".deskhook/deskhook.d.luau", luau_definitions()),
    ];
    files
        .chain(stubs)
        .map(|(path, text)| write(root.join(path), &text))
        .collect()
}

fn write(path: PathBuf, text: &str) -> Result<PathBuf, ScaffoldError> {
    let folder = path.parent().unwrap_or(&path);
    let written = std::fs::create_dir_all(folder).and_then(|()| std::fs::write(&path, text));
    match written {
        Ok(()) => Ok(path),
        Err(source) => Err(ScaffoldError::Write { path, source }),
    }
}
