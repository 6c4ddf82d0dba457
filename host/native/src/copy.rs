use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::file::{Library, read_library};

/// Why no private copy could be made of a library.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// The folder for copies is open to others or not ours.
    #[error("the folder {} must be ours alone (mode 0700), found mode {mode:04o} of user {owner}", path.display())]
    NotPrivate {
        /// Which folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// Its owner's number.
        owner: u32,
    },
    /// Something there cannot be written.
    #[error("cannot write the private copy {}", path.display())]
    Write {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Keeps `library` in `folder` under its hash as name, and returns that path. One content, one
/// path: a file at it is never changed, and a changed library is never loaded from a path that
/// another was loaded from, which the system's loader would answer with the old one.
pub(crate) fn keep(library: &Library, folder: &Path) -> Result<PathBuf, CopyError> {
    let path = folder.join(format!(
        "{}{}",
        library.sha256,
        std::env::consts::DLL_SUFFIX
    ));
    let failed = |source| CopyError::Write {
        path: path.clone(),
        source,
    };
    make_private(folder)?;
    if path.symlink_metadata().is_ok() {
        if read_library(&path).is_ok_and(|kept| kept.sha256 == library.sha256) {
            return Ok(path);
        }
        std::fs::remove_file(&path).map_err(failed)?;
    }
    let mut fresh = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    fresh.write_all(&library.bytes).map_err(failed)?;
    match fresh.persist_noclobber(&path) {
        Ok(_) => Ok(path),
        // Somebody else of ours was quicker with the same content.
        Err(_) if read_library(&path).is_ok_and(|kept| kept.sha256 == library.sha256) => Ok(path),
        Err(error) => Err(failed(error.error)),
    }
}

#[cfg(unix)]
fn make_private(folder: &Path) -> Result<(), CopyError> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};
    let failed = |source| CopyError::Write {
        path: folder.to_owned(),
        source,
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(failed)?;
    let metadata = folder.symlink_metadata().map_err(failed)?;
    let (mode, owner) = (metadata.mode() & 0o7777, metadata.uid());
    let ours =
        metadata.is_dir() && mode & 0o077 == 0 && owner == rustix::process::geteuid().as_raw();
    if ours {
        Ok(())
    } else {
        Err(CopyError::NotPrivate {
            path: folder.to_owned(),
            mode,
            owner,
        })
    }
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> Result<(), CopyError> {
    let failed = |source| CopyError::Write {
        path: folder.to_owned(),
        source,
    };
    std::fs::create_dir_all(folder).map_err(failed)
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_copy_is_named_by_its_hash_and_a_spoilt_one_is_made_anew() {
        let folder = tempfile::tempdir().unwrap();
        let (library, copies) = (folder.path().join("x.so"), folder.path().join("copies"));
        std::fs::write(&library, "one").unwrap();
        let read = read_library(&library).unwrap();
        let kept = keep(&read, &copies).unwrap();
        assert!(kept.ends_with(format!("{}.so", read.sha256)));
        assert_eq!(keep(&read, &copies).unwrap(), kept);
        std::fs::write(&kept, "two").unwrap();
        assert_eq!(keep(&read, &copies).unwrap(), kept);
        assert_eq!(std::fs::read(&kept).unwrap(), b"one");
    }

    #[test]
    fn a_folder_for_copies_that_others_can_look_into_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let library = folder.path().join("x.so");
        std::fs::write(&library, "one").unwrap();
        let refused = keep(&read_library(&library).unwrap(), folder.path()).unwrap_err();
        assert!(
            matches!(refused, CopyError::NotPrivate { mode: 0o755, .. }),
            "{refused}"
        );
    }
}
