use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use deskhook_abi::ENTRY_SYMBOL;
use serde_json::{Map, Value};

use crate::admission::signature_of;
use crate::file::{FileError, Library, read_library};
use crate::identity::{names_entry, unsaid};
use crate::library::{LoadError, check_version};
use crate::manifest::Template;
use crate::{MANIFEST, Manifest, ManifestError};

/// A plugin as it goes to devices: a folder with a library and the manifest for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packed {
    /// Its folder, called after its id.
    pub folder: PathBuf,
    /// Its library, in that folder.
    pub library: PathBuf,
    /// Its manifest, with the library's hash and file name.
    pub manifest: Manifest,
    /// What is most likely not as it is meant: slips of the manifest, what the library says of itself.
    pub notes: Vec<String>,
}

/// Why a plugin was not packed. What lay in its folder before still does.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// The manifest is none.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// It is for another interface than this program's.
    #[error("the plugin {id} would not load")]
    Version {
        /// Which plugin.
        id: String,
        /// Why.
        #[source]
        source: LoadError,
    },
    /// The library cannot be read.
    #[error("no library for the plugin {id}")]
    Library {
        /// Which plugin.
        id: String,
        /// Why.
        #[source]
        source: FileError,
    },
    /// The library is no plugin's.
    #[error("{} is no plugin: it exports no {ENTRY_SYMBOL}", .0.display())]
    NoPlugin(PathBuf),
    /// The library's file cannot be called so beside a manifest.
    #[error("a library cannot be called {:?} in a plugin's folder", .0.display())]
    Called(PathBuf),
    /// In the folder that would be replaced lies what is none of a packed plugin.
    #[error("{} is no packed plugin: {}", folder.display(), lying(folder, stranger))]
    Occupied {
        /// The folder.
        folder: PathBuf,
        /// What lies there: a file in it, or the folder itself where it is none.
        stranger: PathBuf,
    },
    /// Something cannot be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// Which folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

fn lying(folder: &Path, stranger: &Path) -> String {
    match stranger == folder {
        true => "it is no folder, or a link to one".to_owned(),
        false => format!("{} lies there", stranger.display()),
    }
}

/// Puts `library` and the manifest at `manifest` (or in that folder), which need not have a hash,
/// into the folder `out/ID`, whole or not at all. A plugin that was packed there before is replaced,
/// with its signatures.
pub fn pack(manifest: &Path, library: &Path, out: &Path) -> Result<Packed, PackError> {
    let path = match manifest.is_dir() {
        true => manifest.join(MANIFEST),
        false => manifest.to_owned(),
    };
    let template = Manifest::read_template(&path)?;
    check_version(template.manifest.abi).map_err(|source| PackError::Version {
        id: template.manifest.id.clone(),
        source,
    })?;
    put(template, library, out)
}

/// Puts `library` and a manifest for it, made from `template`, into a folder of their own in
/// `plugins`; returns that folder. A plugin that lay there before is replaced.
pub fn install(template: &str, library: &Path, plugins: &Path) -> Result<PathBuf, PackError> {
    let template = Template::of(template, Path::new("template"))?;
    Ok(put(template, library, plugins)?.folder)
}

fn put(template: Template, library: &Path, out: &Path) -> Result<Packed, PackError> {
    let (name, read) = read(library, &template.manifest.id)?;
    let manifest = Manifest {
        sha256: read.sha256.clone(),
        library: Some(name.clone()),
        ..template.manifest
    };
    let folder = out.join(&manifest.id);
    let failed = |source| PackError::Write {
        path: folder.clone(),
        source,
    };
    free(&folder)?;
    std::fs::create_dir_all(out).map_err(failed)?;
    let stage = tempfile::Builder::new()
        .prefix(".deskhook-")
        .tempdir_in(out);
    let stage = stage.map_err(failed)?;
    let fresh = stage.path().join("fresh");
    let text = with_strangers(&manifest, &template.text);
    let files = [(&*name, &*read.bytes), (MANIFEST, text.as_bytes())];
    lay(&fresh, &files).map_err(failed)?;
    replace(&folder, &fresh, &stage.path().join("former")).map_err(failed)?;
    Ok(Packed {
        library: folder.join(name),
        folder,
        notes: [template.slips, unsaid(&manifest, &read.bytes)].concat(),
        manifest,
    })
}

