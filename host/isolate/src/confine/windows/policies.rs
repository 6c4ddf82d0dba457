use std::io;

use windows_sys::Win32::System::Diagnostics::Debug::{
    SEM_FAILCRITICALERRORS, SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX, SetErrorMode,
};
use windows_sys::Win32::System::LibraryLoader::{
    LOAD_LIBRARY_SEARCH_SYSTEM32, SetDefaultDllDirectories,
};
use windows_sys::Win32::System::Threading::{
    PROCESS_MITIGATION_POLICY, ProcessDynamicCodePolicy, ProcessExtensionPointDisablePolicy,
    ProcessImageLoadPolicy, ProcessSignaturePolicy, SetProcessMitigationPolicy,
};

/// Of `PROCESS_MITIGATION_IMAGE_LOAD_POLICY`: no libraries from other machines, none that a process
/// of low integrity wrote, and the system's own before any other of the same name.
const NO_REMOTE: u32 = 1;
const NO_LOW_LABEL: u32 = 1 << 1;
const PREFER_SYSTEM32: u32 = 1 << 2;
/// The first bit of the other three policies: no code but what files hold, no libraries that hang
/// themselves into every process, none that Microsoft did not sign.
const ON: u32 = 1;

/// A process that falls over ends, and asks nobody.
pub(super) fn no_windows() {
    let mode = SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX;
    // SAFETY: a mode of this process.
    unsafe { SetErrorMode(mode) };
}

/// A library is loaded by its path, and what it needs from the system's folder alone.
pub(super) fn own_libraries_alone() -> io::Result<()> {
    // SAFETY: a mode of this process.
    let done = unsafe { SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32) };
    if done == 0 {
        return Err(io::Error::last_os_error());
    }
    adopt(ProcessExtensionPointDisablePolicy, ON)?;
    adopt(
        ProcessImageLoadPolicy,
        NO_REMOTE | NO_LOW_LABEL | PREFER_SYSTEM32,
    )
}

/// No memory becomes code, and no library is loaded that is not the system's.
pub(super) fn no_new_code() -> io::Result<()> {
    adopt(ProcessDynamicCodePolicy, ON)?;
    adopt(ProcessSignaturePolicy, ON)
}

fn adopt(policy: PROCESS_MITIGATION_POLICY, flags: u32) -> io::Result<()> {
    let flags_at = (&raw const flags).cast();
    // SAFETY: each of these policies is one word of flags.
    match unsafe { SetProcessMitigationPolicy(policy, flags_at, size_of::<u32>()) } {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}
