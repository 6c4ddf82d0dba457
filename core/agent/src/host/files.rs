use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use deskhook_hooks::HostReply;
use serde_json::Value;

use super::failed;

const LARGEST: u64 = 256 * 1024;

/// Reads a regular file whose real path is the one that was granted: a link that leads elsewhere
/// is refused, also one that is put there meanwhile. Never waits for a pipe or device.
pub(super) fn read(path: &str) -> HostReply {
    let cannot = |error: std::io::Error| failed(format!("cannot read {path}: {error}"));
    let wanted = Path::new(path);
    let real = dunce::canonicalize(wanted).map_err(cannot)?;
    if real != wanted {
        return Err(failed(format!(
            "{path} is a link, or not written in full; its real path is {}",
            real.display()
        )));
    }
    // Opening some devices does something already.
    let kind = std::fs::symlink_metadata(&real).map_err(cannot)?;
    if !kind.is_file() {
        return Err(failed(format!("{path} is no regular file")));
    }
    let file = open(&real).map_err(cannot)?;
    let opened = file.metadata().map_err(cannot)?;
    if !opened.is_file() {
        return Err(failed(format!("{path} is no regular file")));
    }
    // A folder on the way may have become a link between the two: then the path, once more without
    // links, leads to another file.
    let real = dunce::canonicalize(wanted).map_err(cannot)?;
    if real != wanted || !is_at(&file, &real).map_err(cannot)? {
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

#[cfg(unix)]
fn open(path: &Path) -> std::io::Result<File> {
    use rustix::fs::{Mode, OFlags};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::NOCTTY;
    let opened = rustix::fs::open(path, flags | OFlags::CLOEXEC, Mode::empty())?;
    Ok(opened.into())
}

/// A link itself is opened, which is no regular file.
#[cfg(windows)]
fn open(path: &Path) -> std::io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt as _;
    const FILE_FLAG_OPEN_REPARSE_POINT: u32 = 0x0020_0000;
    let mut options = File::options();
    options
        .read(true)
        .custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    options.open(path)
}

/// Whether the opened file is the one at `path`, by what the system knows it by.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> std::io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (opened, there) = (file.metadata()?, std::fs::symlink_metadata(path)?);
    Ok((there.dev(), there.ino()) == (opened.dev(), opened.ino()))
}

#[cfg(not(unix))]
fn is_at(file: &File, path: &Path) -> std::io::Result<bool> {
    let opened = same_file::Handle::from_file(file.try_clone()?)?;
    Ok(opened == same_file::Handle::from_file(open(path)?)?)
}

#[cfg(all(test, unix))]
mod tests {
    use rustix::fs::Mode;

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

    #[test]
    fn what_leads_out_of_the_folder_is_refused_however_it_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (inside, outside) = (root.join("inside"), root.join("outside"));
        for folder in [&inside, &outside] {
            std::fs::create_dir(folder).unwrap();
            std::fs::write(folder.join("text"), "text").unwrap();
        }
        std::os::unix::fs::symlink(&outside, inside.join("link")).unwrap();
        std::os::unix::fs::symlink("link/text", inside.join("twice")).unwrap();
        std::os::unix::fs::symlink("loop", inside.join("loop")).unwrap();
        let inside = inside.to_str().unwrap();
        assert_eq!(read(&format!("{inside}/text")).unwrap(), "text");
        for path in [
            "link/text",
            "twice",
            "loop",
            "../outside/text",
            "text/",
            "text\0",
            "missing",
            "",
        ] {
            let error = read(&format!("{inside}/{path}")).unwrap_err().to_string();
            assert!(error.contains(inside), "{error}");
        }
        assert!(read("text").is_err());
    }

    #[test]
    fn what_is_no_text_of_its_size_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let told = |name: &str, bytes: &[u8]| {
            let path = root.join(name);
            std::fs::write(&path, bytes).unwrap();
            read(path.to_str().unwrap()).map_err(|error| error.to_string())
        };
        assert!(told("most", &[b'x'; 256 * 1024]).is_ok());
        assert!(
            told("more", &[b'x'; 256 * 1024 + 1])
                .unwrap_err()
                .contains("larger")
        );
        assert!(told("bytes", b"\xff\xfe").unwrap_err().contains("no UTF-8"));
        for device in ["/dev/zero", "/dev/null", "/dev/tty", "/dev/ptmx"] {
            assert!(read(device).is_err(), "{device}");
        }
    }
}
