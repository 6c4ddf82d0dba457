use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use deskhook_hooks::Call;

use crate::sample;

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
    let mut socket = control();
    while receive(&mut socket).is_some() {
        send(&mut socket, PONG);
    }
}

/// Answers every frame with what a bare Lua state makes of it.
pub(crate) fn bare() {
    let mut socket = control();
    let lua = mlua::Lua::new();
    let handler = sample::handler(&lua);
    while let Some(bytes) = receive(&mut socket) {
        let input = serde_json::from_slice(&bytes).expect("it is JSON");
        let call = Call::read(None, input).expect("it is a call");
        let verdict = sample::ask(&lua, &handler, &call);
        let answer = serde_json::to_vec(&verdict).expect("a verdict is JSON");
        send(&mut socket, &answer);
    }
}

/// A program that answers a line with a line.
pub(crate) struct Lines {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Lines {
    pub(crate) fn start(program: &str, script: &str) -> Self {
        let mut child = Command::new(program)
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("it is installed");
        let input = child.stdin.take().expect("it has an input");
        let output = child.stdout.take().expect("it has an output");
        Self {
            child,
            input,
            output: BufReader::new(output),
        }
    }

    pub(crate) fn exchange(&mut self, line: &str) -> String {
        let line = format!("{line}\n");
        let written = self.input.write_all(line.as_bytes());
        written.expect("it reads");
        let mut answer = String::new();
        let read = self.output.read_line(&mut answer);
        read.expect("it answers");
        answer
    }
}

impl Drop for Lines {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
