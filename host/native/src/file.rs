use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// The largest library, in bytes.
const LARGEST_LIBRARY: u64 = 256 << 20;

/// Why a file of a plugin is refused before anything of it runs.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// Nothing is there.
    #[error("there is no file {}", .0.display())]
    Missing(PathBuf),
    /// It is a symbolic link: what it leads to could be changed after it was judged.
    #[error(
        "{} is a symbolic link, and links are refused: put the file itself in its place", .0.display()
    )]
    Link(PathBuf),
    /// It is a folder, a pipe, a device.
    #[error("{} is not a file", .0.display())]
    NoFile(PathBuf),
    /// It is larger than such a file is.
    #[error("{} is larger than {}", path.display(), in_words(*most))]
    TooLarge {
        /// Which file.
        path: PathBuf,
        /// The most that it may have, in bytes.
        most: u64,
    },
    /// The system does not let it be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// A file as it was read once, when it was open: what is judged is what is used.
pub(crate) struct Bytes {
    pub(crate) bytes: Vec<u8>,
    pub(crate) metadata: std::fs::Metadata,
}

/// A library as it was read once: what is hashed is what is copied.
pub(crate) struct Library {
    pub(crate) bytes: Vec<u8>,
    pub(crate) metadata: std::fs::Metadata,
    /// In hex.
    pub(crate) sha256: String,
}

/// Reads a library; never follows a symbolic link.
pub(crate) fn read_library(path: &Path) -> Result<Library, FileError> {
    let Bytes { bytes, metadata } = read_file(path, LARGEST_LIBRARY)?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    Ok(Library {
        bytes,
        metadata,
        sha256,
    })
}

/// Reads a file of at most so many bytes; never follows a symbolic link, and waits for no pipe.
pub(crate) fn read_file(path: &Path, most: u64) -> Result<Bytes, FileError> {
    let failed = |source: io::Error| failure(path, source);
    let file = open(path).map_err(failed)?;
    let metadata = file.metadata().map_err(failed)?;
    if !metadata.is_file() {
        return Err(FileError::NoFile(path.to_owned()));
    }
    let mut bytes = vec![];
    file.take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > most {
        let path = path.to_owned();
        return Err(FileError::TooLarge { path, most });
    }
    Ok(Bytes { bytes, metadata })
}

fn failure(path: &Path, source: io::Error) -> FileError {
    let path = path.to_owned();
    let is_link = path.symlink_metadata().is_ok_and(|it| it.is_symlink());
    match source.kind() {
        // What a link leads to matters less than that it is one.
        _ if is_link => FileError::Link(path),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => FileError::Missing(path),
        _ => FileError::Read { path, source },
    }
}

fn in_words(bytes: u64) -> String {
    match bytes {
        few if few < 1 << 20 => format!("{} KiB", few >> 10),
        many => format!("{} MiB", many >> 20),
    }
}

#[cfg(unix)]
fn open(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt as _;
    // Not blocking: a pipe in the file's place must not hold the agent up.
    let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
    let flags = i32::try_from(flags.bits()).unwrap_or_default();
    File::options().read(true).custom_flags(flags).open(path)
}

#[cfg(not(unix))]
fn open(path: &Path) -> io::Result<File> {
    if std::fs::symlink_metadata(path)?.is_symlink() {
        return Err(io::Error::other("a symbolic link"));
    }
    File::open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_link_a_folder_and_a_pipe_are_no_library() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("file"), "x").unwrap();
        std::os::unix::fs::symlink(at("file"), at("link")).unwrap();
        std::os::unix::fs::symlink(at("nowhere"), at("broken")).unwrap();
        let (pipe, mode) = (at("pipe"), rustix::fs::Mode::from_raw_mode(0o600));
        rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, mode, 0).unwrap();
        assert!(read_library(&at("file")).is_ok());
        for (name, said) in [
            ("link", "links are refused: put the file itself"),
            ("broken", "links are refused: put the file itself"),
            ("pipe", "is not a file"),
            (".", "is not a file"),
            ("none", "there is no file"),
            ("file/none", "there is no file"),
        ] {
            let refused = read_library(&at(name)).err().map(|error| error.to_string());
            let refused = refused.unwrap_or_default();
            assert!(refused.contains(said), "{name}: {refused}");
        }
    }

    #[test]
    fn no_more_is_read_of_a_file_than_it_may_have() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, [0; 4096]).unwrap();
        assert_eq!(read_file(&file, 4096).unwrap().bytes.len(), 4096);
        let refused = read_file(&file, 4095).err().map(|error| error.to_string());
        let refused = refused.unwrap_or_default();
        assert!(refused.ends_with("is larger than 3 KiB"), "{refused}");
    }
}
