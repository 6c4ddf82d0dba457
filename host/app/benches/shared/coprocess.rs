//! Two processes that say bytes to each other, and nothing else.

use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command};

/// What a pong says, as long as a verdict.
const PONG: &[u8] =
    br#"{"answered":{"value":{"verdict":"deny","code":"no-ticket","message":"Please open a ticket first."}}}"#;

/// This bench once more, at the other end of a socket.
pub(crate) struct CoProcess {
    child: Child,
    socket: UnixStream,
}

impl CoProcess {
    pub(crate) fn start(what: &str) -> Self {
        let (socket, other) = UnixStream::pair().expect("a pair of sockets");
        let child = Command::new(std::env::current_exe().expect("a bench is a file"))
            .arg(what)
            .stdin(OwnedFd::from(other))
            .spawn()
            .expect("it starts");
        Self { child, socket }
    }

    pub(crate) fn exchange(&mut self, bytes: &[u8]) -> Vec<u8> {
        send(&mut self.socket, bytes);
        receive(&mut self.socket).expect("it answers")
    }
}

impl Drop for CoProcess {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn send(socket: &mut UnixStream, bytes: &[u8]) {
    let length = u32::try_from(bytes.len()).expect("a short frame");
    let frame = [&length.to_le_bytes()[..], bytes].concat();
    socket.write_all(&frame).expect("the other side reads");
}

fn receive(socket: &mut UnixStream) -> Option<Vec<u8>> {
    let mut head = [0; 4];
    socket.read_exact(&mut head).ok()?;
    let mut bytes = vec![0; u32::from_le_bytes(head) as usize];
    socket.read_exact(&mut bytes).ok()?;
    Some(bytes)
}

fn control() -> UnixStream {
    let input = std::io::stdin();
    let handle = input.as_fd().try_clone_to_owned();
    UnixStream::from(handle.expect("standard input is a socket"))
}

/// Answers every frame with the same bytes.
pub(crate) fn pong() {
    answer_each(|_| PONG.to_vec());
}

/// Answers every frame with what `answer` makes of it.
pub(crate) fn answer_each(answer: impl Fn(&[u8]) -> Vec<u8>) {
    let mut socket = control();
    while let Some(bytes) = receive(&mut socket) {
        send(&mut socket, &answer(&bytes));
    }
}

/// Puts this process, and what it starts, on one processor: on which of several the system puts each
/// side is luck, and a waking across two outweighs what is measured.
pub(crate) fn pin() {
    #[cfg(target_os = "linux")]
    {
        use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
        let Ok(free) = sched_getaffinity(None) else {
            return;
        };
        let last = (0..CpuSet::MAX_CPU).rev().find(|cpu| free.is_set(*cpu));
        let mut one = CpuSet::new();
        one.set(last.unwrap_or_default());
        let _ = sched_setaffinity(None, &one);
    }
}
