use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use deskhook_hooks::HostReply;
use rustix::fs::{Mode, OFlags};
use serde_json::Value;

use super::failed;

const LARGEST: u64 = 256 * 1024;

/// Reads a regular file whose real path is the one that was granted: a link that leads elsewhere
/// is refused, also one that is put there meanwhile. Never waits for a pipe or device.
pub(super) fn read(path: &str) -> HostReply {
    let cannot = |error: std::io::Error| failed(format!("cannot read {path}: {error}"));
    let wanted = Path::new(path);
    let real = wanted.canonicalize().map_err(cannot)?;
    if real != wanted {
        return Err(failed(format!(
            "{path} is a link, or not written in full; its real path is {}",
            real.display()
        )));
    }
    let file = open(&real).map_err(cannot)?;
    let opened = file.metadata().map_err(cannot)?;
    if !opened.is_file() {
        return Err(failed(format!("{path} is no regular file")));
    }
    // A folder on the way may have become a link between the two: then the path, once more without
    // links, leads to another file.
    let real = wanted.canonicalize().map_err(cannot)?;
    let there = std::fs::symlink_metadata(&real).map_err(cannot)?;
    if real != wanted || (there.dev(), there.ino()) != (opened.dev(), opened.ino()) {
        return Err(failed(format!("{path} changes while it is read")));
    }
    let mut bytes = vec![];
    let read = file.take(LARGEST + 1).read_to_end(&mut bytes);
    read.map_err(cannot)?;
    if bytes.len() as u64 > LARGEST {
        return Err(failed(format!("{path} is larger than 256 KiB")));
    }
    String::from_utf8(bytes)
        .map(Value::from)
        .map_err(|_| failed(format!("{path} is no UTF-8 text")))
}

fn open(path: &Path) -> std::io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY;
    let opened = rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::empty())?;
    Ok(opened.into())
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

    #[test]
    fn a_pipe_is_refused_and_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().canonicalize().unwrap().join("pipe");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, Mode::RUSR | Mode::WUSR).unwrap();
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || tell.send(read(pipe.to_str().unwrap())));
        let told = told.recv_timeout(std::time::Duration::from_secs(20));
        let error = told.expect("it is waited for").unwrap_err();
        assert!(error.to_string().contains("no regular file"), "{error}");
    }
}
