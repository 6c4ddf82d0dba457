use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use anyhow::Result;
use rustix::net::sockopt::set_socket_linger;

use crate::patience::PACE;

/// A connection on loopback that goes wrong on request: it stands between two parties and passes
/// on what each says.
pub struct Link {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    None,
    /// Everything takes this much longer, each way.
    Delay(Duration),
    /// Nobody listens.
    Refuse,
    /// Connections are taken, and nothing is ever passed on or answered.
    Swallow,
    /// What was asked is passed on; in place of the answer the connection is reset.
    Reset,
    /// The answer is cut off after this many bytes, by an orderly end.
    HalfClose(usize),
}

struct State {
    fault: Fault,
    open: Vec<Weak<TcpStream>>,
    ended: bool,
}

impl Link {
    /// A link to `target`, with no fault as yet.
    ///
    /// # Errors
    /// When loopback has no free port.
    pub fn to(target: SocketAddr) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let state = State {
            fault: Fault::None,
            open: Vec::new(),
            ended: false,
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || listen(listener, target, &shared));
        Ok(Self { address, state })
    }

    /// Where to connect to.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Goes wrong in this way from here on; connections that are open are cut.
    pub fn set(&self, fault: Fault) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.fault = fault;
        state.cut();
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.ended = true;
        state.cut();
    }
}

impl State {
    fn cut(&mut self) {
        for stream in self.open.drain(..).filter_map(|stream| stream.upgrade()) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

/// Takes connections until the link is dropped. While they are to be refused there is no listener;
/// afterwards it comes back on the same port.
fn listen(listener: TcpListener, target: SocketAddr, state: &Mutex<State>) {
    let Ok(address) = listener.local_addr() else {
        return;
    };
    let mut listener = Some(listener);
    loop {
        let fault = {
            let state = state.lock().unwrap_or_else(PoisonError::into_inner);
            if state.ended {
                return;
            }
            state.fault
        };
        if fault == Fault::Refuse {
            listener = None;
        } else if listener.is_none() {
            listener = TcpListener::bind(address).ok();
        }
        if let Some(client) = listener.as_ref().and_then(accept) {
            connect(client, target, fault, state);
        } else {
            thread::sleep(PACE);
        }
    }
}

fn accept(listener: &TcpListener) -> Option<TcpStream> {
    listener.set_nonblocking(true).ok()?;
    let (client, _) = listener.accept().ok()?;
    client.set_nonblocking(false).ok()?;
    Some(client)
}

fn connect(client: TcpStream, target: SocketAddr, fault: Fault, state: &Mutex<State>) {
    let Ok(server) = TcpStream::connect(target) else {
        return;
    };
    let (client, server) = (Arc::new(client), Arc::new(server));
    {
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        state.open.retain(|stream| stream.strong_count() > 0);
        state
            .open
            .extend([Arc::downgrade(&client), Arc::downgrade(&server)]);
    }
    let (client_too, server_too) = (Arc::clone(&client), Arc::clone(&server));
    thread::spawn(move || pass(&client, &server, Way::There, fault));
    thread::spawn(move || pass(&server_too, &client_too, Way::Back, fault));
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    There,
    Back,
}

fn pass(mut from: &TcpStream, mut to: &TcpStream, way: Way, fault: Fault) {
    let mut buffer = [0; 16 * 1024];
    let mut left = usize::MAX;
    if let (Way::Back, Fault::HalfClose(bytes)) = (way, fault) {
        left = bytes;
    }
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count.min(left),
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(_) => break,
        };
        match fault {
            Fault::Swallow => continue,
            Fault::Delay(span) => thread::sleep(span),
            Fault::Reset if way == Way::Back => return reset(from, to),
            _ => {}
        }
        left -= count;
        if to.write_all(&buffer[..count]).is_err() || left == 0 {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

/// A close with nothing to linger for sends a reset; it happens once the other way has ended too.
fn reset(from: &TcpStream, to: &TcpStream) {
    let _ = set_socket_linger(to, Some(Duration::ZERO));
    let _ = to.shutdown(Shutdown::Read);
    let _ = from.shutdown(Shutdown::Both);
}
