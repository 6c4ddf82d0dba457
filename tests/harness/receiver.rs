use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};

use crate::patience::PATIENCE;

/// A web server on loopback that notes what is posted to it.
pub struct Receiver {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

/// One request that it got.
#[derive(Clone, Debug)]
pub struct Posted {
    /// Header lines, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body, as it came.
    pub body: String,
    /// What it was answered with.
    pub status: u16,
}

#[derive(Default)]
struct State {
    answers: Vec<u16>,
    posted: Vec<Posted>,
    ended: bool,
}

impl Receiver {
    /// A server that answers with these statuses one after the other, then with 204.
    ///
    /// # Errors
    /// When loopback has no free port.
    pub fn answering(first: &[u16]) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = Arc::new(Mutex::new(State {
            answers: first.iter().rev().copied().collect(),
            ..State::default()
        }));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                if lock(&shared).ended {
                    return;
                }
                // One request a connection, one connection at a time: the order is that of the sender.
                let _ = serve(&client, &shared);
            }
        });
        Ok(Self { address, state })
    }

    /// Its host and port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What it got so far.
    pub fn posted(&self) -> Vec<Posted> {
        lock(&self.state).posted.clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        lock(&self.state).ended = true;
        let _ = TcpStream::connect(self.address); // wakes the listener, which then ends
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(client: &TcpStream, state: &Mutex<State>) -> Result<()> {
    client.set_read_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(client);
    let mut headers = BTreeMap::new();
    let mut line = String::new();
    reader.read_line(&mut line)?;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let length = headers.get("content-length").context("no length")?;
    let mut body = vec![0; length.parse()?];
    reader.read_exact(&mut body)?;
    let status = {
        let mut state = lock(state);
        let status = state.answers.pop().unwrap_or(204);
        state.posted.push(Posted {
            headers,
            body: String::from_utf8(body)?,
            status,
        });
        status
    };
    write!(
        &mut &*client,
        "HTTP/1.1 {status} Answer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )?;
    Ok(())
}
