use std::io::Read as _;
use std::path::Path;

use deskhook_hooks::HostReply;
use serde_json::Value;

use super::failed;

const LARGEST: u64 = 256 * 1024;

/// Reads a regular file whose real path is the one that was granted: a link that leads elsewhere
/// is refused.
pub(super) fn read(path: &str) -> HostReply {
    let wanted = Path::new(path);
    let real = wanted
        .canonicalize()
        .map_err(|error| failed(format!("cannot read {path}: {error}")))?;
    if real != wanted {
        return Err(failed(format!(
            "{path} is a link, or not written in full; its real path is {}",
            real.display()
        )));
    }
    let file = std::fs::File::open(&real)
        .map_err(|error| failed(format!("cannot read {path}: {error}")))?;
    let regular = file.metadata().is_ok_and(|metadata| metadata.is_file());
    if !regular {
        return Err(failed(format!("{path} is no regular file")));
    }
    let mut bytes = vec![];
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| failed(format!("cannot read {path}: {error}")))?;
    if bytes.len() as u64 > LARGEST {
        return Err(failed(format!("{path} is larger than 256 KiB")));
    }
    String::from_utf8(bytes)
        .map(Value::from)
        .map_err(|_| failed(format!("{path} is no UTF-8 text")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_to_another_file_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (file, link) = (root.join("a.txt"), root.join("b.txt"));
        std::fs::write(&file, "hello").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(read(file.to_str().unwrap()).unwrap(), "hello");
        assert!(read(link.to_str().unwrap()).is_err());
        assert!(read(root.to_str().unwrap()).is_err());
    }
}
