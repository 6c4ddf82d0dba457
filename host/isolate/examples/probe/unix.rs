use deskhook_hooks::Fault;

/// What shows on Unix alone; none for another attempt.
pub(crate) fn attempt(what: &str, rest: &str) -> Option<Result<String, Fault>> {
    let tried =
        |result: std::io::Result<String>| Ok(result.unwrap_or_else(|error| error.to_string()));
    Some(match what {
        "handles" => Ok(format!("{:?}", handles())),
        "unix" => {
            tried(std::os::unix::net::UnixStream::connect(rest).map(|_| "connected".to_owned()))
        }
        "garbage" => {
            raw(rest.as_bytes());
            Ok(String::new())
        }
        "half" => {
            raw(&[100, 0, 0, 0, b'"', b'a']);
            std::process::abort()
        }
        "drip" => {
            raw(&[255, 0, 0, 0]);
            loop {
                raw(b" ");
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        }
        "leave" => tried(
            rustix::process::setsid()
                .map(|_| "left".to_owned())
                .map_err(Into::into),
        ),
        #[cfg(all(target_os = "linux", target_arch = "x86_64"))]
        "int80" => Ok(int80().to_string()),
        #[cfg(target_os = "linux")]
        "setuid" => tried(setuid(rest)),
        #[cfg(target_os = "linux")]
        "whiteout" => tried(whiteout(rest)),
        #[cfg(target_os = "linux")]
        "addresses" => tried(addresses()),
        "signal" => {
            let process = rest.parse().ok().and_then(rustix::process::Pid::from_raw);
            let process = process.unwrap_or(rustix::process::Pid::INIT);
            let sent = rustix::process::test_kill_process(process);
            tried(sent.map(|()| "sent".to_owned()).map_err(Into::into))
        }
        _ => return None,
    })
}

/// A file that would run as whoever owns it.
#[cfg(target_os = "linux")]
fn setuid(path: &str) -> std::io::Result<String> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = std::fs::File::options();
    options.write(true).create(true).mode(0o4755);
    options.open(path).map(|_| "made".to_owned())
}

/// A file renamed, with a device left in its place.
#[cfg(target_os = "linux")]
fn whiteout(path: &str) -> std::io::Result<String> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let to = format!("{path}.moved");
    let renamed = renameat_with(CWD, path, CWD, &to, RenameFlags::WHITEOUT);
    Ok(renamed.map(|()| "renamed".to_owned())?)
}

/// More addresses than any memory is for.
#[cfg(target_os = "linux")]
fn addresses() -> std::io::Result<String> {
    use rustix::mm::{MapFlags, ProtFlags, mmap_anonymous};
    let (nowhere, far) = (std::ptr::null_mut(), 1_usize << 40);
    // SAFETY: the kernel chooses the place, and nobody uses it.
    let mapped = unsafe { mmap_anonymous(nowhere, far, ProtFlags::READ, MapFlags::PRIVATE) };
    Ok(mapped.map(|_| "mapped".to_owned())?)
}

/// This process's number, asked for as programs of 32 bits ask: the calls have other numbers there.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
fn int80() -> i32 {
    let mut number = 20_i32;
    // SAFETY: the call has no arguments, and changes nothing but its answer.
    unsafe { std::arch::asm!("int 0x80", inlateout("eax") number) };
    number
}

/// Which handles above the standard ones are open: how the kernel answers to each number.
fn handles() -> Vec<i32> {
    (3..256)
        .filter(|number| {
            // SAFETY: the handle is only asked about, and never used.
            let handle = unsafe { std::os::fd::BorrowedFd::borrow_raw(*number) };
            rustix::io::fcntl_getfd(handle).is_ok()
        })
        .collect()
}

/// Bytes that are no frame, on every channel of this child.
fn raw(bytes: &[u8]) {
    for number in handles() {
        // SAFETY: the handle is open, and nobody closes it while the extension is called.
        let handle = unsafe { std::os::fd::BorrowedFd::borrow_raw(number) };
        let _ = rustix::io::write(handle, bytes);
    }
}
