use std::ffi::c_void;
use std::io;
use std::os::windows::ffi::OsStrExt as _;
use std::os::windows::fs::OpenOptionsExt as _;
use std::os::windows::io::{AsRawHandle as _, FromRawHandle as _, OwnedHandle};
use std::path::Path;
use std::ptr::{null, null_mut};

use windows_sys::Win32::Foundation::{HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertStringSecurityDescriptorToSecurityDescriptorW, ConvertStringSidToSidW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    AdjustTokenPrivileges, GetLengthSid, GetTokenInformation, LABEL_SECURITY_INFORMATION,
    LUID_AND_ATTRIBUTES, LookupPrivilegeValueW, PSID, SE_CHANGE_NOTIFY_NAME, SE_PRIVILEGE_REMOVED,
    SID_AND_ATTRIBUTES, SetKernelObjectSecurity, SetTokenInformation, TOKEN_ADJUST_DEFAULT,
    TOKEN_ADJUST_PRIVILEGES, TOKEN_MANDATORY_LABEL, TOKEN_PRIVILEGES, TOKEN_QUERY,
    TokenIntegrityLevel, TokenPrivileges,
};
use windows_sys::Win32::Storage::FileSystem::{
    FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, WRITE_OWNER,
};
use windows_sys::Win32::System::SystemServices::SE_GROUP_INTEGRITY;
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

/// How far the system trusts a process: it writes nothing whose level is above its own.
#[derive(Clone, Copy)]
pub(super) enum Level {
    Untrusted,
    Low,
}

impl Level {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Untrusted => "untrusted integrity",
            Self::Low => "low integrity",
        }
    }

    /// Well-known identifiers of the levels.
    fn sid(self) -> &'static str {
        match self {
            Self::Untrusted => "S-1-16-0",
            Self::Low => "S-1-16-4096",
        }
    }
}

/// The label of a folder in which a process of low integrity may write, and of all that comes into it.
const WRITABLE: &str = "S:(ML;OICI;NW;;;LW)";

/// Memory that the system made for us.
struct Local(*mut c_void);

impl Drop for Local {
    fn drop(&mut self) {
        // SAFETY: the system made it to be freed like this.
        unsafe { LocalFree(self.0) };
    }
}

fn wide(text: impl AsRef<std::ffi::OsStr>) -> Vec<u16> {
    text.as_ref().encode_wide().chain([0]).collect()
}

fn judged(done: i32) -> io::Result<()> {
    match done {
        0 => Err(io::Error::last_os_error()),
        _ => Ok(()),
    }
}

fn own_token(access: u32) -> io::Result<OwnedHandle> {
    let mut token: HANDLE = null_mut();
    // SAFETY: there is room for one handle.
    judged(unsafe { OpenProcessToken(GetCurrentProcess(), access, &raw mut token) })?;
    // SAFETY: it was just opened for us.
    Ok(unsafe { OwnedHandle::from_raw_handle(token) })
}

/// Lets processes of low integrity write into the folder, and into whatever is made in it from now on.
pub(super) fn open_for_low(folder: &Path) -> io::Result<()> {
    let mut descriptor = null_mut();
    let words = wide(WRITABLE);
    // SAFETY: the words end with 0, and there is room for one descriptor.
    judged(unsafe {
        ConvertStringSecurityDescriptorToSecurityDescriptorW(
            words.as_ptr(),
            SDDL_REVISION_1,
            &raw mut descriptor,
            null_mut(),
        )
    })?;
    let descriptor = Local(descriptor);
    let folder = std::fs::File::options()
        .access_mode(WRITE_OWNER)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT)
        .open(folder)?;
    // SAFETY: the handle is open, and the descriptor is whole.
    judged(unsafe {
        SetKernelObjectSecurity(
            folder.as_raw_handle(),
            LABEL_SECURITY_INFORMATION,
            descriptor.0,
        )
    })
}

/// Removes every privilege from this process but the one to pass through folders, without which no
/// path works.
pub(super) fn drop_privileges() -> io::Result<()> {
    let token = own_token(TOKEN_QUERY | TOKEN_ADJUST_PRIVILEGES)?;
    let mut passing = windows_sys::Win32::Foundation::LUID::default();
    // SAFETY: the name is a constant that ends with 0.
    judged(unsafe { LookupPrivilegeValueW(null(), SE_CHANGE_NOTIFY_NAME, &raw mut passing) })?;
    let is_passing = |it: &LUID_AND_ATTRIBUTES| {
        (it.Luid.LowPart, it.Luid.HighPart) == (passing.LowPart, passing.HighPart)
    };
    for mut privilege in privileges(&token)?.into_iter().filter(|it| !is_passing(it)) {
        privilege.Attributes = SE_PRIVILEGE_REMOVED;
        let one = TOKEN_PRIVILEGES {
            PrivilegeCount: 1,
            Privileges: [privilege],
        };
        let token = token.as_raw_handle();
        // SAFETY: one privilege of a token of ours, and nothing is asked back.
        judged(unsafe {
            AdjustTokenPrivileges(token, 0, &raw const one, 0, null_mut(), null_mut())
        })?;
    }
    Ok(())
}

fn privileges(token: &OwnedHandle) -> io::Result<Vec<LUID_AND_ATTRIBUTES>> {
    let token = token.as_raw_handle();
    let mut size = 0;
    // It fails, and says how much room there must be.
    // SAFETY: no room is given.
    unsafe { GetTokenInformation(token, TokenPrivileges, null_mut(), 0, &raw mut size) };
    // Words, so that it lies as the structure has to.
    let mut room = vec![0_u32; (size as usize).div_ceil(size_of::<u32>())];
    let into = room.as_mut_ptr().cast();
    // SAFETY: the room is as large as is said.
    judged(unsafe { GetTokenInformation(token, TokenPrivileges, into, size, &raw mut size) })?;
    let all = room.as_ptr().cast::<TOKEN_PRIVILEGES>();
    // SAFETY: the system wrote the structure, and its count says how many follow.
    let count = unsafe { (*all).PrivilegeCount } as usize;
    // SAFETY: the room outlives the pointer.
    let first = unsafe { &raw const (*all).Privileges }.cast::<LUID_AND_ATTRIBUTES>();
    let fits = (size as usize).saturating_sub(size_of::<u32>()) / size_of::<LUID_AND_ATTRIBUTES>();
    // SAFETY: so many were written, and no more than fit are read.
    Ok(unsafe { std::slice::from_raw_parts(first, count.min(fits)) }.to_vec())
}

/// Lowers this process for good.
pub(super) fn sink(level: Level) -> io::Result<()> {
    let token = own_token(TOKEN_QUERY | TOKEN_ADJUST_DEFAULT)?;
    let words = wide(level.sid());
    let mut sid: PSID = null_mut();
    // SAFETY: the words end with 0, and there is room for one identifier.
    judged(unsafe { ConvertStringSidToSidW(words.as_ptr(), &raw mut sid) })?;
    let sid = Local(sid);
    let label = TOKEN_MANDATORY_LABEL {
        Label: SID_AND_ATTRIBUTES {
            Sid: sid.0,
            Attributes: SE_GROUP_INTEGRITY.cast_unsigned(),
        },
    };
    // SAFETY: the identifier is whole.
    let length = unsafe { GetLengthSid(sid.0) };
    let size = u32::try_from(size_of_val(&label)).map_err(io::Error::other)? + length;
    let at = (&raw const label).cast();
    // SAFETY: the label and what it points to live during the call; the size is that of both.
    judged(unsafe { SetTokenInformation(token.as_raw_handle(), TokenIntegrityLevel, at, size) })
}
