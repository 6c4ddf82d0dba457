use std::io;
use std::os::windows::io::{AsHandle as _, AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::process::{Child, Stdio};
use std::ptr::{null, null_mut};
use std::time::Instant;

use windows_sys::Win32::Foundation::{
    DUPLICATE_SAME_ACCESS, DuplicateHandle, ERROR_BROKEN_PIPE, ERROR_IO_PENDING, ERROR_NO_DATA,
    ERROR_OPERATION_ABORTED, GENERIC_READ, GENERIC_WRITE, HANDLE, INVALID_HANDLE_VALUE,
    WAIT_OBJECT_0,
};
use windows_sys::Win32::Storage::FileSystem::{
    CreateFileW, FILE_FLAG_FIRST_PIPE_INSTANCE, FILE_FLAG_OVERLAPPED, FILE_TYPE_PIPE, GetFileType,
    OPEN_EXISTING, PIPE_ACCESS_DUPLEX, ReadFile, SECURITY_IDENTIFICATION, SECURITY_SQOS_PRESENT,
    WriteFile,
};
use windows_sys::Win32::System::IO::{CancelIoEx, GetOverlappedResult, OVERLAPPED};
use windows_sys::Win32::System::Pipes::{
    CreateNamedPipeW, PIPE_READMODE_BYTE, PIPE_REJECT_REMOTE_CLIENTS, PIPE_TYPE_BYTE, PIPE_WAIT,
};
use windows_sys::Win32::System::Threading::{
    CreateEventW, GetCurrentProcess, INFINITE, WaitForSingleObject,
};

/// What a pipe holds before a writer waits, in bytes.
const ROOM: u32 = 64 * 1024;
/// Bytes that say which handle was given.
const NUMBER: usize = 8;

/// One end.
pub(crate) struct Stream {
    pipe: OwnedHandle,
}

impl Stream {
    /// Two ends; neither goes to a child by itself. Anonymous pipes know no time limit.
    ///
    /// The name is drawn at random, there is one instance of it, and the second end takes it before
    /// this returns: whoever is faster makes this fail.
    pub(crate) fn pair() -> io::Result<(Self, Self)> {
        let name = format!(r"\\.\pipe\deskhook-{:032x}", random()?);
        let name: Vec<u16> = name.encode_utf16().chain([0]).collect();
        let mode = PIPE_ACCESS_DUPLEX | FILE_FLAG_FIRST_PIPE_INSTANCE | FILE_FLAG_OVERLAPPED;
        let kind = PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS;
        // SAFETY: the name ends with 0, and no attributes are given.
        let one = unsafe { CreateNamedPipeW(name.as_ptr(), mode, kind, 1, ROOM, ROOM, 0, null()) };
        let one = owned(one)?;
        // SAFETY: as above.
        let other = unsafe {
            CreateFileW(
                name.as_ptr(),
                GENERIC_READ | GENERIC_WRITE,
                0,
                null(),
                OPEN_EXISTING,
                FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT | SECURITY_IDENTIFICATION,
                null_mut(),
            )
        };
        let other = owned(other)?;
        Ok((Self { pipe: one }, Self { pipe: other }))
    }

    /// Standard input, where it is one end.
    pub(crate) fn of_input() -> Option<Self> {
        let input = io::stdin();
        // SAFETY: the handle is open as long as this process has a standard input.
        let kind = unsafe { GetFileType(input.as_raw_handle()) };
        if kind != FILE_TYPE_PIPE {
            return None;
        }
        let pipe = input.as_handle().try_clone_to_owned().ok()?;
        Some(Self { pipe })
    }

    /// For a child that finds it by [`Stream::of_input`].
    pub(crate) fn into_input(self) -> Stdio {
        self.pipe.into()
    }

    /// Sends some of `bytes`, and says how many. It waits until `until`.
    pub(crate) fn write(&self, bytes: &[u8], until: Option<Instant>) -> io::Result<usize> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        self.transfer(until, |pipe, overlapped| {
            // SAFETY: `transfer` returns when the system uses the bytes no more.
            unsafe { WriteFile(pipe, bytes.as_ptr(), length, null_mut(), overlapped) }
        })
    }

    /// Takes what there is, as far as `into` has room for it, and says how much; nothing where the
    /// other side hung up. It waits until `until`.
    pub(crate) fn read(&self, into: &mut Vec<u8>, until: Option<Instant>) -> io::Result<usize> {
        let room = into.spare_capacity_mut();
        let length = u32::try_from(room.len()).unwrap_or(u32::MAX);
        let read = self.transfer(until, |pipe, overlapped| {
            let room = room.as_mut_ptr().cast();
            // SAFETY: `transfer` returns when the system uses the room no more.
            unsafe { ReadFile(pipe, room, length, null_mut(), overlapped) }
        });
        match read {
            Ok(count) => {
                // SAFETY: so many bytes of the room were written.
                unsafe { into.set_len(into.len() + count) };
                Ok(count)
            }
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Starts something and waits until it is done, or withdrawn because it was too late.
    fn transfer(
        &self,
        until: Option<Instant>,
        start: impl FnOnce(HANDLE, *mut OVERLAPPED) -> i32,
    ) -> io::Result<usize> {
        // A child that always has something to say is no reason to listen for longer.
        if until.is_some_and(|until| until <= Instant::now()) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        // SAFETY: an event without attributes and name.
        let event = unsafe { CreateEventW(null(), 1, 0, null()) };
        let event = owned(event)?;
        let mut overlapped = OVERLAPPED {
            hEvent: event.as_raw_handle(),
            ..OVERLAPPED::default()
        };
        let pipe = self.pipe.as_raw_handle();
        if start(pipe, &raw mut overlapped) == 0 {
            let error = io::Error::last_os_error();
            if !is(&error, ERROR_IO_PENDING) {
                return Err(judged(error));
            }
        }
        // SAFETY: the event is open.
        let waited = unsafe { WaitForSingleObject(event.as_raw_handle(), left(until)) };
        if waited != WAIT_OBJECT_0 {
            // What is done already cannot be withdrawn; the result says so.
            // SAFETY: what was started above, on the same handle.
            unsafe { CancelIoEx(pipe, &raw const overlapped) };
        }
        let mut count = 0;
        // SAFETY: it waits, so that the system is through with `overlapped` and what `start` gave it.
        let done = unsafe { GetOverlappedResult(pipe, &raw const overlapped, &raw mut count, 1) };
        match done {
            0 => Err(judged(io::Error::last_os_error())),
            _ => Ok(count as usize),
        }
    }

    /// Gives the process at the other side an end of another connection.
    pub(crate) fn give(&self, end: &Self, to: &Child) -> io::Result<()> {
        let mut theirs: HANDLE = null_mut();
        // SAFETY: both processes and the pipe are open; the copy belongs to the other process.
        let done = unsafe {
            DuplicateHandle(
                GetCurrentProcess(),
                end.pipe.as_raw_handle(),
                to.as_raw_handle(),
                &raw mut theirs,
                0,
                0,
                DUPLICATE_SAME_ACCESS,
            )
        };
        if done == 0 {
            return Err(io::Error::last_os_error());
        }
        let number = (theirs as usize as u64).to_le_bytes();
        let mut rest = &number[..];
        while !rest.is_empty() {
            rest = &rest[self.write(rest, None)?..];
        }
        Ok(())
    }

    /// The next end that is given; none when the other side hung up.
    pub(crate) fn next(&self) -> io::Result<Option<Self>> {
        let mut number = Vec::with_capacity(NUMBER);
        while number.len() < NUMBER {
            let mut more = Vec::new();
            more.reserve_exact(NUMBER - number.len());
            if self.read(&mut more, None)? == 0 {
                return Ok(None);
            }
            number.extend(more);
        }
        let number = number.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
        let handle = usize::try_from(number.unwrap_or_default()).unwrap_or_default();
        // SAFETY: the agent made this handle for this process, and told nobody else of it.
        let pipe = unsafe { OwnedHandle::from_raw_handle(handle as HANDLE) };
        Ok(Some(Self { pipe }))
    }
}

fn random() -> io::Result<u128> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(u128::from_le_bytes(bytes))
}

fn owned(handle: HANDLE) -> io::Result<OwnedHandle> {
    if handle == INVALID_HANDLE_VALUE || handle.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was just made for us.
    Ok(unsafe { OwnedHandle::from_raw_handle(handle) })
}

/// Milliseconds until then, rounded up, so that nothing ends too early.
fn left(until: Option<Instant>) -> u32 {
    let Some(until) = until else { return INFINITE };
    let left = until.saturating_duration_since(Instant::now());
    let millis = left.as_micros().div_ceil(1000);
    u32::try_from(millis)
        .unwrap_or(INFINITE - 1)
        .min(INFINITE - 1)
}

fn is(error: &io::Error, code: u32) -> bool {
    error
        .raw_os_error()
        .is_some_and(|raw| raw.cast_unsigned() == code)
}

fn judged(error: io::Error) -> io::Error {
    match error {
        error if is(&error, ERROR_OPERATION_ABORTED) => io::ErrorKind::TimedOut.into(),
        error if is(&error, ERROR_BROKEN_PIPE) || is(&error, ERROR_NO_DATA) => {
            io::ErrorKind::BrokenPipe.into()
        }
        error => error,
    }
}
