use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use deskhook_hooks::{About, ExtensionKind};
use serde::{Deserialize, Serialize};

mod document;
mod error;
mod files;
mod manifest;
mod schema;
mod texts;

pub(crate) use document::Document;
pub(crate) use files::Files;
pub use manifest::Manifest;
pub(crate) use manifest::is_name;
pub use schema::manifest_schema;
pub use texts::Texts;

pub use error::LoadError;
pub(crate) use error::Trouble;

/// The file that makes a folder a package.
pub(crate) const MANIFEST: &str = "deskhook.json";
/// The file that runs when a package is loaded.
pub(crate) const INIT: &str = "init.lua";

/// A package as it was read: manifest, sources, texts, tests. Nothing of it has run.
///
/// All of it is in memory, so what runs later is what was hashed, whatever happens to the files.
#[derive(Clone, Debug)]
pub struct Package {
    manifest: Manifest,
    files: Files,
    texts: Texts,
}

impl Package {
    /// Reads the package in `dir`. Refuses what is too large, what is no package, unknown fields
    /// of the manifest, and links that leave the folder.
    pub fn load(dir: &Path) -> Result<Self, LoadError> {
        let (package, errors) = Self::examined(dir)?;
        whole(package, errors)
    }

    /// What can be read of the package in `dir`, and everything that keeps it from being one. The
    /// error where nothing can be.
    pub(crate) fn examined(dir: &Path) -> Result<(Self, Vec<LoadError>), LoadError> {
        let folder = folder_name(dir);
        let read = Files::read(dir);
        let (files, left_out) = read.map_err(|trouble| LoadError::new(&folder, trouble))?;
        Ok(Self::of(files, (&folder, left_out)))
    }

    /// A package that another process read: see [`Package::parcel`].
    pub fn from_parcel(parcel: Parcel) -> Result<Self, LoadError> {
        let Parcel {
            name,
            files,
            sha256,
        } = parcel;
        let (package, errors) = Self::of(Files::of(files, sha256), (&name, vec![]));
        whole(package, errors)
    }

    /// Everything that another process needs to run it: its texts and sources, without pictures
    /// and the like.
    pub fn parcel(&self) -> Parcel {
        Parcel {
            name: self.manifest.name.clone(),
            files: self.files.texts(),
            sha256: self.sha256().to_owned(),
        }
    }

    fn of(files: Files, (folder, mut troubles): (&str, Vec<Trouble>)) -> (Self, Vec<LoadError>) {
        let named = |trouble: &Trouble, file: &str| trouble.place().starts_with(file);
        let left_out = |file: &str| troubles.iter().any(|trouble| named(trouble, file));
        let manifest = match files.text(MANIFEST) {
            Some(text) => Manifest::read(text).map_err(Some),
            None if left_out(MANIFEST) => Err(None),
            None => Err(Some(Trouble::NoManifest)),
        };
        let has_init = files.text(INIT).is_some() || left_out(INIT);
        let manifest = manifest.unwrap_or_else(|trouble| {
            troubles.extend(trouble);
            Manifest {
                name: folder.to_owned(),
                ..Manifest::default()
            }
        });
        if !has_init {
            troubles.push(Trouble::NoInit);
        }
        let (texts, unread) = Texts::read(&files);
        let troubles = troubles.into_iter().chain(unread);
        let errors = troubles.map(|trouble| LoadError::new(&manifest.name, trouble));
        let errors = errors.collect();
        let package = Self {
            manifest,
            files,
            texts,
        };
        (package, errors)
    }

    /// What `deskhook.json` says.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The name that policies call it by.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }

    /// What it says to people, by language.
    pub fn texts(&self) -> &Texts {
        &self.texts
    }

    /// SHA-256 over the paths and contents of all its files, in hex: what
    /// `Extensions.Packages.<name>.Sha256` pins. Names that begin with a dot do not count.
    pub fn sha256(&self) -> &str {
        self.files.sha256()
    }

    /// The test files, as paths inside the package, in order.
    pub fn tests(&self) -> Vec<&str> {
        let of_tests = |path: &&str| path.starts_with("tests/") && path.ends_with(".lua");
        self.files.paths().filter(of_tests).collect()
    }

    /// The modules, `init.lua` and what it may require, as paths inside the package, in order.
    pub fn modules(&self) -> Vec<&str> {
        let of_modules = |path: &&str| path.ends_with(".lua") && !path.starts_with("tests/");
        self.files.paths().filter(of_modules).collect()
    }

    /// The file that `require(name)` in the file `from` means, or why there is none.
    pub(crate) fn module(&self, from: &str, name: &str) -> Result<String, String> {
        if !name.starts_with("./") && !name.starts_with("../") {
            let wanted = "wants a path that begins with ./ or ../, as in require(\"./other\")";
            return Err(format!("{name:?}: it {wanted}"));
        }
        let folder = from.rsplit_once('/').map_or("", |(folder, _)| folder);
        let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        for part in name.split('/') {
            match part {
                "." | "" => {}
                ".." if parts.pop().is_some() => {}
                ".." => return Err(format!("{name:?} leaves the package")),
                part => parts.push(part),
            }
        }
        let path = parts.join("/");
        let forms = [format!("{path}.lua"), format!("{path}/init.lua"), path];
        let is_module = |path: &String| path.ends_with(".lua") && self.source(path).is_some();
        let found = forms.into_iter().find(is_module);
        found.ok_or_else(|| format!("there is no module {name:?} in the package"))
    }

    /// All its files, as paths inside the package, in order.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.paths()
    }

    /// The text of one of its files, by its path inside the package.
    pub fn source(&self, path: &str) -> Option<&str> {
        self.files.text(path)
    }

    /// What its manifest says, as an extension's.
    pub fn about(&self) -> About {
        let manifest = self.manifest.clone();
        About {
            name: manifest.name,
            version: manifest.version,
            kind: ExtensionKind::Script,
            hooks: manifest.hooks,
            capabilities: manifest.capabilities,
            timer_seconds: manifest.timer,
            sha256: self.sha256().to_owned(),
        }
    }
}

/// A package on its way into another process.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parcel {
    /// Its name.
    pub name: String,
    /// Its sources and texts, by their paths inside it.
    pub files: BTreeMap<String, String>,
    /// What [`Package::sha256`] says: of all its files, those that are not in here too.
    pub sha256: String,
}

/// The packages in a folder: its direct subfolders with a `deskhook.json`, in order of their
/// names; and `dir` itself where it is one. A folder that cannot be read holds none.
pub fn discover(dir: &Path) -> Vec<PathBuf> {
    if dir.join(MANIFEST).is_file() {
        return vec![dir.to_owned()];
    }
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| !folder_name(path).starts_with('.') && path.join(MANIFEST).is_file())
        .collect();
    found.sort();
    found
}

/// The package, where nothing keeps it from being one.
fn whole(package: Package, errors: Vec<LoadError>) -> Result<Package, LoadError> {
    errors.into_iter().next().map_or(Ok(package), Err)
}

pub(crate) fn folder_name(dir: &Path) -> String {
    let canonical = dir.canonicalize().unwrap_or_else(|_| dir.to_owned());
    let name = canonical.file_name().unwrap_or(canonical.as_os_str());
    name.to_string_lossy().into_owned()
}
