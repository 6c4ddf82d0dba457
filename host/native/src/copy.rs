use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// The largest library, in bytes.
const LARGEST: u64 = 256 << 20;

/// Why a library's file is refused before anything of it runs.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// It cannot be read; a symbolic link counts as such.
    #[error("cannot read the library {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is a folder, a pipe, a device.
    #[error("{} is not a file", .0.display())]
    NoFile(PathBuf),
    /// It is larger than a library is.
    #[error("{} is larger than 256 MiB", .0.display())]
    TooLarge(PathBuf),
}

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

/// A library as it was read once, from one opened file: what is hashed is what is copied.
pub(crate) struct Bytes {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sha256: String,
    pub(crate) metadata: std::fs::Metadata,
}

/// Reads a library; never follows a symbolic link.
pub(crate) fn read_library(path: &Path) -> Result<Bytes, LibraryError> {
    let failed = |source| LibraryError::Read {
        path: path.to_owned(),
        source,
    };
    let file = open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(LibraryError::NoFile(path.to_owned()));
    }
    let mut bytes = vec![];
    file.take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(LibraryError::TooLarge(path.to_owned()));
    }
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Ok(Bytes {
        bytes,
        sha256,
        metadata,
    })
}

/// The hash and the size of a library.
pub(crate) fn hash_of(path: &Path) -> Result<(String, u64), LibraryError> {
    let library = read_library(path)?;
    Ok((library.sha256, library.bytes.len() as u64))
}

#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // Not blocking: a pipe in the library's place must not hold the agent up.
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    File::options().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> std::io::Result<File> {
    if std::fs::symlink_metadata(path)?.is_symlink() {
        return Err(std::io::Error::other("a symbolic link"));
    }
    File::open(path)
}

/// Keeps `library` in `folder` under its hash as name, and returns that path. One content, one
/// path: a file at it is never changed, and a changed library is never loaded from a path that
/// another was loaded from, which the system's loader would answer with the old one.
pub(crate) fn keep(library: &Bytes, folder: &Path) -> Result<PathBuf, CopyError> {
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

    #[test]
    fn a_link_a_folder_and_a_pipe_are_no_library() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link, pipe) = (
            folder.path().join("a"),
            folder.path().join("b"),
            folder.path().join("c"),
        );
        std::fs::write(&file, "x").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        let mode = rustix::fs::Mode::from_raw_mode(0o600);
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(read_library(&file).is_ok());
        for path in [link, pipe, folder.path().to_owned()] {
            assert!(read_library(&path).is_err(), "{}", path.display());
        }
    }
}
