use std::io;
use std::path::{Path, PathBuf};

use crate::{MANIFEST, Verified};

/// A plugin that was admitted, and what it was admitted by.
#[derive(Debug)]
pub struct Admitted {
    /// What may be loaded.
    pub verified: Verified,
    /// What it was admitted by.
    pub evidence: Evidence,
}

/// The files of a plugin beside its library, as they were read when it was admitted: with them it can
/// be judged once more, on the terms of another day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Evidence {
    /// The library's name in the plugin's folder.
    pub(crate) library: PathBuf,
    /// Names in the plugin's folder, the manifest's among them, and what is in the files.
    pub(crate) files: Vec<(PathBuf, Vec<u8>)>,
}

impl Evidence {
    /// Makes `folder` the plugin's folder, with `library` in it. What was there before is gone; where
    /// something fails it may be gone as well, and nothing half-written stands in its place.
    pub fn keep(&self, library: &Path, folder: &Path) -> io::Result<()> {
        let above = folder.parent().unwrap_or(folder);
        let aside = tempfile::Builder::new().prefix("new").tempdir_in(above)?;
        for (name, bytes) in &self.files {
            std::fs::write(aside.path().join(name), bytes)?;
        }
        std::fs::copy(library, aside.path().join(&self.library))?;
        if folder.symlink_metadata().is_ok() {
            std::fs::remove_dir_all(folder)?;
        }
        std::fs::rename(aside.keep(), folder)
    }

    /// Whether `folder` is what [`Evidence::keep`] would make it, by its manifest, which names the
    /// library's hash.
    pub fn is_kept(&self, folder: &Path) -> bool {
        let mut manifest = self.files.iter();
        let manifest = manifest.find(|(name, _)| name == Path::new(MANIFEST));
        let there = std::fs::read(folder.join(MANIFEST)).ok();
        there.is_some() && there.as_ref() == manifest.map(|(_, bytes)| bytes)
    }
}
