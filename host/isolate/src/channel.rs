use std::io;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use deskhook_wire::LARGEST_FRAME;
use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::net::{RecvFlags, SendFlags, recv, send};
use serde::Serialize;

/// Bytes before a frame that say how long it is.
const HEAD: usize = 4;
/// How much is read at once, at least and at most: most frames are short.
const SIP: usize = 4 * 1024;
const GULP: usize = 64 * 1024;
/// Of what a frame was written in, no more is kept for the next one.
const KEPT: usize = 256 * 1024;

/// One end of a socket on which whole frames go to and fro: their length in four bytes, little
/// endian, then JSON. Whatever the other side does, sending and receiving end in time.
pub(crate) struct Channel {
    socket: UnixStream,
    /// What came in and was not taken yet.
    inbox: Vec<u8>,
    /// Where frames are written before they go: kept, so that it need not grow each time.
    outbox: Vec<u8>,
}

/// A frame that came in.
pub(crate) struct Frame(Vec<u8>);

impl std::ops::Deref for Frame {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0[HEAD..]
    }
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
    /// What came has so many values that reading it would cost too much.
    #[error("a frame has {0} lists, objects and values in them")]
    Heavy(usize),
    /// A value that has no JSON.
    #[error("a frame cannot be written")]
    Shape(#[source] serde_json::Error),
    /// What came is no frame of this protocol.
    #[error("a frame cannot be read")]
    Unreadable(#[source] serde_json::Error),
    /// What came is a frame that does not belong there.
    #[error("it said what nobody asked: {0}")]
    Misplaced(String),
    /// The system refused.
    #[error("the socket failed")]
    System(#[source] io::Error),
}

/// Lists and objects, and what stands in them, that a frame of a child's may have: small in bytes, they
/// are large once they are read. A script may answer with 20,000 values.
const MOST_VALUES: usize = 1 << 16;

/// Refuses a frame with more values than that. Texts are as large as they look.
pub(crate) fn weigh(frame: &[u8]) -> Result<(), ChannelError> {
    let (mut values, mut in_text, mut escaped) = (0_usize, false, false);
    for byte in frame {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' | b',' if !in_text => values += 1,
            _ => {}
        }
    }
    if values > MOST_VALUES {
        return Err(ChannelError::Heavy(values));
    }
    Ok(())
}

impl Channel {
    pub(crate) fn new(socket: UnixStream) -> Self {
        Self {
            socket,
            inbox: vec![],
            outbox: vec![],
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
        &mut self,
        frame: &impl Serialize,
        until: Option<Instant>,
    ) -> Result<(), ChannelError> {
        self.begin(frame)?;
        self.finish(until)
    }

    /// Sends a frame of two values, one after the other.
    pub(crate) fn send_both(
        &mut self,
        (head, body): (&impl Serialize, &impl Serialize),
        until: Option<Instant>,
    ) -> Result<(), ChannelError> {
        self.begin(head)?;
        serde_json::to_writer(&mut self.outbox, body).map_err(ChannelError::Shape)?;
        self.finish(until)
    }

    fn begin(&mut self, value: &impl Serialize) -> Result<(), ChannelError> {
        self.outbox.clear();
        self.outbox.resize(HEAD, 0);
        serde_json::to_writer(&mut self.outbox, value).map_err(ChannelError::Shape)
    }

    fn finish(&mut self, until: Option<Instant>) -> Result<(), ChannelError> {
        let length = self.outbox.len() - HEAD;
        if length > LARGEST_FRAME {
            return Err(ChannelError::TooLarge(length));
        }
        let head = u32::try_from(length).map_err(|_| ChannelError::TooLarge(length))?;
        self.outbox[..HEAD].copy_from_slice(&head.to_le_bytes());
        let pushed = self.push(&self.outbox, until);
        if self.outbox.capacity() > KEPT {
            self.outbox = vec![];
        }
        pushed
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

    /// Waits for a frame, at the latest until `until`.
    pub(crate) fn receive(&mut self, until: Option<Instant>) -> Result<Frame, ChannelError> {
        loop {
            if let Some(frame) = self.take()? {
                return Ok(frame);
            }
            // Whoever waits for ever may as well wait in the reading itself.
            let flags = if until.is_some() {
                self.wait(PollFlags::IN, until)?;
                RecvFlags::DONTWAIT
            } else {
                RecvFlags::empty()
            };
            self.fill(flags)?;
        }
    }

    /// A whole frame of what came in.
    fn take(&mut self) -> Result<Option<Frame>, ChannelError> {
        let Some(length) = self.announced() else {
            return Ok(None);
        };
        if length > LARGEST_FRAME {
            return Err(ChannelError::TooLarge(length));
        }
        if self.inbox.len() < HEAD + length {
            return Ok(None);
        }
        let rest = self.inbox.split_off(HEAD + length);
        Ok(Some(Frame(std::mem::replace(&mut self.inbox, rest))))
    }

    fn announced(&self) -> Option<usize> {
        let head = self.inbox.first_chunk::<HEAD>()?;
        Some(u32::from_le_bytes(*head) as usize)
    }

    fn fill(&mut self, flags: RecvFlags) -> Result<(), ChannelError> {
        let whole = self.announced().map_or(0, |length| HEAD + length);
        let missing = whole.saturating_sub(self.inbox.len());
        self.inbox.reserve(missing.clamp(SIP, GULP));
        match recv(&self.socket, spare_capacity(&mut self.inbox), flags) {
            Ok((_, 0)) => Err(ChannelError::Closed),
            Ok(_) | Err(rustix::io::Errno::AGAIN) => Ok(()),
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
        assert_eq!(&*own.receive(soon()).unwrap(), b"\"a\"");
        assert_eq!(&*own.receive(soon()).unwrap(), b"1");
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
    fn a_frame_of_few_bytes_and_many_values_is_refused_before_it_is_read() {
        let objects = format!("[{}]", [r#"{"a":0}"#; 40_000].join(","));
        assert!(matches!(
            weigh(objects.as_bytes()),
            Err(ChannelError::Heavy(_))
        ));
        let text = serde_json::to_vec(&r#"[{","\""#.repeat(100_000)).unwrap();
        assert!(
            weigh(&text).is_ok(),
            "a text is one value, whatever is in it"
        );
        assert!(weigh(&serde_json::to_vec(&vec![0; 20_000]).unwrap()).is_ok());
    }

    #[test]
    fn sending_to_a_side_that_does_not_read_ends_in_time() {
        let (mut own, _other) = Channel::pair().unwrap();
        let large = "x".repeat(4 << 20);
        assert!(matches!(own.send(&large, soon()), Err(ChannelError::Late)));
    }
}
