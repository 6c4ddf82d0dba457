use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use rustix::buffer::spare_capacity;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags, recv, recvmsg, send, sendmsg,
};

/// One end.
pub(crate) struct Stream {
    socket: UnixStream,
}

impl Stream {
    /// Two ends; neither outlives an `exec`.
    pub(crate) fn pair() -> io::Result<(Self, Self)> {
        let (one, other) = UnixStream::pair()?;
        Ok((Self { socket: one }, Self { socket: other }))
    }

    /// Standard input, where it is one end.
    pub(crate) fn of_input() -> Option<Self> {
        let input = io::stdin();
        rustix::net::sockopt::socket_type(input.as_fd()).ok()?;
        let handle = input.as_fd().try_clone_to_owned().ok()?;
        Some(Self {
            socket: UnixStream::from(handle),
        })
    }

    /// For a child that finds it by [`Stream::of_input`].
    pub(crate) fn into_input(self) -> Stdio {
        OwnedFd::from(self.socket).into()
    }

    /// Sends some of `bytes`, and says how many. It waits until `until`.
    pub(crate) fn write(&self, bytes: &[u8], until: Option<Instant>) -> io::Result<usize> {
        let flags = SendFlags::DONTWAIT | SendFlags::NOSIGNAL;
        loop {
            match send(&self.socket, bytes, flags) {
                Err(Errno::AGAIN) => self.wait(PollFlags::OUT, until)?,
                Err(Errno::INTR) => {}
                sent => return Ok(sent?),
            }
        }
    }

    /// Takes what there is, as far as `into` has room for it, and says how much; nothing where the
    /// other side hung up. It waits until `until`.
    pub(crate) fn read(&self, into: &mut Vec<u8>, until: Option<Instant>) -> io::Result<usize> {
        // Whoever waits for ever may as well wait in the reading itself.
        let flags = match until {
            Some(_) => RecvFlags::DONTWAIT,
            None => RecvFlags::empty(),
        };
        loop {
            if until.is_some() {
                self.wait(PollFlags::IN, until)?;
            }
            match recv(&self.socket, spare_capacity(into), flags) {
                Ok((_, count)) => return Ok(count),
                Err(Errno::AGAIN | Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits until the socket is ready for `what`, or closed.
    fn wait(&self, what: PollFlags, until: Option<Instant>) -> io::Result<()> {
        loop {
            let left = until.map(|until| until.saturating_duration_since(Instant::now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(io::ErrorKind::TimedOut.into());
            }
            let left = left.map(timespec);
            match poll(&mut [PollFd::new(&self.socket, what)], left.as_ref()) {
                Ok(0) | Err(Errno::INTR) => {}
                Ok(_) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Gives the process at the other side an end of another connection.
    pub(crate) fn give(&self, end: &Self, _to: &Child) -> io::Result<()> {
        let handles = [end.socket.as_fd()];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = SendAncillaryBuffer::new(&mut space);
        ancillary.push(SendAncillaryMessage::ScmRights(&handles));
        let byte = [io::IoSlice::new(b"+")];
        sendmsg(&self.socket, &byte, &mut ancillary, SendFlags::NOSIGNAL)?;
        Ok(())
    }

    /// The next end that is given; none when the other side hung up.
    pub(crate) fn next(&self) -> io::Result<Option<Self>> {
        loop {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut ancillary = RecvAncillaryBuffer::new(&mut space);
            let mut byte = [0_u8];
            let mut into = [io::IoSliceMut::new(&mut byte)];
            let flags = RecvFlags::CMSG_CLOEXEC;
            match recvmsg(&self.socket, &mut into, &mut ancillary, flags) {
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
                Ok(got) => {
                    let handle = ancillary.drain().find_map(only_handle);
                    if handle.is_some() || got.bytes == 0 {
                        return Ok(handle.map(|handle| Self {
                            socket: handle.into(),
                        }));
                    }
                }
            }
        }
    }
}

fn only_handle(message: RecvAncillaryMessage<'_>) -> Option<OwnedFd> {
    match message {
        RecvAncillaryMessage::ScmRights(mut handles) => handles.next(),
        _ => None,
    }
}

fn timespec(left: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: left.subsec_nanos().into(),
    }
}
