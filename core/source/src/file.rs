use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;

use deskhook_policy::{Parsed, Place, Problem, Source};

/// One byte more than a layer file may have, so that a longer one is seen.
const READ_BYTES: u64 = 256 * 1024 + 1;

/// The text of a layer file, or why there is none.
pub(crate) fn read(path: &Path) -> Result<String, Vec<Problem>> {
    let name = path.display().to_string();
    let bytes = bytes(path, READ_BYTES);
    let bytes = bytes.map_err(|error| vec![unreadable(&name, &error.to_string())])?;
    if bytes.len() as u64 == READ_BYTES {
        return Err(Parsed::too_large(&name).problems);
    }
    String::from_utf8(bytes).map_err(|error| vec![not_utf8(&name, &error)])
}

/// The text of a small file: a layer, a key, a list of keys. Of more than 256 KiB one byte more is
/// read.
///
/// # Errors
/// Where it cannot be read, is no regular file (nothing waits for a pipe), or is no UTF-8.
pub fn read_text(path: &Path) -> std::io::Result<String> {
    let text = String::from_utf8(bytes(path, READ_BYTES)?);
    text.map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))
}

/// At most so many bytes of a file.
pub(crate) fn bytes(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![];
    open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Opens a regular file, or a link to one; never waits for a pipe or device.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(libc::O_NONBLOCK | libc::O_NOCTTY);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        return Ok(file);
    }
    Err(std::io::Error::other("not a regular file"))
}

pub(crate) fn unreadable(name: &str, reason: &str) -> Problem {
    let place = Place::file_start(&Source::new(name, ""));
    Problem::error(
        "unreadable",
        place,
        format!("this cannot be read: {reason}"),
    )
}

fn not_utf8(name: &str, error: &std::string::FromUtf8Error) -> Problem {
    let good = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(&error.as_bytes()[..good]);
    let place = Place::new(&Source::new(name, text), good..good);
    Problem::error("not-utf8", place, "this byte is not UTF-8").with_help("save the file as UTF-8")
}
