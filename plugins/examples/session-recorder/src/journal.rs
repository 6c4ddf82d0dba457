use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

/// The file that is written, and the one before it.
pub(crate) const CURRENT: &str = "sessions.jsonl";
pub(crate) const PREVIOUS: &str = "sessions.1.jsonl";

/// How far back a line end is looked for at once, in bytes.
const WINDOW: u64 = 4096;

/// A file of whole lines in a folder, with one predecessor.
pub(crate) struct Journal {
    folder: PathBuf,
}

impl Journal {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Adds a line, which ends with a line end, and sees it on the disk. Where the file would then
    /// be larger than `most` bytes it becomes the predecessor first. Returns how many bytes of a
    /// torn line were cut off before: a crash or a full disk left them.
    pub(crate) fn append(&self, line: &str, most: u64) -> io::Result<u64> {
        let path = self.folder.join(CURRENT);
        let (mut file, torn) = mended(&path)?;
        let mut size = file.metadata()?.len();
        if size > 0 && size + line.len() as u64 > most {
            drop(file);
            std::fs::rename(&path, self.folder.join(PREVIOUS))?;
            (file, _) = mended(&path)?;
            size = 0;
        }
        let written = file
            .write_all(line.as_bytes())
            .and_then(|()| file.sync_data());
        if written.is_err() {
            // Half a line is worse than none; what cannot be cut now is cut by the next line.
            let _ = file.set_len(size);
        }
        written.map(|()| torn)
    }
}

/// The file, open for adding to, without a torn line at its end; and how long that was.
fn mended(path: &Path) -> io::Result<(File, u64)> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let size = file.metadata()?.len();
    let whole = whole(&mut file, size)?;
    if whole < size {
        file.set_len(whole)?;
    }
    Ok((file, size - whole))
}

/// How many bytes of the file are whole lines.
fn whole(file: &mut File, size: u64) -> io::Result<u64> {
    let mut end = size;
    while end > 0 {
        let begin = end.saturating_sub(WINDOW);
        file.seek(SeekFrom::Start(begin))?;
        let mut bytes = vec![];
        (&mut *file).take(end - begin).read_to_end(&mut bytes)?;
        if let Some(at) = bytes.iter().rposition(|byte| *byte == b'\n') {
            return Ok(begin + at as u64 + 1);
        }
        end = begin;
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(folder: &Path, name: &str) -> String {
        std::fs::read_to_string(folder.join(name)).unwrap_or_default()
    }

    #[test]
    fn a_torn_line_is_cut_off_and_whole_ones_stay() {
        let long = "x".repeat(10_000);
        for (before, kept) in [
            ("", ""),
            ("{\"a\":1}\n", "{\"a\":1}\n"),
            ("{\"a\":1}\n{\"b\"", "{\"a\":1}\n"),
            ("{\"b\"", ""),
            (&format!("1\n{long}"), "1\n"),
            (&format!("{long}\n{long}"), &format!("{long}\n")),
        ] {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join(CURRENT), before).unwrap();
            let journal = Journal::in_folder(folder.path().to_owned());
            let torn = journal.append("new\n", 1 << 20).unwrap();
            assert_eq!(torn, (before.len() - kept.len()) as u64);
            assert_eq!(text(folder.path(), CURRENT), format!("{kept}new\n"));
        }
    }

    #[test]
    fn a_full_file_becomes_the_predecessor_and_one_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::in_folder(folder.path().to_owned());
        for line in [
            "one\n",
            "two\n",
            "three\n",
            "four\n",
            "much too long for it\n",
        ] {
            journal.append(line, 9).unwrap();
        }
        assert_eq!(text(folder.path(), CURRENT), "much too long for it\n");
        assert_eq!(text(folder.path(), PREVIOUS), "four\n");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[test]
    fn a_folder_that_is_not_there_is_an_error() {
        let journal = Journal::in_folder(PathBuf::from("/no/such/folder"));
        assert!(journal.append("x\n", 9).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_may_read_the_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        Journal::in_folder(folder.path().to_owned())
            .append("x\n", 9)
            .unwrap();
        let about = std::fs::metadata(folder.path().join(CURRENT)).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o600);
    }
}
