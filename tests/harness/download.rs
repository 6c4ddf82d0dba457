use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::patience::PATIENCE;

/// A web server on loopback that hands out files, well or badly.
pub struct FileServer {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

/// What a path answers with.
#[derive(Clone, Debug)]
pub enum Answer {
    /// The file.
    File(Vec<u8>),
    /// Somewhere else, by a 302.
    Redirect(String),
    /// A status without content, such as 404.
    Status(u16),
    /// Bytes without an end or a length.
    Endless,
    /// The file, a piece at a time, this long between two.
    Slow(Vec<u8>, Duration),
    /// The length of the file, half of its bytes, and the end.
    Truncated(Vec<u8>),
}

#[derive(Default)]
struct State {
    answers: BTreeMap<String, Answer>,
    asked: Vec<String>,
    ended: bool,
}

impl FileServer {
    /// A server that knows no path yet.
    ///
    /// # Errors
    /// When loopback has no free port.
    pub fn start() -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State::default()));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if lock(&shared).ended {
                    return;
                }
                let shared = Arc::clone(&shared);
                thread::spawn(move || answer(&client, &shared));
            }
        });
        Ok(Self { address, state })
    }

    /// Answers `path`, which begins with `/`, in this way from here on; returns its address.
    pub fn put(&self, path: &str, answer: Answer) -> String {
        lock(&self.state).answers.insert(path.to_owned(), answer);
        format!("http://{}{path}", self.address)
    }

    /// The paths that were asked for so far.
    pub fn asked(&self) -> Vec<String> {
        lock(&self.state).asked.clone()
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        lock(&self.state).ended = true;
        let _ = TcpStream::connect(self.address); // wakes the listener, which then ends
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Answers one request; a client that goes away ends it.
fn answer(client: &TcpStream, state: &Mutex<State>) {
    let _ = client.set_read_timeout(Some(PATIENCE));
    let mut lines = BufReader::new(client).lines().map_while(Result::ok);
    let request = lines.next().unwrap_or_default();
    let _ = lines.find(String::is_empty);
    let path = request.split(' ').nth(1).unwrap_or_default().to_owned();
    let answer = {
        let mut state = lock(state);
        state.asked.push(path.clone());
        state
            .answers
            .get(&path)
            .cloned()
            .unwrap_or(Answer::Status(404))
    };
    let _ = write_answer(client, &answer, || !lock(state).ended);
}

fn write_answer(
    mut to: impl Write,
    answer: &Answer,
    goes_on: impl Fn() -> bool,
) -> std::io::Result<()> {
    let whole = |length: usize| {
        format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n")
    };
    match answer {
        Answer::File(bytes) => {
            to.write_all(whole(bytes.len()).as_bytes())?;
            to.write_all(bytes)
        }
        Answer::Redirect(target) => {
            write!(
                to,
                "HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
        }
        Answer::Status(code) => {
            write!(
                to,
                "HTTP/1.1 {code} Answer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
        }
        Answer::Endless => {
            to.write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")?;
            while goes_on() {
                to.write_all(&[0x5a; 64 * 1024])?;
            }
            Ok(())
        }
        Answer::Slow(bytes, pause) => {
            to.write_all(whole(bytes.len()).as_bytes())?;
            for piece in bytes.chunks(bytes.len().div_ceil(20).max(1)) {
                to.write_all(piece)?;
                to.flush()?;
                thread::sleep(*pause);
            }
            Ok(())
        }
        Answer::Truncated(bytes) => {
            to.write_all(whole(bytes.len()).as_bytes())?;
            to.write_all(&bytes[..bytes.len() / 2])
        }
    }
}
