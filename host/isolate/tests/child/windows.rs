//! What a child has on Windows.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use deskhook_hooks::Fault;
use windows_sys::Win32::Foundation::{CloseHandle, WAIT_TIMEOUT};
use windows_sys::Win32::System::LibraryLoader::{GetModuleHandleA, GetProcAddress};
use windows_sys::Win32::System::Threading::{
    OpenProcess, PROCESS_SYNCHRONIZE, WaitForSingleObject,
};

use crate::{call, open, process};

pub(crate) fn is_alive(pid: u32) -> bool {
    // SAFETY: no handle is inherited.
    let handle = unsafe { OpenProcess(PROCESS_SYNCHRONIZE, 0, pid) };
    if handle.is_null() {
        return false;
    }
    // SAFETY: the handle is open.
    let waited = unsafe { WaitForSingleObject(handle, 0) };
    // SAFETY: it was opened above, and is used no more.
    unsafe { CloseHandle(handle) };
    waited == WAIT_TIMEOUT
}

/// Whether this system does what it is told to hold a child by. Wine takes limits of jobs, integrity
/// levels and mitigation policies, and does nothing about them.
pub(crate) fn holds() -> bool {
    // SAFETY: the name ends with 0.
    let library = unsafe { GetModuleHandleA(c"ntdll.dll".as_ptr().cast()) };
    // SAFETY: the library is part of every process.
    unsafe { GetProcAddress(library, c"wine_get_version".as_ptr().cast()) }.is_none()
}

/// One that ends at once and says nothing.
pub(crate) fn system_program() -> PathBuf {
    let root = std::env::var_os("SystemRoot").unwrap_or_else(|| r"C:\Windows".into());
    PathBuf::from(root).join(r"System32\hostname.exe")
}

#[test]
fn a_child_is_held_by_a_job_and_starts_nothing() {
    let process = process();
    let extension = open(&process, "probe");
    let held = process.held_by();
    for by in [
        "job object",
        "no privileges",
        "untrusted integrity",
        "mitigation policies",
    ] {
        assert!(held.contains(&by.to_owned()), "{by}: {held:?}");
    }
    let program = system_program();
    if holds() {
        let answer = call(&extension, &format!("run {}", program.display())).unwrap();
        assert!(!answer.contains("exit code"), "{answer}");
    }
    assert_eq!(call(&extension, "thread").unwrap(), "ran");
}

#[test]
fn of_the_environment_a_child_has_what_the_system_needs() {
    let process = process();
    let extension = open(&process, "probe");
    let environment = call(&extension, "environment").unwrap();
    assert!(environment.contains("SystemRoot"), "{environment}");
    assert!(!environment.contains("\"USERNAME\""), "{environment}");
}

#[test]
fn a_child_that_is_killed_from_outside_is_told() {
    let process = process();
    let extension = open(&process, "probe");
    let pid = process.pid().unwrap();
    let command = std::process::Command::new("taskkill")
        .args(["/F", "/PID", &pid.to_string()])
        .status();
    assert!(command.unwrap().success());
    let until = Instant::now() + Duration::from_secs(10);
    while is_alive(pid) {
        assert!(Instant::now() < until);
        std::thread::yield_now();
    }
    let answer = call(&extension, "echo 1");
    assert!(
        matches!(&answer, Ok(_) | Err(Fault::Crashed { .. })),
        "{answer:?}"
    );
}
