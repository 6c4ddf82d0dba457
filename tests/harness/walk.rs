use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

use crate::patience::PATIENCE;

/// What the suite may need, with its packages: the same table that `tests/run` installs from.
const PARTS: &str = include_str!("../parts.txt");

/// Returns from the test, telling so, when one of the named parts of `tests/parts.txt` is not on
/// this machine. Under `tests/run` a missing part fails the test.
#[macro_export]
macro_rules! need {
    ($($part:expr),+ $(,)?) => {
        if let Some(missing) = $crate::missing(&[$($part),+]) {
            $crate::not_walked(module_path!(), &missing);
            return $crate::Walk::left_out();
        }
    };
}

/// What a test returns when it was left out: success, in either shape that tests have.
pub trait Walk {
    /// That value.
    fn left_out() -> Self;
}

impl Walk for () {
    fn left_out() -> Self {}
}

impl<E> Walk for Result<(), E> {
    fn left_out() -> Self {
        Ok(())
    }
}

/// The first of `parts` that is not here.
///
/// # Panics
/// When a part is not in `tests/parts.txt`: a test may need only what `tests/run` can install.
pub fn missing(parts: &[&str]) -> Option<String> {
    let absent = parts
        .iter()
        .find(|part| !commands_of(part).iter().any(|command| is_there(command)));
    absent.map(ToString::to_string)
}

/// Says that a way was not walked.
///
/// # Panics
/// Under `tests/run`, which installs every part.
pub fn not_walked(way: &str, part: &str) {
    let test = std::thread::current().name().unwrap_or(way).to_owned();
    assert!(
        std::env::var_os("DESKHOOK_NEED").is_none_or(|need| need != "1"),
        "{test} needs {part}, which is not on this machine"
    );
    // Straight to the stream: what goes through `eprintln!` is hidden for tests that pass.
    let line = format!("not walked: {test} (needs {part}; tests/run installs it)\n");
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// A loopback port that nobody listens on at the moment.
///
/// # Panics
/// When the machine has no loopback.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("loopback has a free port");
    listener
        .local_addr()
        .expect("a listener has an address")
        .port()
}

/// A client for HTTP on loopback: no proxy, no redirects followed, bounded by [`PATIENCE`].
///
/// # Panics
/// When the client cannot be made.
pub fn http_client() -> reqwest::Client {
    // Only the first call in a process installs it; that a later one cannot is right.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(PATIENCE);
    client
        .build()
        .expect("a client needs nothing that can be missing")
}

/// Where screenshots go: the folder in `DESKHOOK_SHOTS`, for people who look at them, else a
/// folder under the temporary one.
///
/// # Panics
/// When that folder cannot be made.
pub fn shots() -> PathBuf {
    let folder = std::env::var_os("DESKHOOK_SHOTS").map_or_else(
        || std::env::temp_dir().join("deskhook-shots"),
        PathBuf::from,
    );
    std::fs::create_dir_all(&folder).expect("the folder for screenshots can be made");
    folder
}

fn commands_of(part: &str) -> Vec<&'static str> {
    let rows = PARTS.lines().filter(|line| !line.starts_with('#'));
    let mut rows = rows.map(|line| line.split_whitespace().collect::<Vec<_>>());
    let row = rows.find(|row| row.first() == Some(&part));
    let row = row.unwrap_or_else(|| panic!("`{part}` is not in tests/parts.txt"));
    row[2].split(',').collect()
}

fn is_there(command: &str) -> bool {
    if command.starts_with('/') {
        return PathBuf::from(command).exists();
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(command).is_file())
}
