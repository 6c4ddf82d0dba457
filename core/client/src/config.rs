use std::fs::{File, OpenOptions};
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// The most bytes of a configuration file: 4 MiB. A client's own have a few KiB.
const MOST_BYTES: u64 = 4 << 20;

/// Why a file of an installed client's configuration cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The operating system does not let us, or it is no regular file.
    #[error("reading the client's configuration {} failed", .0.display())]
    Read(PathBuf, #[source] std::io::Error),
    /// It is no file that a client wrote.
    #[error("the client's configuration {} has more than 4 MiB", .0.display())]
    TooLarge(PathBuf),
}

/// The bytes of a file in which an installed client keeps its settings, such as `system.conf`;
/// at most 4 MiB. They may have secrets in them: whoever asks for them keeps what is needed, and
/// shows no others.
///
/// # Errors
/// When it cannot be read, is no regular file, or is larger.
pub fn read_config(path: &Path) -> Result<Vec<u8>, ConfigError> {
    let mut bytes = vec![];
    open(path)
        .and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|error| ConfigError::Read(path.to_owned(), error))?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ConfigError::TooLarge(path.to_owned()));
    }
    Ok(bytes)
}

/// Opens a regular file, or a link to one; never waits for a pipe or device.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(std::io::Error::other("not a regular file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_whole_or_not_at_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("system.conf");
        std::fs::write(&file, "ad.ui.lang=de\n").expect("written");
        assert_eq!(read_config(&file).expect("read"), b"ad.ui.lang=de\n");
        std::fs::write(&file, vec![b'a'; (4 << 20) + 1]).expect("written");
        assert!(matches!(read_config(&file), Err(ConfigError::TooLarge(_))));
        let folder = folder.path();
        assert!(matches!(read_config(folder), Err(ConfigError::Read(..))));
        let nowhere = folder.join("nowhere.conf");
        assert!(matches!(read_config(&nowhere), Err(ConfigError::Read(..))));
    }
}
