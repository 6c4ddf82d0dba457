use std::io;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use deskhook_wire::LARGEST_FRAME;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvFlags, SendFlags, recv, send};
use serde::Serialize;

/// Bytes before a frame that say how long it is.
const HEAD: usize = 4;
/// How much is read at once.
const GULP: usize = 64 * 1024;

/// One end of a socket on which whole frames go to and fro: their length in four bytes, little
/// endian, then JSON. Whatever the other side does, sending and receiving end in time.
pub(crate) struct Channel {
    socket: UnixStream,
    /// What came in and was not taken yet.
    inbox: Vec<u8>,
    gulp: Box<[u8]>,
}

/// Why a frame did not come or go.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ChannelError {
    /// The other side is gone.
    #[error("the other side hung up")]
    Closed,
    /// The time was over.
    #[error("the other side was silent for too long")]
    Late,
    /// The other side announced more than anybody has to say.
    #[error("a frame of {0} bytes was announced")]
    TooLarge(usize),
    /// A value that has no JSON.
    #[error("a frame cannot be written")]
    Shape(#[source] serde_json::Error),
    /// The system refused.
    #[error("the socket failed")]
    System(#[source] io::Error),
}

impl Channel {
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self {
            socket,
            inbox: vec![],
            gulp: vec![0; GULP].into_boxed_slice(),
        }
    }

    /// Two ends of a new channel; neither outlives an `exec`.
    pub(crate) fn pair() -> io::Result<(Self, UnixStream)> {
        let (own, other) = UnixStream::pair()?;
        Ok((Self::new(own), other))
    }

    pub(crate) fn socket(&self) -> &UnixStream {
        &self.socket
    }

    /// Sends a frame, at the latest at `until`.
    pub(crate) fn send(
        &self,
        frame: &impl Serialize,
        until: Option<Instant>,
    ) -> Result<(), ChannelError> {
        let mut bytes = vec![0; HEAD];
        serde_json::to_writer(&mut bytes, frame).map_err(ChannelError::Shape)?;
        let length = bytes.len() - HEAD;
        if length > LARGEST_FRAME {
            return Err(ChannelError::TooLarge(length));
        }
        let head = u32::try_from(length).map_err(|_| ChannelError::TooLarge(length))?;
        bytes[..HEAD].copy_from_slice(&head.to_le_bytes());
        self.push(&bytes, until)
    }

    fn push(&self, mut bytes: &[u8], until: Option<Instant>) -> Result<(), ChannelError> {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        while !bytes.is_empty() {
            match send(&self.socket, bytes, flags) {
                Ok(sent) => bytes = &bytes[sent..],
                Err(rustix::io::Errno::AGAIN) => self.wait(PollFlags::OUT, until)?,
                Err(error) => judge(error)?,
            }
        }
        Ok(())
    }

    /// Waits for a frame, at the latest until `until`; its JSON.
    pub(crate) fn receive(&mut self, until: Option<Instant>) -> Result<Vec<u8>, ChannelError> {
        loop {
            if let Some(frame) = self.take()? {
                return Ok(frame);
            }
            self.wait(PollFlags::IN, until)?;
            self.fill()?;
        }
    }

    /// A whole frame of what came in.
    fn take(&mut self) -> Result<Option<Vec<u8>>, ChannelError> {
        let Some(head) = self.inbox.first_chunk::<HEAD>() else {
            return Ok(None);
        };
        let length = u32::from_le_bytes(*head) as usize;
        if length > LARGEST_FRAME {
            return Err(ChannelError::TooLarge(length));
        }
        if self.inbox.len() < HEAD + length {
            return Ok(None);
        }
        let rest = self.inbox.split_off(HEAD + length);
        let mut frame = std::mem::replace(&mut self.inbox, rest);
        frame.drain(..HEAD);
        Ok(Some(frame))
    }

    fn fill(&mut self) -> Result<(), ChannelError> {
        match recv(&self.socket, &mut self.gulp[..], RecvFlags::DONTWAIT) {
            Ok((0, _)) => Err(ChannelError::Closed),
            Ok((count, _)) => {
                self.inbox.extend_from_slice(&self.gulp[..count]);
                Ok(())
            }
            Err(rustix::io::Errno::AGAIN) => Ok(()),
            Err(error) => judge(error),
        }
    }

    /// Waits until the socket is ready for `what`, or closed.
    fn wait(&self, what: PollFlags, until: Option<Instant>) -> Result<(), ChannelError> {
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(ChannelError::Late);
            }
            let left = left.map(timespec);
            match poll(&mut [PollFd::new(&self.socket, what)], left.as_ref()) {
                Ok(0) => {}
                Ok(_) => return Ok(()),
                Err(error) => judge(error)?,
            }
        }
    }
}

fn timespec(left: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: left.subsec_nanos().into(),
    }
}

/// A signal that came meanwhile is no error.
fn judge(error: rustix::io::Errno) -> Result<(), ChannelError> {
    match error {
        rustix::io::Errno::INTR => Ok(()),
        rustix::io::Errno::PIPE | rustix::io::Errno::CONNRESET => Err(ChannelError::Closed),
        error => Err(ChannelError::System(error.into())),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn soon() -> Option<Instant> {
        Some(Instant::now() + Duration::from_millis(50))
    }

    #[test]
    fn frames_arrive_whole_and_in_order_however_they_were_cut() {
        let (mut own, mut other) = Channel::pair().unwrap();
        let bytes = [3_u8, 0, 0, 0, b'"', b'a', b'"', 1, 0, 0, 0, b'1'];
        for byte in bytes {
            other.write_all(&[byte]).unwrap();
        }
        assert_eq!(own.receive(soon()).unwrap(), b"\"a\"");
        assert_eq!(own.receive(soon()).unwrap(), b"1");
        assert!(matches!(own.receive(soon()), Err(ChannelError::Late)));
        drop(other);
        assert!(matches!(own.receive(soon()), Err(ChannelError::Closed)));
    }

    #[test]
    fn a_frame_that_is_too_long_is_refused_before_it_is_read() {
        let (mut own, mut other) = Channel::pair().unwrap();
        other.write_all(&u32::MAX.to_le_bytes()).unwrap();
        assert!(matches!(own.receive(None), Err(ChannelError::TooLarge(_))));
    }

    #[test]
    fn sending_to_a_side_that_does_not_read_ends_in_time() {
        let (own, _other) = Channel::pair().unwrap();
        let large = "x".repeat(4 << 20);
        assert!(matches!(own.send(&large, soon()), Err(ChannelError::Late)));
    }
}
