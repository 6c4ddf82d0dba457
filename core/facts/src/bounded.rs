//! Reading and asking, never for long and never much.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The most of a file or an answer that is read.
const MOST: u64 = 256 * 1024;
/// How long a program may take.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often a program's end is looked for.
const GLANCE: Duration = Duration::from_millis(5);

/// The beginning of a small text file, without white space around it.
pub(crate) fn text(path: impl AsRef<Path>) -> Option<String> {
    let mut bytes = vec![];
    let file = std::fs::File::open(path).ok()?;
    file.take(MOST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).trim().to_owned())
}

/// What a program of the system prints when it ends well and in time.
pub(crate) fn answer(program: &str, arguments: &[&str]) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .env_clear()
        .env("LC_ALL", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let stdout = child.stdout.take()?;
    let (tell, told) = std::sync::mpsc::channel();
    let reading = std::thread::Builder::new().spawn(move || {
        let mut bytes = vec![];
        let read = stdout.take(MOST).read_to_end(&mut bytes);
        // Nobody listens any more when the program was too slow.
        let _late = tell.send(read.map(|_| bytes));
    });
    let begun = Instant::now();
    let bytes = match reading {
        Ok(_) => told.recv_timeout(PATIENCE).ok().and_then(Result::ok),
        Err(_) => None,
    };
    while bytes.is_some() && begun.elapsed() < PATIENCE {
        match child.try_wait() {
            Ok(None) => std::thread::sleep(GLANCE),
            Ok(Some(status)) if status.success() => {
                return bytes.map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned());
            }
            _ => return None,
        }
    }
    let _ended = child.kill();
    let _reaped = child.wait();
    None
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_or_fails_says_nothing() {
        assert_eq!(answer("/bin/echo", &["hello"]).as_deref(), Some("hello"));
        assert_eq!(answer("/bin/false", &[]), None);
        assert_eq!(answer("/nowhere/at-all", &[]), None);
        let begun = Instant::now();
        assert_eq!(answer("/bin/sleep", &["30"]), None);
        assert!(begun.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn an_endless_file_is_cut() {
        assert_eq!(text("/dev/zero").map(|text| text.len() as u64), Some(MOST));
        assert_eq!(text("/nowhere/at-all"), None);
    }
}
