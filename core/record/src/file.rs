use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use crate::link::{Claim, LONGEST};
use crate::{Entry, Head, Link, LinkError};

/// A record in a file of its own, for one writer at a time.
#[derive(Debug)]
pub struct Record {
    path: PathBuf,
    file: File,
    head: Head,
    end: u64,
    dropped: u64,
}

/// Why a record could not be opened or written.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The file cannot be opened, read or written.
    #[error("could not {step} the record {path}")]
    Io {
        /// What was tried.
        step: &'static str,
        /// The file.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// Somebody else writes it.
    #[error("the record {0} is being written by another process")]
    Locked(PathBuf),
    /// Its last line is no entry: nothing can be linked behind it. `verify` tells more.
    #[error("the last line of the record {0} is no entry")]
    Unreadable(PathBuf),
    /// The entry is too large; nothing was written.
    #[error("the record does not take the entry")]
    Entry(#[from] LinkError),
}

impl Record {
    /// Opens the record, or begins it (readable by its owner only), and locks it for this
    /// process. A last line without its end, left by a crash, is cut off: it was never
    /// acknowledged. Reads the last line only; [`crate::verify`] reads all.
    pub fn open(path: impl Into<PathBuf>) -> Result<Self, RecordError> {
        let path = path.into();
        let mut file = open_private(&path).map_err(failed("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(RecordError::Locked(path)),
            Err(TryLockError::Error(source)) => return Err(failed("lock", &path)(source)),
        }
        sync_folder(&path).map_err(failed("create", &path))?;
        let length = file.metadata().map_err(failed("read", &path))?.len();
        let tail = read_tail(&mut file, length).map_err(failed("read", &path))?;
        let whole = tail
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        let dropped = (tail.len() - whole) as u64;
        let head =
            last_head(&tail[..whole]).ok_or_else(|| RecordError::Unreadable(path.clone()))?;
        let end = length - dropped;
        if dropped > 0 {
            cut(&file, end).map_err(failed("mend", &path))?;
        }
        Ok(Self {
            path,
            file,
            head,
            end,
            dropped,
        })
    }

    /// Appends an entry and returns when it is on disk. After an error nothing of it is there,
    /// and the record may be used on.
    pub fn append(&mut self, entry: &Entry) -> Result<Head, RecordError> {
        let link = Link::after(&self.head, entry)?;
        let line = format!("{}\n", link.line());
        let written = self.write(line.as_bytes());
        if let Err(source) = written {
            // What cannot be cut off now is an unfinished last line, or one that the next
            // append writes over.
            let _ = cut(&self.file, self.end);
            return Err(failed("write", &self.path)(source));
        }
        self.end += line.len() as u64;
        self.head = link.head;
        Ok(link.head)
    }

    /// The head: worth keeping elsewhere.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Bytes of an unfinished last line that opening cut off.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(bytes)?;
        self.file.sync_data()
    }
}

fn failed(step: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RecordError {
    let path = path.to_owned();
    move |source| RecordError::Io { step, path, source }
}

fn open_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

// A new file's name is durable only when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn cut(file: &File, end: u64) -> io::Result<()> {
    file.set_len(end)?;
    file.sync_data()
}

/// The last bytes: enough for the last whole line and an unfinished one behind it.
fn read_tail(file: &mut File, length: u64) -> io::Result<Vec<u8>> {
    let from = length.saturating_sub(2 * (LONGEST as u64 + 1));
    file.seek(SeekFrom::Start(from))?;
    let mut tail = Vec::new();
    file.take(length - from).read_to_end(&mut tail)?;
    Ok(tail)
}

/// The head that the last whole line claims; none where that line is no entry.
fn last_head(lines: &[u8]) -> Option<Head> {
    let Some(text) = lines.strip_suffix(b"\n") else {
        return Some(Head::default());
    };
    let from = text
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |at| at + 1);
    let claim = Claim::read(std::str::from_utf8(&text[from..]).ok()?)?;
    Some(Head {
        entries: claim.number,
        hash: claim.hash,
    })
}
