//! The built-in sample client: a real, small remote-desktop client without a desktop, for machines
//! that have no other. `deskhook sample-client run` listens on the loopback, prints `ADDRESS=<id>`
//! and runs until it is ended; `deskhook sample-client --get-id` prints the id of the one that
//! runs. It speaks the same way as the clients that organisations use, so that everything round
//! it is real.
//!
//! Standard library only and no runtime: it starts within milliseconds.

use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// What AnyDesk's command line says when nothing runs that could be asked.
const NOT_RUNNING: &str = "SERVICE_NOT_RUNNING";
/// What a running client greets with, before its id.
const GREETING: &str = "deskhook-sample ";
/// How long a running client may take to greet.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why the sample client did not run.
#[derive(Debug)]
struct Failure {
    what: &'static str,
    source: io::Error,
}

/// Runs `deskhook sample-client` with the arguments after that word: 0 done, 1 nothing runs,
/// 2 wrong usage, 3 could not.
pub(crate) fn run(args: &[String]) -> ExitCode {
    let words: Vec<&str> = args.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["run"] => serve(&folder()),
        ["--get-id"] => return tell_id(&folder()),
        _ => {
            complain("usage: deskhook sample-client run | --get-id");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure { what, source }) => {
            complain(&format!("{what} failed: {source}"));
            ExitCode::from(3)
        }
    }
}

/// To standard error; with nobody there to read it, to nobody.
fn complain(what: &str) {
    let _closed = writeln!(io::stderr(), "error: {what}");
}

/// Where the id is kept: `DESKHOOK_SAMPLE_DIR`, else the account's own state folder.
fn folder() -> PathBuf {
    let set = |name: &str| {
        std::env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    let state = || set("XDG_STATE_HOME").or_else(|| Some(set("HOME")?.join(".local/state")));
    let state = || {
        state()
            .or_else(|| set("LOCALAPPDATA"))
            .unwrap_or_else(std::env::temp_dir)
    };
    set("DESKHOOK_SAMPLE_DIR").unwrap_or_else(|| state().join("deskhook/sample-client"))
}

/// Listens until the process is ended, and greets whoever connects with the id.
fn serve(folder: &Path) -> Result<(), Failure> {
    let failed = |what| move |source| Failure { what, source };
    fs::create_dir_all(folder).map_err(failed("making the folder of the sample client"))?;
    let id = own_id(folder).map_err(failed("keeping the id of the sample client"))?;
    let listener =
        TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed("listening on the loopback"))?;
    let port = listener
        .local_addr()
        .map_err(failed("listening on the loopback"))?
        .port();
    write_whole(&folder.join("port"), &port.to_string())
        .map_err(failed("keeping the port of the sample client"))?;
    let mut stdout = io::stdout().lock();
    writeln!(stdout, "ADDRESS={id}")
        .and_then(|()| stdout.flush())
        .map_err(failed("printing the address"))?;
    for visitor in listener.incoming() {
        // A visitor who has left already needs no greeting.
        let _left = visitor.and_then(|mut visitor| writeln!(visitor, "{GREETING}{id}"));
    }
    Ok(())
}

fn tell_id(folder: &Path) -> ExitCode {
    let (line, code) = match running_id(folder) {
        Some(id) => (id, ExitCode::SUCCESS),
        None => (NOT_RUNNING.to_owned(), ExitCode::FAILURE),
    };
    match writeln!(io::stdout(), "{line}") {
        Ok(()) => code,
        Err(_) => ExitCode::from(3),
    }
}

/// The id of the client that runs over `folder`, as it says itself.
fn running_id(folder: &Path) -> Option<String> {
    let port: u16 = fs::read_to_string(folder.join("port"))
        .ok()?
        .trim()
        .parse()
        .ok()?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let stream = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    let mut line = String::new();
    let bounded = io::Read::take(stream, 64);
    BufReader::new(bounded).read_line(&mut line).ok()?;
    let id = line.trim().strip_prefix(GREETING)?;
    // The port may be another program's, or another folder's client's, by now.
    (Some(id) == kept_id(folder).as_deref()).then(|| id.to_owned())
}

/// The id of this folder; made once, then always the same.
fn own_id(folder: &Path) -> io::Result<String> {
    if let Some(id) = kept_id(folder) {
        return Ok(id);
    }
    let id = new_id();
    write_whole(&folder.join("id"), &id)?;
    Ok(id)
}

fn kept_id(folder: &Path) -> Option<String> {
    let id = fs::read_to_string(folder.join("id")).ok()?;
    let id = id.trim();
    (id.len() == 9 && id.bytes().all(|byte| byte.is_ascii_digit())).then(|| id.to_owned())
}

/// Nine digits, the first one not 0. The standard library's own source of random keys is enough:
/// an id is no secret.
fn new_id() -> String {
    use std::hash::{BuildHasher as _, Hasher as _};
    let mut hasher = std::collections::hash_map::RandomState::new().build_hasher();
    hasher.write_u32(std::process::id());
    let number = 100_000_000 + hasher.finish() % 900_000_000;
    number.to_string()
}

/// Never half a file, whoever reads at the same time.
fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let beside = path.with_extension(format!("new-{}", std::process::id()));
    fs::write(&beside, text)?;
    fs::rename(&beside, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_nine_digits_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let id = own_id(folder.path()).unwrap();
        assert!(id.len() == 9 && !id.starts_with('0'), "{id}");
        assert_eq!(own_id(folder.path()).unwrap(), id);
        fs::write(folder.path().join("id"), "broken").unwrap();
        assert_ne!(own_id(folder.path()).unwrap(), "broken");
    }

    #[test]
    fn nothing_is_said_of_a_client_that_does_not_run() {
        let folder = tempfile::tempdir().unwrap();
        own_id(folder.path()).unwrap();
        assert_eq!(running_id(folder.path()), None);
        // Somebody else's program on the port that was ours.
        let other = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = other.local_addr().unwrap().port();
        write_whole(&folder.path().join("port"), &port.to_string()).unwrap();
        let greeter = std::thread::spawn(move || {
            let (mut visitor, _) = other.accept().unwrap();
            writeln!(visitor, "{GREETING}123456789").unwrap();
        });
        assert_eq!(running_id(folder.path()), None);
        greeter.join().unwrap();
    }
}
