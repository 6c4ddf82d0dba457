//! Where a bundle may be written: to a new place, or over what is a bundle already.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use deskhook_wire::{LARGEST_BUNDLE, PolicyKey, PolicySigner, is_bundle};

use crate::output::Failure;

/// Fails where something lies at `out` that is not there a second time: a key, a layer file, or
/// anything else that is no bundle. An empty file may be there (`mktemp` makes one).
pub(super) fn vacant(out: &Path) -> Result<(), Failure> {
    let what = match std::fs::metadata(out) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => format!("cannot be looked at ({error})"),
        Ok(found) if found.is_dir() => "is a folder".to_owned(),
        Ok(found) if !found.is_file() => "is no regular file".to_owned(),
        Ok(_) => match content(out) {
            Ok(bytes) if bytes.is_empty() || is_bundle(&bytes) => return Ok(()),
            Ok(bytes) => format!("is there already, and is {}", kind(&bytes)),
            Err(error) => format!("is there already, and cannot be read ({error})"),
        },
    };
    Err(Failure::Usage(anyhow::anyhow!(
        "{} {what}: a bundle is written over another bundle alone",
        out.display()
    )))
}

fn content(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![];
    let file = std::fs::File::open(path)?;
    file.take(LARGEST_BUNDLE as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn kind(bytes: &[u8]) -> &'static str {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    if PolicySigner::from_text(text).is_some() {
        "a key that signs policy"
    } else if PolicyKey::list(text).is_ok() {
        "a list of public keys"
    } else {
        "no signed bundle"
    }
}
