use std::fmt::Write as _;
use std::fs::File;
use std::io::{ErrorKind, Read as _, Write as _};
use std::path::Path;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

/// The beginning of a file that knows its own checksum.
const MAGIC: &str = "deskhook-kept/1";
/// More than this is not read: two bundles as texts inside JSON have less.
const MOST_BYTES: u64 = 128 * 1024 * 1024;

/// What is in such a file.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sealed {
    Missing,
    /// Cut, changed, unreadable, or another file.
    Damaged,
    Whole(Value),
}

/// Reads such a file.
pub(super) fn read(path: &Path) -> Sealed {
    let mut bytes = vec![];
    let read = File::open(path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes));
    match read {
        Ok(_) => opened(&bytes).map_or(Sealed::Damaged, Sealed::Whole),
        Err(error) if error.kind() == ErrorKind::NotFound => Sealed::Missing,
        Err(_) => Sealed::Damaged,
    }
}

fn opened(bytes: &[u8]) -> Option<Value> {
    let (seal, content) = std::str::from_utf8(bytes).ok()?.split_once('\n')?;
    if seal != format!("{MAGIC} {}", sha256(content.as_bytes())) {
        return None;
    }
    serde_json::from_str(content).ok()
}

/// Replaces such a file, as a whole or not at all; it lasts over a power cut.
pub(super) fn write(path: &Path, content: &Value) -> std::io::Result<()> {
    let content = content.to_string();
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    writeln!(file, "{MAGIC} {}", sha256(content.as_bytes()))?;
    file.write_all(content.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// In hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