/// The library and the name of its file; links, as builds leave them, are followed.
fn read(library: &Path, id: &str) -> Result<(String, Library), PackError> {
    let named = library.canonicalize();
    let named = named.as_deref().unwrap_or(library);
    let read = read_library(named).map_err(|source| PackError::Library {
        id: id.to_owned(),
        source,
    })?;
    if !names_entry(&read.bytes) {
        return Err(PackError::NoPlugin(library.to_owned()));
    }
    let name = named.file_name().and_then(std::ffi::OsStr::to_str);
    let fits = |name: &&str| *name != MANIFEST && !name.ends_with(crate::SIGNATURE_SUFFIX);
    let name = name.filter(fits);
    let name = name.ok_or_else(|| PackError::Called(named.to_owned()))?;
    Ok((name.to_owned(), read))
}

/// The manifest with the fields of `text` that this version knows nothing of.
fn with_strangers(manifest: &Manifest, text: &str) -> String {
    let own = manifest.to_json();
    let mut all: Map<String, Value> = serde_json::from_str(text).unwrap_or_default();
    let known: Map<String, Value> = serde_json::from_str(&own).unwrap_or_default();
    all.retain(|field, value| !known.contains_key(field) && !value.is_null());
    let strangers = serde_json::to_string_pretty(&all).unwrap_or_default();
    match (own.strip_suffix("\n}\n"), strangers.strip_prefix("{\n")) {
        (Some(own), Some(strangers)) => format!("{own},\n{strangers}\n"),
        _ => own,
    }
}

/// Only a packed plugin is replaced, never a folder with anything else in it.
fn free(folder: &Path) -> Result<(), PackError> {
    let occupied = |stranger: PathBuf| PackError::Occupied {
        folder: folder.to_owned(),
        stranger,
    };
    match folder.symlink_metadata() {
        Err(_) => return Ok(()),
        Ok(metadata) if metadata.is_dir() => {}
        Ok(_) => return Err(occupied(folder.to_owned())),
    }
    let manifest = folder.join(MANIFEST);
    let library = Manifest::read(folder).map(|packed| packed.library_in(folder));
    let mut ours = vec![signature_of(&manifest), manifest];
    ours.extend(library.into_iter().flat_map(|it| [signature_of(&it), it]));
    let entries = std::fs::read_dir(folder).map_err(|source| PackError::Write {
        path: folder.to_owned(),
        source,
    })?;
    let mut paths = entries.flatten().map(|entry| entry.path());
    let stranger = paths.find(|path| !ours.contains(path));
    stranger.map_or(Ok(()), |stranger| Err(occupied(stranger)))
}

/// Makes a folder with these files that nobody else can write to, whatever this account's umask says.
fn lay(folder: &Path, files: &[(&str, &[u8])]) -> io::Result<()> {
    std::fs::create_dir(folder)?;
    close_to_others(folder, 0o755)?;
    for (name, bytes) in files {
        let path = folder.join(name);
        let mut file = std::fs::File::create_new(&path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        close_to_others(&path, 0o644)?;
    }
    Ok(())
}

/// Moves `fresh` to `folder`; what lay there is then at `former`, or where it was if that fails.
fn replace(folder: &Path, fresh: &Path, former: &Path) -> io::Result<()> {
    match std::fs::rename(folder, former) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    std::fs::rename(fresh, folder).inspect_err(|_| {
        let _ = std::fs::rename(former, folder);
    })
}

#[cfg(unix)]
fn close_to_others(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn close_to_others(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests;
