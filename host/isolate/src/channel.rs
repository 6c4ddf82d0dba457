use std::io;
use std::time::Instant;

use deskhook_wire::LARGEST_FRAME;
use rmp_serde::Deserializer;
use rmp_serde::decode::ReadRefReader;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::stream::Stream;

/// Bytes before a frame that say how long it is.
const HEAD: usize = 4;
/// How much is read at once, at least and at most: most frames are short.
const SIP: usize = 4 * 1024;
const GULP: usize = 64 * 1024;
/// Of what a frame was written in, no more is kept for the next one.
const KEPT: usize = 256 * 1024;

/// One end of a connection on which whole frames go to and fro: their length in four bytes, little
/// endian, then MessagePack. Whatever the other side does, sending and receiving end in time.
pub(crate) struct Channel {
    stream: Stream,
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
    /// A value that cannot be written.
    #[error("a frame cannot be written")]
    Shape(#[source] rmp_serde::encode::Error),
    /// What came is no frame of this protocol.
    #[error("a frame cannot be read")]
    Unreadable(#[from] rmp_serde::decode::Error),
    /// What is said before both sides know that they speak the same protocol.
    #[error("a greeting cannot be written or read")]
    Greeting(#[source] serde_json::Error),
    /// What came is a frame that does not belong there.
    #[error("it said what nobody asked: {0}")]
    Misplaced(String),
    /// The system refused.
    #[error("the connection failed")]
    System(#[source] io::Error),
}

/// How deep values may lie in each other, in a frame of either side.
pub(crate) const DEEPEST: usize = 128;

/// Reads a frame's first value.
pub(crate) fn read<'f, T: Deserialize<'f>>(frame: &'f [u8]) -> Result<T, ChannelError> {
    Ok(T::deserialize(&mut values(frame))?)
}

/// Reads the values of a frame, one after the other.
pub(crate) type Values<'f> = Deserializer<ReadRefReader<'f, [u8]>>;

pub(crate) fn values(frame: &[u8]) -> Values<'_> {
    let mut reader = Deserializer::from_read_ref(frame);
    reader.set_max_depth(DEEPEST);
    reader
}

impl Channel {
    pub(crate) fn new(stream: Stream) -> Self {
        Self {
            stream,
            inbox: vec![],
            outbox: vec![],
        }
    }

    /// Two ends of a new channel.
    pub(crate) fn pair() -> io::Result<(Self, Stream)> {
        let (own, other) = Stream::pair()?;
        Ok((Self::new(own), other))
    }

    pub(crate) fn stream(&self) -> &Stream {
        &self.stream
    }

    /// Sends a frame, at the latest at `until`.
    pub(crate) fn send(
        &mut self,
        value: &impl Serialize,
        until: Option<Instant>,
    ) -> Result<(), ChannelError> {
        self.outbox.clear();
        self.frame(|into| write(into, value))?;
        self.flush(until)
    }

    /// Sends a frame of two values, one after the other.
    pub(crate) fn send_both(
        &mut self,
        (first, second): (&impl Serialize, &impl Serialize),
        until: Option<Instant>,
    ) -> Result<(), ChannelError> {
        self.outbox.clear();
        self.frame(|into| write(into, first).and_then(|()| write(into, second)))?;
        self.flush(until)
    }

    /// Sends a frame of JSON, which programs of any version understand.
    pub(crate) fn greet(
        &mut self,
        greeting: &impl Serialize,
        until: Option<Instant>,
    ) -> Result<(), ChannelError> {
        self.outbox.clear();
        self.frame(|into| serde_json::to_writer(into, greeting).map_err(ChannelError::Greeting))?;
        self.flush(until)
    }

    /// Waits for a frame of JSON.
    pub(crate) fn greeted<T: DeserializeOwned>(
        &mut self,
        until: Option<Instant>,
    ) -> Result<T, ChannelError> {
        let frame = self.receive(until)?;
        serde_json::from_slice(&frame).map_err(ChannelError::Greeting)
    }

    /// Writes a frame behind what is to be sent.
    fn frame(
        &mut self,
        write: impl FnOnce(&mut Vec<u8>) -> Result<(), ChannelError>,
    ) -> Result<(), ChannelError> {
        let head = self.outbox.len();
        let body = head + HEAD;
        self.outbox.resize(body, 0);
        write(&mut self.outbox)?;
        let length = self.outbox.len() - body;
        if length > LARGEST_FRAME {
            return Err(ChannelError::TooLarge(length));
        }
        let announced = u32::try_from(length).map_err(|_| ChannelError::TooLarge(length))?;
        self.outbox[head..body].copy_from_slice(&announced.to_le_bytes());
        Ok(())
    }

    fn flush(&mut self, until: Option<Instant>) -> Result<(), ChannelError> {
        let pushed = self.push(&self.outbox, until);
        if self.outbox.capacity() > KEPT {
            self.outbox = vec![];
        }
        pushed
    }

    fn push(&self, mut bytes: &[u8], until: Option<Instant>) -> Result<(), ChannelError> {
        while !bytes.is_empty() {
            let sent = self.stream.write(bytes, until).map_err(judged)?;
            bytes = &bytes[sent..];
        }
        Ok(())
    }

    /// Waits for a frame, at the latest until `until`.
    pub(crate) fn receive(&mut self, until: Option<Instant>) -> Result<Frame, ChannelError> {
        loop {
            if let Some(frame) = self.take()? {
                return Ok(frame);
            }
            self.fill(until)?;
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

    fn fill(&mut self, until: Option<Instant>) -> Result<(), ChannelError> {
        let whole = self.announced().map_or(0, |length| HEAD + length);
        let missing = whole.saturating_sub(self.inbox.len());
        self.inbox.reserve(missing.clamp(SIP, GULP));
        match self.stream.read(&mut self.inbox, until) {
            Ok(0) => Err(ChannelError::Closed),
            Ok(_) => Ok(()),
            Err(error) => Err(judged(error)),
        }
    }
}

fn write(into: &mut Vec<u8>, value: &impl Serialize) -> Result<(), ChannelError> {
    rmp_serde::encode::write_named(into, value).map_err(ChannelError::Shape)
}

fn judged(error: io::Error) -> ChannelError {
    match error.kind() {
        io::ErrorKind::TimedOut => ChannelError::Late,
        io::ErrorKind::BrokenPipe | io::ErrorKind::ConnectionReset => ChannelError::Closed,
        _ => ChannelError::System(error),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use deskhook_hooks::{Fault, HostCall, Step};
    use deskhook_wire::FromExtension;

    use super::*;

    fn soon() -> Option<Instant> {
        Some(Instant::now() + Duration::from_millis(50))
    }

    #[test]
    fn frames_arrive_whole_and_in_order_however_they_were_cut() {
        let (mut own, other) = Channel::pair().unwrap();
        let bytes = [3_u8, 0, 0, 0, b'"', b'a', b'"', 1, 0, 0, 0, b'1'];
        for byte in bytes {
            assert_eq!(other.write(&[byte], None).unwrap(), 1);
        }
        assert_eq!(&*own.receive(soon()).unwrap(), b"\"a\"");
        assert_eq!(&*own.receive(soon()).unwrap(), b"1");
        assert!(matches!(own.receive(soon()), Err(ChannelError::Late)));
        drop(other);
        assert!(matches!(own.receive(soon()), Err(ChannelError::Closed)));
    }

    #[test]
    fn a_frame_that_is_too_long_is_refused_before_it_is_read() {
        let (mut own, other) = Channel::pair().unwrap();
        other.write(&u32::MAX.to_le_bytes(), None).unwrap();
        assert!(matches!(own.receive(None), Err(ChannelError::TooLarge(_))));
    }

    #[test]
    fn whatever_is_said_is_read_as_it_was_written() {
        let (mut own, other) = Channel::pair().unwrap();
        let mut other = Channel::new(other);
        let value = serde_json::json!({"a": [1, -2, 3.5, u64::MAX, null, true], "b": {"c": "ä"}});
        let fault = Fault::Late {
            millis: 7,
            place: None,
        };
        let said = [
            FromExtension::Opened,
            FromExtension::Refused {
                message: "no".to_owned(),
            },
            FromExtension::Tested {
                cases: 2,
                failures: 0,
                first: None,
            },
            FromExtension::Step(Step::Finished { number: 3 }),
            FromExtension::Ask {
                ask: 1,
                call: HostCall::StoreSet {
                    key: "k".to_owned(),
                    value: value.clone(),
                },
                patience_micros: u64::MAX,
            },
            FromExtension::Answered { value },
            FromExtension::Faulted(fault),
        ];
        for said in said {
            own.send(&said, soon()).unwrap();
            let frame = other.receive(soon()).unwrap();
            assert_eq!(read::<FromExtension>(&frame).unwrap(), said);
        }
        own.send_both((&1, &"two"), soon()).unwrap();
        let frame = other.receive(soon()).unwrap();
        let mut both = values(&frame);
        assert_eq!(u8::deserialize(&mut both).unwrap(), 1);
        assert_eq!(String::deserialize(&mut both).unwrap(), "two");
    }

    #[test]
    fn sending_to_a_side_that_does_not_read_ends_in_time() {
        let (mut own, _other) = Channel::pair().unwrap();
        let large = "x".repeat(4 << 20);
        assert!(matches!(own.send(&large, soon()), Err(ChannelError::Late)));
    }
}
